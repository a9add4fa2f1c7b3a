// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Place;
import java.nio.file.Path;

/**
 * A segment that is whole on disk and does not change any more.
 *
 * @param streamId whose it is
 * @param facts what is in it; its length is the file's
 * @param file where it is
 * @param key where it belongs in the store
 * @param incomplete bytes that belong behind its last packet were lost, or it was found open after a crash
 * @param place where it stands in what its stream plays
 * @param beganUs when its first bytes had arrived, or, of one that was cut backwards, what showed that it begins; in microseconds of
 *     this process's monotonic time; {@link #NOT_KNOWN} of what an earlier process left
 * @param arrivedUs the same of its last bytes
 */
public record SealedSegment(
        String streamId,
        SegmentFacts facts,
        Path file,
        String key,
        boolean incomplete,
        Place place,
        long beganUs,
        long arrivedUs) {
    /** It is not known when it arrived. */
    public static final long NOT_KNOWN = Long.MIN_VALUE;

    /** A segment of whose place nothing is known. */
    public SealedSegment(String streamId, SegmentFacts facts, Path file, String key, boolean incomplete) {
        this(streamId, facts, file, key, incomplete, Place.NONE);
    }

    /** A segment of whose arrival nothing is known. */
    public SealedSegment(String streamId, SegmentFacts facts, Path file, String key, boolean incomplete, Place place) {
        this(streamId, facts, file, key, incomplete, place, NOT_KNOWN, NOT_KNOWN);
    }

    SealedSegment arrived(long fromUs, long toUs) {
        return new SealedSegment(streamId, facts, file, key, incomplete, place, fromUs, toUs);
    }

    /** Its number within the stream, from 1. */
    public long sequence() {
        return facts.sequence();
    }

    /** Its length. */
    public long bytes() {
        return facts.bytes();
    }
}
