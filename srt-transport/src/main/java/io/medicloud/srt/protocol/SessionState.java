// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** The life of a session after its handshake. */
enum SessionState {
    CONNECTED,
    /** The peer said good-bye: what was received is still delivered at its time. */
    DRAINING,
    /** We are closing: what was sent is waited for. */
    LINGERING,
    CLOSED;

    SessionState moveTo(SessionState next) {
        boolean legal = switch (this) {
            case CONNECTED -> true;
            case DRAINING -> next != LINGERING;
            case LINGERING -> next == CLOSED;
            case CLOSED -> false;
        };
        if (!legal) {
            throw new IllegalStateException(this + " cannot become " + next);
        }
        return next;
    }
}
