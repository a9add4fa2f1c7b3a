// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtVerdict;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A peer that does as it is told: accepts, rejects, stalls, drops, sends garbage, each on cue. It has a stack of its
 * own, so that its stalling holds up nobody else.
 */
final class ScriptedSrtPeer implements AutoCloseable {

    private final SrtStack stack;
    private @Nullable SrtListener listener;
    private @Nullable SrtConnection connection;
    private volatile InetSocketAddress other;
    private volatile @Nullable RejectReason rejecting;
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    private ScriptedSrtPeer(SrtStack stack, InetSocketAddress other) {
        this.stack = stack;
        this.other = other;
    }

    /** Listens; every caller it accepts gets a sink. */
    static ScriptedSrtPeer listening(SrtStack own, SrtOptions options, Supplier<? extends SrtSink> sinks)
            throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ScriptedSrtPeer peer = new ScriptedSrtPeer(own, any);
        peer.listener = own.listen(any, options, request -> peer.decide(request, sinks));
        return peer;
    }

    /** Calls a listener. Closing does not linger: what is not sent by then is dropped. */
    static ScriptedSrtPeer calling(SrtStack own, InetSocketAddress listener, SrtOptions options, SrtSink sink)
            throws IOException {
        ScriptedSrtPeer peer = new ScriptedSrtPeer(own, listener);
        peer.connection = own.connect(listener, options.with(SrtOption.LINGER, 0), sink);
        return peer;
    }

    private SrtVerdict decide(SrtRequest request, Supplier<? extends SrtSink> sinks) {
        other = request.peer();
        try {
            stalled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        RejectReason reason = rejecting;
        return reason == null ? SrtVerdict.accept(sinks.get()) : SrtVerdict.reject(reason);
    }

    /** Where it listens. */
    InetSocketAddress address() {
        if (listener == null) {
            throw new IllegalStateException("it does not listen");
        }
        return listener.localAddress();
    }

    /** From now on callers are accepted, as they are at first. */
    void accept() {
        rejecting = null;
    }

    /** From now on callers are rejected. */
    void reject(RejectReason reason) {
        rejecting = reason;
    }

    /** From now on it does not answer callers, until it goes on. */
    void stall() {
        stalled = new CountDownLatch(1);
    }

    /** Goes on after a stall. */
    void goOn() {
        stalled.countDown();
    }

    /** Sends, if it calls. */
    void send(byte[] bytes) {
        if (connection == null) {
            throw new IllegalStateException("it does not call");
        }
        PacedBytes.send(bytes, connection, 20);
    }

    /** Sends datagrams that are not SRT, or nearly are, to where the other end is. */
    void sendGarbage(int datagrams, long seed) throws IOException {
        Random random = new Random(seed);
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < datagrams; i++) {
                byte[] bytes = new byte[random.nextInt(1500)];
                random.nextBytes(bytes);
                boolean nearly = bytes.length >= 16 && random.nextBoolean();
                if (nearly) {
                    // A handshake for nobody in particular.
                    bytes[0] = (byte) 0x80;
                    bytes[1] = 0;
                    java.util.Arrays.fill(bytes, 12, 16, (byte) 0);
                }
                socket.send(new DatagramPacket(bytes, bytes.length, other));
            }
        }
    }

    /** Drops what it has: all connections, and the listener. */
    void drop() {
        stalled.countDown();
        stack.close();
    }

    @Override
    public void close() {
        drop();
    }
}
