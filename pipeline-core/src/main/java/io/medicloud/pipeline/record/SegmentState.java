// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Where a segment is on its way from the network to the store; knows its moves. */
public enum SegmentState {
    /** Its file grows. */
    OPEN,
    /** Whole and forced to disk; waits for the store. */
    SEALED,
    /** Stands in the store; our copy is still here. */
    UPLOADED,
    /** Stands in the store, and in the stream's manifest there. */
    LISTED,
    /** Stands in the store; our copy is gone. */
    EVICTED,
    /** The store holds other bytes under its key: our copy is kept aside. */
    REJECTED,
    /** Stood in the store for as long as it was to; is gone from there. */
    EXPIRED,
    /** Nothing of it exists. */
    LOST;

    /** Can it be the next state? */
    public boolean canMoveTo(SegmentState next) {
        return switch (this) {
            case OPEN -> Set.of(SEALED, LOST).contains(next);
            case SEALED -> Set.of(UPLOADED, REJECTED, LOST).contains(next);
            case UPLOADED -> Set.of(LISTED, EVICTED, EXPIRED).contains(next);
            case LISTED -> Set.of(EVICTED, EXPIRED).contains(next);
            case EVICTED -> next == EXPIRED;
            // What could not be sealed may be found at the next start; what was dropped may be in the store after all.
            case LOST -> Set.of(SEALED, UPLOADED).contains(next);
            case REJECTED, EXPIRED -> false;
        };
    }

    /** Can its bytes be read, in the spool or the store? */
    public boolean isThere() {
        return this == SEALED || this == UPLOADED || this == LISTED || this == EVICTED;
    }

    /** Is nothing left to do for it? */
    public boolean isFinal() {
        return this == EVICTED || this == REJECTED || this == EXPIRED || this == LOST;
    }

    /** The states from which this one is reached. */
    List<SegmentState> before() {
        return Arrays.stream(values()).filter(state -> state.canMoveTo(this)).toList();
    }
}
