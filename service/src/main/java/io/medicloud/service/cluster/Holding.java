// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.EnumSet;
import java.util.Set;

/** A stream that this node owns in this session. */
final class Holding {
    /** How far it is on its way back; knows its moves. */
    enum Stage {
        RUNNING,
        STOPPING,
        STOPPED;

        private Set<Stage> next() {
            return switch (this) {
                case RUNNING -> EnumSet.of(STOPPING, STOPPED);
                case STOPPING -> EnumSet.of(STOPPED);
                case STOPPED -> EnumSet.noneOf(Stage.class);
            };
        }
    }

    private final String liveId;
    private final long epoch;
    private Stage stage = Stage.RUNNING;
    private boolean isUnwanted;
    private long first;
    private long next;
    private long reserved;

    Holding(StreamEntry entry) {
        this.liveId = entry.liveId();
        this.epoch = entry.epoch();
        this.first = entry.first();
        this.next = entry.first();
        this.reserved = entry.next();
        this.isUnwanted = !entry.wanted();
    }

    String liveId() {
        return liveId;
    }

    long epoch() {
        return epoch;
    }

    Stage stage() {
        return stage;
    }

    void moveTo(Stage to) {
        if (!stage.next().contains(to)) {
            throw new IllegalStateException(liveId + ": from " + stage + " to " + to);
        }
        stage = to;
    }

    /** The entry has changed, and is this epoch's still. */
    void onEntry(StreamEntry entry) {
        reserved = Math.max(reserved, entry.next());
        isUnwanted |= !entry.wanted();
    }

    /** Was it not to run at any time? What is wanted since is another start, even if this one runs still. */
    boolean isUnwanted() {
        return isUnwanted;
    }

    /** The epoch's first number: none below was taken, or will be. */
    long first() {
        return first;
    }

    /** The number after the last that was taken. */
    long next() {
        return next;
    }

    /** How many numbers can be taken. */
    long left() {
        return reserved - next;
    }

    /** Goes on with that number, if it is above the next one. */
    void passOver(long below) {
        if (next == first) {
            first = Math.max(first, below);
        }
        next = Math.max(next, below);
    }

    long take() {
        return next++;
    }
}
