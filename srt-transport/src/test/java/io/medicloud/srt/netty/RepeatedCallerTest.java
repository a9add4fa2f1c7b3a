// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A caller whose refusal is lost asks again. */
final class RepeatedCallerTest {
    private static final int MOST_BYTES = 2048;
    /** Of the handshake type in a datagram (draft-sharabayko-srt-01, 3.2.1), and from where on it is a refusal. */
    private static final int TYPE_AT = 36;

    private static final int LEAST_REFUSAL = 1000;

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
            Thread passing = new Thread(() -> relay(relay, listener.localAddress(), lost), "relay");
            passing.setDaemon(true);
            passing.start();
            calling.connect((InetSocketAddress) relay.getLocalSocketAddress(), SrtOptions.STANDARD, new Sink(end));

            assertThat(end.get(20, TimeUnit.SECONDS).rejectReason()).isEqualTo(RejectReason.OVERLOAD);
            assertThat(lost).as("refusals lost").hasValue(1);
            assertThat(asked).hasValue(1);
            assertThat(listener.rejected()).isEqualTo(Map.of(RejectReason.OVERLOAD, 1L));
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
        return datagram.getLength() > TYPE_AT + Integer.BYTES
                && ByteBuffer.wrap(datagram.getData()).getInt(TYPE_AT) >= LEAST_REFUSAL;
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
}
