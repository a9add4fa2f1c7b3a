// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.playlist.LiveWindow;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.SegmentOpening;
import io.medicloud.pipeline.spool.SpoolSink;
import io.medicloud.pipeline.timeline.Place;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of one stream's bytes in the spool is told and recorded, and sealed segments go on to the store. On the spool's threads. */
final class SealedSink implements SpoolSink {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSink.class);

    private final String streamId;
    private final Reporter reporter;
    private final PipelineCounters counters;
    private final StreamUploads uploads;
    private final LiveWindow window;
    private final Supplier<SegmentOpening> opening;
    private final Deliveries deliveries;
    private final Runnable onUploaded;

    /**
     * Tells it all.
     *
     * @param opening who hears that a segment's file begins to grow
     * @param deliveries told how long it took
     * @param onUploaded run once, when everything is sealed and uploaded
     */
    SealedSink(
            String streamId,
            Reporter reporter,
            PipelineCounters counters,
            StreamUploads uploads,
            LiveWindow window,
            Supplier<SegmentOpening> opening,
            Deliveries deliveries,
            Runnable onUploaded) {
        this.streamId = streamId;
        this.reporter = reporter;
        this.counters = counters;
        this.uploads = uploads;
        this.window = window;
        this.opening = opening;
        this.deliveries = deliveries;
        this.onUploaded = onUploaded;
    }

    @Override
    public void onOpened(long sequence, Place place) {
        window.onOpened(sequence, place);
        reporter.onOpened(streamId, sequence, place);
        uploads.folder().tellOpening(sequence, opening.get());
    }

    @Override
    public void onWritten() {
        window.onWritten();
    }

    @Override
    public void onClosed(SegmentFacts facts, long bytes, Place place) {
        try {
            window.onClosed(facts, bytes, place);
        } catch (RuntimeException e) {
            // A playlist can wait for the next segment; that this one is sealed cannot.
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, streamId)
                    .log("Stream {}: segment {} is not listed yet", streamId, facts.sequence(), e);
        }
    }

    @Override
    public void onSealed(SealedSegment segment) {
        counters.segmentsSealed.incrementAndGet();
        counters.newest = new PipelineCounters.Newest(
                Deliveries.nowUs(), segment.facts().durationSeconds(), segment.bytes(), deliveries.onSpooled(segment));
        try {
            window.onSealed(segment, reporter.now());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, streamId)
                    .log("Stream {}: segment {} is not listed yet", streamId, segment.sequence(), e);
        }
        reporter.onMoved(
                segment,
                SegmentState.SEALED,
                new StreamEvent.SegmentSealed(streamId, reporter.now(), segment.facts(), segment.incomplete()));
        uploads.add(segment);
    }

    @Override
    public void onLost(long sequence, String reason) {
        StreamEvent event = new StreamEvent.SegmentLost(streamId, reporter.now(), sequence, reason);
        reporter.onMoved(streamId, sequence, SegmentState.LOST, event);
    }

    @Override
    public void onDropped(long bytes, String reason) {
        counters.droppedBytes.addAndGet(bytes);
        reporter.tell(new StreamEvent.BytesDropped(streamId, reporter.now(), bytes, reason));
    }

    @Override
    public void onDrained() {
        uploads.whenIdle().whenComplete((done, failure) -> onUploaded.run());
    }
}
