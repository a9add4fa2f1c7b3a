// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineState;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Changes streams that run: checks everything, records it, and only then has it take effect. One at a time. */
final class StreamUpdating {
    private final Supplier<ServiceConfig> config;
    private final Pipelines pipelines;

    StreamUpdating(Supplier<ServiceConfig> config, Pipelines pipelines) {
        this.config = config;
        this.pipelines = pipelines;
    }

    /** What became of a request; with the same stream if nothing is another than before. */
    record Outcome(LiveStream stream, List<String> changed) {}

    /**
     * Changes it, or nothing of it.
     *
     * @throws StreamException if it cannot be; the message names the field
     */
    Outcome apply(LiveStream stream, StreamUpdate update) throws StreamException {
        StreamSettings asked = update.applyTo(stream.spec(), stream.settings());
        SegmentConfig configured = update.asRuns(
                config.get().segment(), stream.settings(), stream.pipeline().policy());
        stream.spec().with(asked).check(configured);
        if (update.thresholds().maxBitrate() != null) {
            asked.thresholds().requireAllowed(config.get().stream().source().mostBitsPerSecond());
        }
        requireRunning(stream.pipeline());
        StreamSettings next = update.cutsSegments() ? bounded(asked, configured, stream.pipeline()) : asked;
        List<StreamUpdate.Difference> differences = StreamUpdate.differences(stream.settings(), next);
        if (!differences.isEmpty()) {
            record(stream.liveId(), next, differences);
            takeEffect(stream, next, update, configured);
        }
        return new Outcome(
                differences.isEmpty() ? stream : stream.with(next),
                differences.stream().map(StreamUpdate.Difference::field).toList());
    }

    private static void requireRunning(Pipeline pipeline) throws StreamException {
        PipelineState state = pipeline.state();
        if (state == PipelineState.STOPPING || state.isFinal()) {
            throw new StreamException(Kind.PRECONDITION, "live_id: the stream is ending; start it again to change it");
        }
    }

    /** Segments must not get longer than players were promised when the stream was started: what follows from other values is cut short, what is asked for is refused. */
    private static StreamSettings bounded(StreamSettings asked, SegmentConfig configured, Pipeline pipeline)
            throws StreamException {
        Duration most = pipeline.longestSegment();
        requireUpTo("segment_duration_ms", asked.target(configured), most);
        if (asked.segmentMaxDuration() != null) {
            requireUpTo("segment_max_duration_ms", asked.segmentMaxDuration(), most);
        }
        return asked.longest(configured).compareTo(most) > 0 ? asked.withLongest(most) : asked;
    }

    private static void requireUpTo(String field, Duration asked, Duration most) throws StreamException {
        if (asked.compareTo(most) > 0) {
            throw new StreamException(
                    Kind.PRECONDITION,
                    field + ": " + asked.toMillis() + " is more than " + most.toMillis()
                            + ", the most that the HLS target duration allows which the stream has had from its start;"
                            + " for longer segments stop it (StopPullStream), and start it again");
        }
    }

    private void record(String liveId, StreamSettings next, List<StreamUpdate.Difference> differences)
            throws StreamException {
        String reason = differences.stream().map(Object::toString).collect(Collectors.joining(", "));
        try {
            Ledger.await(pipelines.update(liveId, WantedStreams.changed(next), next.retention(), reason));
        } catch (IOException e) {
            throw new StreamException(
                    Kind.UNAVAILABLE,
                    "live_id: the change is not recorded, or only later: " + e.getMessage() + "; ask again");
        }
    }

    private void takeEffect(LiveStream stream, StreamSettings next, StreamUpdate update, SegmentConfig configured) {
        Pipeline pipeline = stream.pipeline();
        if (update.cutsSegments()) {
            SegmentPolicy asked = next.policy(configured);
            SegmentPolicy now = pipeline.policy();
            // All else stays as it was configured when the stream was started.
            pipeline.setPolicy(new SegmentPolicy(
                    asked.target(),
                    asked.shortest(),
                    asked.longest(),
                    asked.mostBytes(),
                    now.program(),
                    now.wallClockUs(),
                    now.atSplices(),
                    now.repeatParameterSets()));
        }
        if (!Objects.equals(next.reconnectWindow(), stream.settings().reconnectWindow())) {
            Duration window = StreamSettings.or(
                    next.reconnectWindow(), config.get().stream().reconnectWindow());
            pipeline.setReconnectWindow(window);
            stream.feed().setReconnectWindow(window);
        }
        stream.source().setAllowFrom(next.allowFrom());
        if (update.takeover() != null) {
            stream.source()
                    .setTakeoverFree(
                            next.takeover().isFree(config.get().stream().isTakeoverFree()));
        }
        pipeline.setLimits(update.thresholds()
                .limits(next.thresholds(), config.get().stream().source(), pipeline.limits()));
    }
}
