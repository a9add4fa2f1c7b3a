// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A caller to whom the answer is lost asks again. */
final class RepeatedCallerTest {
    private static final int MOST_BYTES = 2048;
    /** Of the handshake type in a datagram (draft-sharabayko-srt-01, 3.2.1), and from where on it is a refusal. */
    private static final int TYPE_AT = 36;

    private static final int LEAST_REFUSAL = 1000;
    private static final int CONCLUSION = -1;
    private static final int HANDSHAKE = 0x8000_0000;

    @Test
    void itIsRefusedAgainAndCountsOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        CompletableFuture<SrtCloseReason> end = new CompletableFuture<>();
        try (SrtStack stack = SrtStacks.select("java").stack();
                SrtStack calling = SrtStacks.select("java").stack();
                SrtListener listener = stack.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SrtOptions.STANDARD, request -> {
                            asked.incrementAndGet();
                            return SrtVerdict.reject(RejectReason.OVERLOAD);
                        });
                DatagramSocket relay = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            start(() -> relay(relay, listener.localAddress(), lost));
            calling.connect((InetSocketAddress) relay.getLocalSocketAddress(), SrtOptions.STANDARD, new Sink(end));

            assertThat(end.get(20, TimeUnit.SECONDS).rejectReason()).isEqualTo(RejectReason.OVERLOAD);
            assertThat(lost).as("refusals lost").hasValue(1);
            assertThat(asked).hasValue(1);
            assertThat(listener.rejected()).isEqualTo(Map.of(RejectReason.OVERLOAD, 1L));
        }
    }

    @Test
    void itHearsThatItWasTakenAlsoFromAListenerThatWasClosedMeanwhile() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        CompletableFuture<SrtCloseReason> end = new CompletableFuture<>();
        CompletableFuture<String> heard = new CompletableFuture<>();
        CompletableFuture<SrtListener> only = new CompletableFuture<>();
        try (SrtStack stack = SrtStacks.select("java").stack();
                SrtStack calling = SrtStacks.select("java").stack();
                DatagramSocket relay = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            AtomicInteger asked = new AtomicInteger();
            only.complete(stack.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SrtOptions.STANDARD, request -> {
                        asked.incrementAndGet();
                        return SrtVerdict.accept(new Greeter(() -> only.join().close(), heard, end));
                    }));
            start(() -> loseTheFirstConclusion(relay, only.join().localAddress(), lost));
            InetSocketAddress there = (InetSocketAddress) relay.getLocalSocketAddress();
            calling.connect(there, SrtOptions.STANDARD, new Greeter(() -> {}, new CompletableFuture<>(), end));

            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(lost).as("answers lost").hasValue(1);
            assertThat(asked).hasValue(1);
            assertThat(end).isNotDone();
            CompletableFuture<SrtCloseReason> late = new CompletableFuture<>();
            calling.connect(there, SrtOptions.STANDARD.with(SrtOption.CONNTIMEO, 500), new Sink(late));
            assertThat(late.get(20, TimeUnit.SECONDS).kind())
                    .as("nobody else is let in")
                    .isEqualTo(SrtCloseReason.Kind.CONNECT_TIMEOUT);
            assertThat(asked).hasValue(1);
        }
    }

    private static void start(Runnable work) {
        Thread passing = new Thread(work, "relay");
        passing.setDaemon(true);
        passing.start();
    }

    /** Passes all on for one caller at a time, but for the listener's first CONCLUSION. Ends with the socket. */
    private static void loseTheFirstConclusion(DatagramSocket socket, SocketAddress listener, AtomicInteger lost) {
        SocketAddress caller = null;
        try {
            while (!socket.isClosed()) {
                DatagramPacket datagram = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
                socket.receive(datagram);
                boolean fromListener = datagram.getSocketAddress().equals(listener);
                if (fromListener && lost.get() == 0 && handshakeType(datagram) == CONCLUSION) {
                    lost.incrementAndGet();
                    continue;
                }
                caller = fromListener ? caller : datagram.getSocketAddress();
                datagram.setSocketAddress(fromListener ? caller : listener);
                socket.send(datagram);
            }
        } catch (SocketException e) {
            assertThat(socket.isClosed()).isTrue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Passes all on, but the first refusal: in its place the caller's datagram goes to the listener once more. Ends with the socket. */
    private static void relay(DatagramSocket socket, SocketAddress listener, AtomicInteger lost) {
        DatagramPacket asked = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        SocketAddress caller = null;
        try {
            while (!socket.isClosed()) {
                DatagramPacket datagram = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
                socket.receive(datagram);
                if (!datagram.getSocketAddress().equals(listener)) {
                    caller = datagram.getSocketAddress();
                    datagram.setSocketAddress(listener);
                    asked = datagram;
                    socket.send(datagram);
                } else if (isRefusal(datagram) && lost.get() == 0) {
                    lost.incrementAndGet();
                    socket.send(asked);
                } else {
                    datagram.setSocketAddress(caller);
                    socket.send(datagram);
                }
            }
        } catch (SocketException e) {
            assertThat(socket.isClosed()).isTrue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isRefusal(DatagramPacket datagram) {
        return handshakeType(datagram) >= LEAST_REFUSAL;
    }

    /** 0 if it is no handshake. */
    private static int handshakeType(DatagramPacket datagram) {
        boolean isLong = datagram.getLength() > TYPE_AT + Integer.BYTES;
        boolean isHandshake = isLong && ByteBuffer.wrap(datagram.getData()).getInt() == HANDSHAKE;
        return isHandshake ? ByteBuffer.wrap(datagram.getData()).getInt(TYPE_AT) : 0;
    }

    private record Sink(CompletableFuture<SrtCloseReason> end) implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {
            throw new AssertionError("taken");
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            throw new AssertionError("taken");
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            end.complete(why);
        }
    }

    /** Says hello when it is connected, and keeps the first that it hears. */
    private record Greeter(Runnable first, CompletableFuture<String> heard, CompletableFuture<SrtCloseReason> end)
            implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {
            first.run();
            connection.send(Unpooled.directBuffer().writeBytes("hello".getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            heard.complete(payload.toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            end.complete(why);
        }
    }
}
