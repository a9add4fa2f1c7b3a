// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.LossList;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session on virtual time, whose peer says exactly what the test says. Sequence numbers are told as their distance from the first, times in microseconds
 * since the session's start.
 */
final class LoneSession implements SessionOutput {
    static final int FIRST = SeqNo.plus(0, -5);
    static final int SOCKET = 0x11;
    static final int PEER_SOCKET = 0x22;
    static final int HEADERS = 44;

    /** A packet of ours, when it left, and its bytes. */
    record Sent(long atUs, ByteBuf bytes) {}

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    final List<Sent> sent = new ArrayList<>();
    final List<Integer> delivered = new ArrayList<>();
    final SrtSession session;
    int batches;

    @Nullable
    SrtCloseReason closed;

    private final long startUs;
    private long nowUs;

    LoneSession(LoneSetup setup) {
        startUs = setup.startUs();
        nowUs = startUs;
        HandshakeTerms terms = HandshakeTerms.of(setup.options());
        int latencyMs = terms.receiveLatencyMs();
        SessionParameters parameters = new SessionParameters(
                SOCKET,
                PEER_SOCKET,
                FIRST,
                FIRST,
                terms.mtu(),
                8192,
                true,
                latencyMs,
                latencyMs,
                setup.peerFlags(),
                HandshakeTerms.VERSION,
                "",
                setup.filter(),
                startUs,
                startUs,
                setup.receiveKeys(),
                setup.sendKeys());
        SessionPolicy policy = SessionPolicy.of(setup.options());
        session = new SrtSession(parameters, policy, setup.handshakeAnswer(), allocator, this, nowUs);
    }

    static LoneSession standard() {
        return LoneSetup.of(SrtOptions.STANDARD).begin();
    }

    /** Ends it; nothing may be left that it should have released. */
    void end() {
        session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), nowUs);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    long now() {
        return nowUs - startUs;
    }

    long nextTick() {
        return session.nextTickUs(nowUs) - startUs;
    }

    SrtStats.Counters total() {
        return session.stats(nowUs).total();
    }

    SrtStats.Instant instant() {
        return session.stats(nowUs).instant();
    }

    /** Ticks every millisecond. */
    void pass(long us) {
        for (long end = nowUs + us; nowUs < end; ) {
            nowUs += Math.min(1000, end - nowUs);
            session.onTick(nowUs);
        }
    }

    /** As if nobody ticked meanwhile. */
    void skip(long us) {
        nowUs += us;
    }

    void close() {
        session.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "enough"), nowUs);
    }

    void drain() {
        session.drain(nowUs);
    }

    boolean submit(int number) {
        ByteBuf payload = allocator.heapBuffer(16).writeInt(number);
        boolean isTaken = session.send(payload, nowUs, nowUs);
        if (!isTaken) {
            payload.release();
        }
        return isTaken;
    }

    // What the peer says.

    /** Any packet, for the session to change as it likes. */
    void say(Consumer<ByteBuf> write) {
        ByteBuf packet = allocator.directBuffer(256);
        write.accept(packet);
        session.onDatagram(packet, nowUs);
        packet.release();
    }

    void say(ByteBuf packet) {
        say(p -> p.writeBytes(packet, packet.readerIndex(), packet.readableBytes()));
    }

    /** The data packet of that number, sent at that time. */
    static ByteBuf packet(int number, long sentAtUs) {
        ByteBuf packet = Unpooled.buffer();
        DataPacket.writeHeader(packet, SeqNo.plus(FIRST, number), 0, number + 1, (int) sentAtUs, SOCKET);
        return packet.writeInt(number);
    }

    void data(int number, long sentAtUs) {
        say(packet(number, sentAtUs));
    }

    void data(int number) {
        data(number, now());
    }

    /** A data packet that came within so many µs before now and as many after, as to who reads rarely. */
    void dataSince(int number, long us) {
        ByteBuf packet = Unpooled.copiedBuffer(packet(number, now()));
        session.onDatagram(packet, nowUs - us, nowUs);
        packet.release();
    }

    /** Data packets sent just now, from the first to before the end. */
    void dataFrom(int first, int end) {
        for (int number = first; number < end; number++) {
            data(number);
        }
    }

    void dataAgain(int number, long sentAtUs) {
        ByteBuf packet = packet(number, sentAtUs);
        DataPacket.markRetransmitted(packet);
        say(packet);
    }

    void ack(int number, int upTo, int rttUs, int free) {
        say(p ->
                AckPacket.writeSmall(p, number, SeqNo.plus(FIRST, upTo), rttUs, rttUs / 10, free, (int) now(), SOCKET));
    }

    void nak(int from, int to) {
        say(p -> {
            ControlPacket.writeHeader(p, ControlType.NAK, 0, 0, (int) now(), SOCKET);
            LossList.write(p, SeqNo.plus(FIRST, from), SeqNo.plus(FIRST, to));
        });
    }

    void drop(int from, int to) {
        say(p -> ControlPacket.writeDropRequest(
                p, 0, SeqNo.plus(FIRST, from), SeqNo.plus(FIRST, to), (int) now(), SOCKET));
    }

    void keepAlive(long sentAtUs) {
        say(p -> ControlPacket.writeKeepAlive(p, (int) sentAtUs, SOCKET));
    }

    void shutdown() {
        say(p -> ControlPacket.writeShutdown(p, (int) now(), SOCKET));
    }

    /** Answers the last full acknowledgement, by a clock that shows this. */
    void confirm(long sentAtUs) {
        List<Sent> acks = sent(ControlType.ACK).stream()
                .filter(s -> !AckPacket.isLight(s.bytes()))
                .toList();
        int number = ControlPacket.info(acks.get(acks.size() - 1).bytes());
        say(p -> ControlPacket.writeAckAck(p, number, (int) sentAtUs, SOCKET));
    }

    /** Has the session measure a round trip of two milliseconds, with a variance of one, by data packet 0. */
    void measure() {
        data(0);
        pass(1000);
        pass(2000);
        confirm(now());
        assertThat(instant().msRtt()).isEqualTo(2.0);
    }

    // What the session did.

    @Override
    public void onDatagram(ByteBuf datagram) {
        sent.add(new Sent(now(), Unpooled.copiedBuffer(datagram)));
    }

    @Override
    public void onPayload(ByteBuf payload, long atUs) {
        delivered.add(payload.getInt(payload.readerIndex()));
    }

    @Override
    public void onBatchEnd(long atUs) {
        batches++;
    }

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(SrtCloseReason why) {
        closed = why;
    }

    List<Sent> sent(ControlType type) {
        return sent.stream()
                .filter(s -> SrtPacket.isControl(s.bytes()) && ControlPacket.type(s.bytes()) == type)
                .toList();
    }

    List<ByteBuf> sentData() {
        return sent.stream()
                .map(Sent::bytes)
                .filter(b -> !SrtPacket.isControl(b))
                .toList();
    }

    /** The numbers of the data packets sent, in order; with an {@code r} those sent again, with an {@code x} the extra ones. */
    String line() {
        List<String> numbers = new ArrayList<>();
        for (ByteBuf b : sentData()) {
            String mark = DataPacket.isRetransmitted(b) ? "r" : DataPacket.msgNo(b) == 0 ? "x" : "";
            numbers.add(SeqNo.distance(FIRST, DataPacket.seqNo(b)) + mark);
        }
        return String.join(" ", numbers);
    }

    /** The loss reports sent, as text: each with its time in milliseconds and what it asks for. */
    List<String> reports() {
        List<String> reports = new ArrayList<>();
        for (Sent nak : sent(ControlType.NAK)) {
            StringBuilder text = new StringBuilder().append(nak.atUs() / 1000).append(':');
            LossList list = new LossList();
            list.wrap(nak.bytes());
            while (list.next()) {
                int first = SeqNo.distance(FIRST, list.first());
                int last = SeqNo.distance(FIRST, list.last());
                text.append(' ').append(first);
                if (last != first) {
                    text.append('-').append(last);
                }
            }
            reports.add(text.toString());
        }
        return reports;
    }

    /** When the last loss report left; -1 if none did. */
    long lastReportUs() {
        List<Sent> naks = sent(ControlType.NAK);
        return naks.isEmpty() ? -1 : naks.get(naks.size() - 1).atUs();
    }
}
