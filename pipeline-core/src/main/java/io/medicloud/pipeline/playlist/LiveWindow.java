// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.timeline.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The newest segments of a stream that is open, as they come: what a live playlist lists, without a question to the record. What has left the window
 * is forgotten. Thread-safe; no call waits for anything but another one.
 */
public final class LiveWindow {
    private static final int MOST_ROWS = 4096;

    private final String streamId;
    private final List<SegmentRecord> rows;
    private Presentation presentation;

    /** @param known the newest segments that the stream has already, oldest first */
    public LiveWindow(String streamId, List<SegmentRecord> known) {
        this.streamId = streamId;
        this.rows = new ArrayList<>(known);
        this.presentation = Presentation.of(rows).window();
    }

    /** A segment begins. */
    public synchronized void onOpened(long sequence, Place place) {
        put(new SegmentRecord(
                streamId,
                SegmentState.OPEN,
                unknown(sequence),
                "",
                false,
                place,
                Instant.ofEpochMilli(place.startMs())));
    }

    private static SegmentFacts unknown(long sequence) {
        return new SegmentFacts(sequence, 0, 0, 0, 0, Pts.NONE, 0, false, true, 0);
    }

    /** A segment is whole. */
    public synchronized void onSealed(SealedSegment segment, Instant at) {
        put(new SegmentRecord(
                streamId,
                SegmentState.SEALED,
                segment.facts(),
                segment.key(),
                segment.incomplete(),
                segment.place(),
                at));
    }

    /** A segment is missing. */
    public synchronized void onMissing(long sequence) {
        for (SegmentRecord row : rows) {
            if (row.sequence() == sequence) {
                put(new SegmentRecord(
                        streamId,
                        SegmentState.LOST,
                        row.facts(),
                        row.key(),
                        row.incomplete(),
                        row.place(),
                        row.changedAt()));
                return;
            }
        }
    }

    private void put(SegmentRecord row) {
        int at = rows.size();
        while (at > 0 && rows.get(at - 1).sequence() >= row.sequence()) {
            at--;
        }
        if (at < rows.size() && rows.get(at).sequence() == row.sequence()) {
            rows.set(at, row);
        } else {
            rows.add(at, row);
        }
        presentation = Presentation.of(rows).window();
        if (!presentation.isEmpty()) {
            long first = presentation.rows().get(0).sequence();
            rows.removeIf(old -> old.sequence() < first);
        } else if (rows.size() > MOST_ROWS) {
            rows.remove(0);
        }
    }

    /** What a live playlist lists now. */
    public synchronized Presentation presentation() {
        return presentation;
    }
}
