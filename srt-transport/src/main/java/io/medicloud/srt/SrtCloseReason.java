// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection ended, or did not come about.
 *
 * @param kind what happened
 * @param rejectReason the peer's reason (or the stack's own) if {@code kind} is {@link Kind#REJECTED}, else null
 * @param message one line for people
 */
public record SrtCloseReason(Kind kind, @Nullable RejectReason rejectReason, String message) {

    /** What happened. */
    public enum Kind {
        /** {@link SrtConnection#close} or {@link SrtStack#close} was called here. */
        CLOSED_HERE,
        /** The peer said good-bye. */
        CLOSED_BY_PEER,
        /** The peer fell silent for longer than {@link SrtOption#PEERIDLETIMEO}. */
        PEER_SILENT,
        /** The handshake ended with a rejection. */
        REJECTED,
        /** No answer within {@link SrtOption#CONNTIMEO}. */
        CONNECT_TIMEOUT,
        /** The system, the stack or the sink failed. */
        FAILED
    }

    /** A reason without a rejection in it. */
    public static SrtCloseReason of(Kind kind, String message) {
        return new SrtCloseReason(kind, null, message);
    }

    /** A rejected handshake. */
    public static SrtCloseReason rejected(RejectReason reason) {
        return new SrtCloseReason(Kind.REJECTED, reason, "rejected: " + reason);
    }
}
