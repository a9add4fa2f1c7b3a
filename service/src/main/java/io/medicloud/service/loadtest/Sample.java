// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

/**
 * What was so within about a second.
 *
 * @param seconds since the test began, at its end
 * @param streams encoders that are connected and send
 * @param sentBits a second
 * @param storedBits a second, of what was found right in the bucket
 * @param latencyP50 in milliseconds, newest picture; 0 if nothing came
 * @param latencyP99 the same
 * @param controlP99 calls of the API, in milliseconds
 * @param latenessMax how much later than due something was sent, in milliseconds
 * @param cpuCores of the service, NaN if it is not known
 * @param harnessCores of ourselves
 * @param residentBytes of the service, 0 if it is not known
 */
public record Sample(
        double seconds,
        int streams,
        double sentBits,
        double storedBits,
        double latencyP50,
        double latencyP99,
        double controlP99,
        double latenessMax,
        double cpuCores,
        double harnessCores,
        long residentBytes) {}
