// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.playlist.MediaFormat;
import io.medicloud.pipeline.playlist.MediaFormats;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.timeline.Place;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells what happened: those who listen in this process at once, and the record. Thread-safe; blocks nobody. */
final class Reporter {
    /** The field of log lines that says which stream they are about. */
    static final String STREAM = "stream";

    private final EventSink events;
    private final Ledger ledger;
    private final InstantSource clock;

    Reporter(EventSink events, Ledger ledger, InstantSource clock) {
        this.events = events;
        this.ledger = ledger;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    void tell(StreamEvent event) {
        events.onEvent(event);
        ledger.append(event);
    }

    /** A stream is to run otherwise; told once that is on disk. */
    CompletionStage<Void> onUpdated(
            StreamEvent.Updated event, Map<String, String> settings, StreamRetention retention) {
        return ledger.onUpdated(event, settings, retention).thenRun(() -> events.onEvent(event));
    }

    void onOpened(String streamId, long sequence, Place place) {
        ledger.onOpened(streamId, sequence, place);
    }

    /** It is known what is in a stream behind so many breaks; the stage completes once that is on disk. */
    CompletionStage<Void> onMedia(String streamId, long breaks, MediaFormat format) {
        return ledger.putMedia(
                streamId, text -> MediaFormats.read(text).with(breaks, format).write());
    }

    /** A segment came into a state; the stage completes once that is on disk. */
    CompletionStage<Void> onMoved(SealedSegment segment, SegmentState state, StreamEvent event) {
        events.onEvent(event);
        return ledger.onMoved(segment, state, event);
    }

    /** The same, where only its number is at hand, and perhaps nobody need hear of it. */
    CompletionStage<Void> onMoved(String streamId, long sequence, SegmentState state, @Nullable StreamEvent event) {
        if (event != null) {
            events.onEvent(event);
        }
        return ledger.onMoved(streamId, sequence, state, event);
    }
}
