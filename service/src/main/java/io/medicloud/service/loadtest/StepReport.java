// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

/**
 * One step of a load test.
 *
 * @param streams the most that were connected
 * @param sentBits a second
 * @param storedBits a second, of what was found right in the bucket
 * @param latency newest picture
 * @param cpuCores of the service, NaN if it is not known
 * @param residentBytes of the service, the most
 */
public record StepReport(
        double fromSeconds,
        double toSeconds,
        int streams,
        double sentBits,
        double storedBits,
        Percentiles latency,
        double cpuCores,
        long residentBytes) {}
