// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import java.util.EnumSet;
import java.util.Set;

/** Where a connection stands, and where it can go from there. */
enum LinkState {
    /** The handshake is under way. */
    CONNECTING,
    /** Payloads flow. */
    CONNECTED,
    /** The peer is gone; what it had sent is delivered at its time. */
    DRAINING,
    /** To be closed here; what has arrived is delivered at its time. */
    PLAYING_OUT,
    /** Closed here; what was sent arrives. */
    LINGERING,
    /** Nothing is left. */
    CLOSED;

    LinkState moveTo(LinkState next) {
        if (!next().contains(next)) {
            throw new IllegalStateException("a connection does not go from " + this + " to " + next);
        }
        return next;
    }

    /** Do payloads still flow? */
    boolean isOpen() {
        return this == CONNECTED || this == PLAYING_OUT;
    }

    private Set<LinkState> next() {
        return switch (this) {
            case CONNECTING -> EnumSet.of(CONNECTED, CLOSED);
            case CONNECTED -> EnumSet.of(DRAINING, PLAYING_OUT, LINGERING, CLOSED);
            case PLAYING_OUT -> EnumSet.of(DRAINING, LINGERING, CLOSED);
            case DRAINING, LINGERING -> EnumSet.of(CLOSED);
            case CLOSED -> EnumSet.noneOf(LinkState.class);
        };
    }
}
