// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * What an ended epoch left: numbers that only that node may write still, and of which some may lie in its spool.
 *
 * @param nodeId which node
 * @param epoch which epoch
 * @param first its first number
 * @param next the number after the last that it had
 */
public record Tail(String nodeId, long epoch, long first, long next) {}
