// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * A stream's counters at a moment.
 *
 * @param state where it is in its life
 * @param peer who is connected, or was last; empty if nobody ever was
 * @param connections how often somebody connected
 * @param receivedBytes what the source delivered
 * @param droppedBytes how much of that was dropped at a limit, or because the disk failed
 * @param queuedBytes how much waits for the disk now
 * @param handOffs batches handed to the spool's writer
 * @param segmentsSealed segments put on disk
 * @param segmentsUploaded segments put in the store
 * @param pendingUploads segments that wait for the store now
 */
public record PipelineStats(
        PipelineState state,
        String peer,
        long connections,
        long receivedBytes,
        long droppedBytes,
        long queuedBytes,
        long handOffs,
        long segmentsSealed,
        long segmentsUploaded,
        int pendingUploads) {}
