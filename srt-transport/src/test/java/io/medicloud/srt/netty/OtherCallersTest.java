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
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Callers, and one listener, that are not as ours: of SRT before 1.3, and one that starts anew as who it was. */
final class OtherCallersTest {
    private static final int SECONDS = 20;
    private static final int ID = 0x33;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final SrtStack stack = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.chosen(), 1);
    private final List<Sink> sinks = new CopyOnWriteArrayList<>();
    private DatagramSocket socket;

    /** What a connection was told. */
    private static final class Sink implements SrtSink {
        private final CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
        private final CompletableFuture<SrtCloseReason> closed = new CompletableFuture<>();

        @Override
        public void onConnected(SrtConnection connection) {
            connected.complete(connection);
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            // Nothing is sent.
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed.complete(why);
        }
    }

    @BeforeEach
    void open() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(SECONDS * 1000);
    }

    @AfterEach
    void close() {
        stack.close();
        socket.close();
    }

    private static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(SECONDS, TimeUnit.SECONDS);
    }

    private void send(ByteBuf packet, SocketAddress to) throws IOException {
        byte[] bytes = new byte[packet.readableBytes()];
        packet.readBytes(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length, to));
    }

    private ByteBuf receive() throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[2048], 2048);
        socket.receive(datagram);
        return Unpooled.wrappedBuffer(datagram.getData(), 0, datagram.getLength());
    }

    private static ByteBuf handshake(int version, int extension, int type, int seqNo, int cookie) {
        ByteBuf out = Unpooled.buffer(256);
        HandshakePacket.write(
                out,
                new HandshakePacket.Fields(version, 0, extension, seqNo, 1500, 8192, type, ID, cookie, LOOPBACK),
                0,
                0);
        return out;
    }

    private int cookie(SocketAddress listener) throws IOException {
        send(handshake(4, 2, HandshakePacket.INDUCTION, 100, 0), listener);
        return HandshakePacket.synCookie(receive());
    }

    /** Calls with that first sequence number; what comes is told in {@link #word}s. */
    private void call(SocketAddress listener, int cookie, int seqNo) throws IOException {
        ByteBuf request = handshake(5, HandshakePacket.EXT_HSREQ, HandshakePacket.CONCLUSION, seqNo, cookie);
        ExtensionWriter.writeHs(request, HandshakeExtensions.HSREQ, 0x010505, 0xBF, 120, 120);
        send(request, listener);
    }

    /** The type of the next handshake, or the kind of another control packet; keepalives do not count. */
    private String word() throws IOException {
        ByteBuf packet = receive();
        assertThat(SrtPacket.destinationSocketId(packet)).isEqualTo(ID);
        ControlType type = ControlPacket.type(packet);
        return switch (type) {
            case HANDSHAKE -> "" + HandshakePacket.handshakeType(packet);
            case KEEPALIVE -> word();
            default -> type.name();
        };
    }

    private SrtListener listen(boolean takesTheSecond) throws IOException {
        return stack.listen(ANY, SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 60_000), request -> {
            if (sinks.size() == 1 && !takesTheSecond) {
                return SrtVerdict.reject(RejectReason.CONFLICT);
            }
            sinks.add(new Sink());
            return SrtVerdict.accept(sinks.get(sinks.size() - 1));
        });
    }

    @Test
    void aCallerThatStartsAnewAsWhoItWasHearsNoGoodByeOfItsFormerConnection() throws Exception {
        SocketAddress listener = listen(true).localAddress();
        int cookie = cookie(listener);
        call(listener, cookie, 100);
        assertThat(word()).isEqualTo("" + HandshakePacket.CONCLUSION);
        call(listener, cookie, 2000);
        assertThat(word()).isEqualTo("" + HandshakePacket.CONCLUSION);
        assertThat(get(sinks.get(0).closed).kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        get(sinks.get(1).connected);
        call(listener, cookie, 2000);
        assertThat(word()).as("it is known").isEqualTo("" + HandshakePacket.CONCLUSION);
        assertThat(sinks.get(1).closed).isNotDone();
        assertThat(sinks).hasSize(2);
    }

    @Test
    void whileItIsNotLetInAnewItsFormerConnectionLives() throws Exception {
        SocketAddress listener = listen(false).localAddress();
        int cookie = cookie(listener);
        call(listener, cookie, 100);
        assertThat(word()).isEqualTo("" + HandshakePacket.CONCLUSION);
        call(listener, cookie, 2000);
        assertThat(word()).isEqualTo("2409");
        call(listener, cookie, 100);
        assertThat(word()).isEqualTo("" + HandshakePacket.CONCLUSION);
        assertThat(sinks.get(0).closed).isNotDone();
    }

    @Test
    void aCallerBeforeHsv5HearsAGoodByeAfterItsRefusal() throws Exception {
        SocketAddress listener = listen(true).localAddress();
        send(handshake(4, 2, HandshakePacket.CONCLUSION, 100, cookie(listener)), listener);
        assertThat(word()).isEqualTo("1008");
        assertThat(word()).isEqualTo("SHUTDOWN");
        assertThat(sinks).isEmpty();
    }

    @Test
    void aListenerBeforeHsv5IsNamedInTheReason() throws Exception {
        Sink sink = new Sink();
        stack.connect((InetSocketAddress) socket.getLocalSocketAddress(), SrtOptions.STANDARD, sink);
        DatagramPacket datagram = new DatagramPacket(new byte[2048], 2048);
        socket.receive(datagram);
        ByteBuf request = Unpooled.wrappedBuffer(datagram.getData(), 0, datagram.getLength());
        ByteBuf answer = Unpooled.copiedBuffer(request); // HSv4 answers with the same version and type, and its cookie
        answer.setInt(12, HandshakePacket.socketId(request));
        send(answer, datagram.getSocketAddress());
        SrtCloseReason why = get(sink.closed);
        assertThat(why.rejectReason()).isEqualTo(RejectReason.VERSION);
        assertThat(why.message()).contains("before 1.3");
    }
}
