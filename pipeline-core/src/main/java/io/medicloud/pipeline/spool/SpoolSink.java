// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Place;

/** Hears what becomes of one stream's bytes. Called on the spool's threads, in the stream's order; must not block. */
public interface SpoolSink {
    /** A segment begins, at that place: its number is taken, whatever becomes of it. */
    default void onOpened(long sequence, Place place) {}

    /** The open segment's file has more bytes. */
    default void onWritten() {}

    /** All bytes of a segment are in its file, which makes it what it is; it is sealed next. */
    default void onClosed(SegmentFacts facts, long bytes, Place place) {}

    /** A segment is on disk, forced there, under its final name. */
    void onSealed(SealedSegment segment);

    /**
     * A segment that had begun will not be sealed.
     *
     * @param reason one line; says so if its bytes are kept for the next start
     */
    void onLost(long sequence, String reason);

    /** Bytes that the spool had taken could not be written. */
    void onDropped(long bytes, String reason);

    /** Everything handed over before {@link SpoolStream#finish()} has been dealt with; nothing follows. */
    void onDrained();
}
