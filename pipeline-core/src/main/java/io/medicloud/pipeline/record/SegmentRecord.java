// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Place;
import java.time.Instant;

/**
 * What is known of a segment.
 *
 * @param streamId whose it is
 * @param state where it is on its way
 * @param facts what is in it; of an open one only its number is known
 * @param key where it is, or belongs, in the store; empty while it is open
 * @param incomplete bytes that belong behind its last packet were lost, or it was found open after a crash
 * @param place where it stands in what its stream plays
 * @param changedAt when it came into this state, by the wall clock
 */
public record SegmentRecord(
        String streamId,
        SegmentState state,
        SegmentFacts facts,
        String key,
        boolean incomplete,
        Place place,
        Instant changedAt) {
    /** The same, where its key has become known. */
    public SegmentRecord withKey(String known) {
        return new SegmentRecord(streamId, state, facts, known, incomplete, place, changedAt);
    }

    /** Its number within the stream, from 1. */
    public long sequence() {
        return facts.sequence();
    }
}
