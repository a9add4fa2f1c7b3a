// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;

/** What a handshake packet, or the time, led to. */
public sealed interface HandshakeVerdict {
    /** Not for us, not believable, or a repetition: nothing changes, and nothing is sent. */
    record Ignored(Why why) implements HandshakeVerdict {}

    /** The handshake goes on; there may be something to send. */
    record Waiting() implements HandshakeVerdict {}

    /** A listener has an answer to send, and keeps nothing. */
    record Answered() implements HandshakeVerdict {}

    /** A caller has proven its address and asks for a connection: decide, then accept or reject. */
    record Asked(ConclusionRequest request) implements HandshakeVerdict {}

    /**
     * There is a connection.
     *
     * @param answer what to repeat when the peer repeats its own handshake; may be empty
     */
    @SuppressWarnings("ArrayRecordComponent") // handed to the session, never compared
    record Connected(SessionParameters parameters, byte[] answer) implements HandshakeVerdict {}

    /** There will be none; the peer's word if {@code byPeer}, else ours, and there may be a last packet to send. */
    record Rejected(RejectReason reason, boolean byPeer) implements HandshakeVerdict {}

    /** Nobody answered in time. */
    record TimedOut() implements HandshakeVerdict {}

    /** Why a packet was ignored. */
    enum Why {
        MALFORMED,
        BAD_COOKIE,
        UNEXPECTED
    }

    Waiting WAITING = new Waiting();
    Answered ANSWERED = new Answered();
    TimedOut TIMED_OUT = new TimedOut();
    Ignored MALFORMED = new Ignored(Why.MALFORMED);
    Ignored BAD_COOKIE = new Ignored(Why.BAD_COOKIE);
    Ignored UNEXPECTED = new Ignored(Why.UNEXPECTED);
}
