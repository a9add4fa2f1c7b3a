// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.BacklogLimits;

/**
 * What may wait, and where.
 *
 * @param streamBytes received bytes of one stream that wait in memory for the disk
 * @param allBytes the same of all streams
 * @param backlog what waits for the store
 * @param events how many events are kept for those who come late
 */
public record QueueConfig(long streamBytes, long allBytes, BacklogLimits backlog, int events) {}
