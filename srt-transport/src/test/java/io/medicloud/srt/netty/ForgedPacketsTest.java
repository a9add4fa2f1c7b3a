// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets that are right in everything, the socket id too, but come from elsewhere: they change nothing. The same from the right place do. */
@SuppressWarnings("AddressSelection") // They are addresses, not names.
final class ForgedPacketsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** A machine that has much else to do must not make SRT give up. */
    private static final SrtOptions OPTIONS = SrtOptions.STANDARD
            .with(SrtOption.CONNTIMEO, 30_000)
            .with(SrtOption.PEERIDLETIMEO, 30_000)
            .with(SrtOption.TLPKTDROP, false);

    private static final String HERE = "127.0.0.1";
    private static final int ROUNDS = 20;
    private static final int TRUE_BYTE = 0x11;
    private static final int FORGED_BYTE = 0x66;
    private static final int PAYLOAD = 1316;
    private static final int KEEPALIVE = 1;
    private static final int ACK = 2;
    private static final int NAK = 3;
    private static final int CONGESTION = 4;
    private static final int SHUTDOWN = 5;
    private static final int ACKACK = 6;
    private static final int DROPREQ = 7;
    private static final int USER = 0x7FFF;
    private static final int KMREQ = 3;

    private final NettySrtStack stack = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.epoll(), 1);
    private final NettySrtStack calling = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.epoll(), 1);
    private final Received received = new Received();
    private final Received atCaller = new Received();
    private Path path;
    private SrtConnection caller;
    private SrtConnection accepted;

    /** What one end is told. */
    private static final class Received implements SrtSink {
        final CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
        final CompletableFuture<SrtCloseReason> closed = new CompletableFuture<>();
        final AtomicInteger payloads = new AtomicInteger();
        final AtomicInteger forged = new AtomicInteger();

        @Override
        public void onConnected(SrtConnection connection) {
            connected.complete(connection);
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            (payload.getByte(payload.readerIndex()) == FORGED_BYTE ? forged : payloads).incrementAndGet();
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed.complete(why);
        }
    }

    /** Between both ends: the peer that each of them knows. Sees their socket ids and numbers. */
    private static final class Path implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName(HERE));
        private final InetSocketAddress listener;
        private volatile InetSocketAddress caller;
        private volatile int callersId;
        private volatile int listenersId;
        private volatile int lastSeqNo;
        private volatile int lastTimestamp;

        private Path(InetSocketAddress listener) throws IOException {
            this.listener = listener;
            this.caller = listener;
            socket.setReceiveBufferSize(1 << 20);
            Thread passing = new Thread(this::pass, "path");
            passing.setDaemon(true);
            passing.start();
        }

        private void pass() {
            byte[] bytes = new byte[2048];
            try {
                while (true) {
                    DatagramPacket datagram = new DatagramPacket(bytes, bytes.length);
                    socket.receive(datagram);
                    ByteBuffer packet = ByteBuffer.wrap(bytes);
                    boolean isFromListener = datagram.getSocketAddress().equals(listener);
                    int id = packet.getInt(12);
                    if (isFromListener) {
                        callersId = id;
                    } else {
                        caller = (InetSocketAddress) datagram.getSocketAddress();
                        listenersId = id;
                        if (packet.getInt(0) >= 0) {
                            lastSeqNo = packet.getInt(0);
                            lastTimestamp = packet.getInt(8);
                        }
                    }
                    datagram.setSocketAddress(isFromListener ? caller : listener);
                    socket.send(datagram);
                }
            } catch (IOException e) {
                // The test is over.
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    @BeforeEach
    void connect() throws Exception {
        SrtListener listener =
                stack.listen(new InetSocketAddress(HERE, 0), OPTIONS, request -> SrtVerdict.accept(received));
        path = new Path(listener.localAddress());
        caller = calling.connect((InetSocketAddress) path.socket.getLocalSocketAddress(), OPTIONS, atCaller);
        atCaller.connected.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        accepted = received.connected.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        say();
        await().atMost(LIMIT)
                .until(() -> received.payloads.get() == 1 && stats(caller).pktRecvAck() > 0);
    }

    @AfterEach
    void close() {
        for (SrtStack each : List.of(calling, stack)) {
            each.close();
        }
        path.close();
    }

    private static SrtStats.Counters stats(SrtConnection connection) {
        return connection.stats().total();
    }

    private void say() {
        ByteBuf payload = Unpooled.directBuffer(PAYLOAD).writeZero(PAYLOAD);
        payload.setByte(0, TRUE_BYTE);
        assertThat(caller.send(payload)).isTrue();
    }

    private List<byte[]> toListener() {
        int next = path.lastSeqNo + 1 & 0x7FFF_FFFF;
        List<byte[]> all = new ArrayList<>();
        all.add(data(path.listenersId, next, path.lastTimestamp + 1));
        all.add(control(path.listenersId, KEEPALIVE, 0, 0));
        all.add(control(path.listenersId, DROPREQ, 0, 0, next, next + 50));
        all.add(control(path.listenersId, ACKACK, 0, 1));
        all.add(control(path.listenersId, USER, KMREQ, 0, 1, 2, 3, 4));
        all.add(control(path.listenersId, SHUTDOWN, 0, 0, 0));
        return all;
    }

    private List<byte[]> toCaller() {
        int next = path.lastSeqNo + 1 & 0x7FFF_FFFF;
        List<byte[]> all = new ArrayList<>();
        all.add(control(path.callersId, NAK, 0, 0, path.lastSeqNo));
        all.add(control(path.callersId, ACK, 0, 7, next, 9_000_000, 900_000, 0, 1, 1, 1));
        all.add(control(path.callersId, CONGESTION, 0, 0, 0));
        all.add(control(path.callersId, KEEPALIVE, 0, 0));
        all.add(control(path.callersId, SHUTDOWN, 0, 0, 0));
        return all;
    }

    /** One payload that says forged, in a message of its own. */
    private static byte[] data(int id, int seqNo, int timestamp) {
        ByteBuffer packet = ByteBuffer.allocate(16 + PAYLOAD);
        packet.putInt(seqNo).putInt(0xE000_0000 | 2).putInt(timestamp).putInt(id);
        packet.put((byte) FORGED_BYTE);
        return packet.array();
    }

    private static byte[] control(int id, int type, int subtype, int info, int... content) {
        ByteBuffer packet = ByteBuffer.allocate(16 + 4 * content.length);
        packet.putShort((short) (0x8000 | type))
                .putShort((short) subtype)
                .putInt(info)
                .putInt(0)
                .putInt(id);
        for (int word : content) {
            packet.putInt(word);
        }
        return packet.array();
    }

    private static void send(DatagramSocket from, InetSocketAddress to, List<byte[]> packets) throws IOException {
        for (byte[] packet : packets) {
            from.send(new DatagramPacket(packet, packet.length, to));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "the same port at 127.0.0.2"})
    void fromElsewhereTheyChangeNothing(String where) throws Exception {
        boolean isSamePort = where.startsWith("the same port");
        try (DatagramSocket stranger = new DatagramSocket(
                isSamePort ? path.socket.getLocalPort() : 0, InetAddress.getByName(isSamePort ? "127.0.0.2" : where))) {
            for (int round = 0; round < ROUNDS; round++) {
                send(stranger, path.listener, toListener());
                send(stranger, path.caller, toCaller());
                int told = round + 2;
                long acks = stats(caller).pktRecvAck();
                say(); // comes after what was forged, on each way
                await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> received.payloads.get() == told);
                await().atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> stats(caller).pktRecvAck() > acks);
            }
        }
        assertThat(received.forged).hasValue(0);
        assertThat(received.closed).isNotDone();
        assertThat(atCaller.closed).isNotDone();
        assertThat(stats(accepted).pktRecvUnique()).isEqualTo(ROUNDS + 1);
        assertThat(stats(accepted).pktRcvDrop()).isZero();
        assertThat(stats(accepted).pktRcvLoss()).isZero();
        assertThat(stats(caller).pktRecvNak()).isZero();
        // Each forged acknowledgement said nine seconds.
        assertThat(caller.stats().instant().msRtt()).isLessThan(4000);
    }

    @Test
    void dataFromTheRightPlaceIsTaken() throws Exception {
        send(path.socket, path.listener, toListener().subList(0, 1));

        await().atMost(LIMIT).until(() -> received.forged.get() == 1);
    }

    @Test
    void aLossReportFromTheRightPlaceIsTaken() throws Exception {
        send(path.socket, path.caller, toCaller().subList(0, 1));

        await().atMost(LIMIT).until(() -> stats(caller).pktRecvNak() > 0);
    }

    @Test
    void aFarewellFromTheRightPlaceEndsEitherEnd() throws Exception {
        List<byte[]> toCaller = toCaller();
        List<byte[]> toListener = toListener();
        send(path.socket, path.caller, toCaller.subList(toCaller.size() - 1, toCaller.size()));
        send(path.socket, path.listener, toListener.subList(toListener.size() - 1, toListener.size()));

        assertThat(atCaller.closed.get(LIMIT.toSeconds(), TimeUnit.SECONDS).kind())
                .isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        assertThat(received.closed.get(LIMIT.toSeconds(), TimeUnit.SECONDS).kind())
                .isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
    }
}
