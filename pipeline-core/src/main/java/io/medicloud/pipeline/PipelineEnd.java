// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * How a stream ended.
 *
 * @param reason one line
 * @param failed it ended against everybody's wish
 * @param segmentsSealed how many segments this run has put on disk
 * @param leftInSpool how many segments of the stream are still to be uploaded; that goes on, at the next start at the latest
 * @param droppedBytes received bytes that were dropped at a limit
 */
public record PipelineEnd(String reason, boolean failed, long segmentsSealed, int leftInSpool, long droppedBytes) {}
