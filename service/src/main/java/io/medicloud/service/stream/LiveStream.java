// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineStats;
import java.util.concurrent.CompletableFuture;

/**
 * One stream that is open: the way it comes in, its pipeline, its watchers.
 *
 * @param spec what it was asked to be when it was started
 * @param settings what it has now, in place of those of its spec
 * @param startedAtMs in milliseconds since 1970
 * @param closed completes when it is over and its port is free
 */
record LiveStream(
        StreamSpec spec,
        StreamSettings settings,
        SrtSource source,
        Feed feed,
        Pipeline pipeline,
        Watchers watchers,
        SegmentFaults segmentFaults,
        long startedAtMs,
        CompletableFuture<Void> closed) {
    String liveId() {
        return spec.liveId();
    }

    /** The same stream with other settings. */
    LiveStream with(StreamSettings other) {
        return new LiveStream(spec, other, source, feed, pipeline, watchers, segmentFaults, startedAtMs, closed);
    }

    StreamDetail detail() {
        PipelineStats stats = pipeline.stats();
        return new StreamDetail(
                info(stats),
                stats,
                pipeline.segments(),
                segmentFaults.counts(),
                pipeline.measures(),
                startedAtMs,
                pipeline.config().isMonitored(),
                settings.thresholds(),
                source.link());
    }

    StreamInfo info() {
        return info(pipeline.stats());
    }

    private StreamInfo info(PipelineStats stats) {
        return new StreamInfo(
                liveId(),
                feed.port(),
                spec.passphrase(),
                spec.ingress(),
                stats.state().name(),
                source.rejectedCallers(),
                stats.segmentsUploaded(),
                source.lastFailure(),
                stats.receivedBytes(),
                stats.droppedBytes());
    }
}
