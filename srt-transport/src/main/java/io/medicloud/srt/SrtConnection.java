// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** One SRT connection, or an attempt at one. All methods may be called from any thread. */
public interface SrtConnection extends AutoCloseable {

    /** A number that no other connection of this stack has had. */
    long id();

    /** The other end. */
    InetSocketAddress peer();

    /** The stream id that the caller sent, empty if none. */
    String streamId();

    /** The longest payload that {@link #send} takes, in bytes. */
    int payloadSize();

    /** True once keys are agreed on in both directions. */
    boolean isEncrypted();

    /**
     * Sends one payload (a message of SRT live mode, usually 7 packets of 188 bytes).
     *
     * @param payload given, if the answer is true: the stack releases it. Its readable bytes are the message, at most
     *     {@link #payloadSize}
     * @return false if the send buffer is full or the handshake is not done: the payload stays yours, and
     *     {@link SrtSink#onWritable} (or {@link SrtSink#onConnected}) tells when to try again. After the end of the
     *     connection payloads are taken and discarded; {@link SrtSink#onClosed} has told, or will
     * @throws IllegalArgumentException if the payload is empty or too long; it stays yours
     */
    boolean send(ByteBuf payload);

    /**
     * For how long nothing at all has been heard of the peer, in µs: no data, no keepalive, nothing else of SRT. A peer of
     * SRT is heard once a second, also while it has nothing to send, so more than a few seconds of silence tell that it is
     * gone, or the network. {@link SrtOption#PEERIDLETIMEO} of it ends the connection. Time in which the loop thread did
     * not look is not counted, unless asked on it. Goes on after the end of the connection. Does not block.
     *
     * <p>The stack {@code libsrt} knows of data, acknowledgements and loss reports alone, and looks for them when asked,
     * and five times a second: there a receiver takes a sender that has nothing to send for silent.
     *
     * @return −1 if the handshake is not done, or if it is not known
     */
    default long silentUs() {
        return -1;
    }

    /** The statistics now; of a connection that has ended, the last known ones, which may be a
     * fraction of a second older than its end. Does not touch the interval. */
    SrtStats stats();

    /** The statistics now; the interval starts anew. */
    SrtStats statsAndRestartInterval();

    /**
     * Ends the connection: waits for what was sent to arrive, for at most {@link SrtOption#LINGER}, then tells the peer.
     * Returns at once; {@link SrtSink#onClosed} follows. Payloads that arrive meanwhile are not delivered.
     */
    @Override
    void close();

    /**
     * Ends the connection as {@link #close} does, but first delivers what has arrived, each payload at its time (TSBPD):
     * that takes one latency, the one that both ends agreed on, or less if nothing waits. What arrives in that time is
     * delivered if its own time comes, and with the stack {@code java} not acknowledged if it does not: a sender that goes
     * on elsewhere with what was not acknowledged leaves nothing out. One that is not connected yet ends at once. Returns at once;
     * {@link SrtSink#onClosed} follows.
     */
    void drain();
}
