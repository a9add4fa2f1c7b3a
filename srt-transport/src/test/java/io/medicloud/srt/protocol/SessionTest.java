// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.LossList;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One session, whose peer says exactly what the test says. Sequence numbers are told as their distance from the first. */
class SessionTest implements SessionOutput {
    private static final int FIRST = SeqNo.plus(0, -5);
    private static final int PEER_SOCKET = 0x22;
    private static final long LATENCY_US = 120_000;
    private static final int ALL_FLAGS =
            SrtFlags.TSBPDSND | SrtFlags.TSBPDRCV | SrtFlags.TLPKTDROP | SrtFlags.PERIODICNAK | SrtFlags.REXMITFLG;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final List<ByteBuf> sent = new ArrayList<>();
    private final List<Integer> delivered = new ArrayList<>();
    private final long startUs = 50_000_000;
    private long nowUs = startUs;
    private int writable;
    private SrtCloseReason closed;
    private SrtSession session;

    private SrtSession session(SrtOptions options, int peerFlags, int flowWindow) {
        SessionParameters parameters = new SessionParameters(
                0x11,
                PEER_SOCKET,
                FIRST,
                FIRST,
                1500,
                flowWindow,
                true,
                120,
                120,
                peerFlags,
                0x010505,
                "",
                null,
                startUs,
                startUs,
                null,
                null);
        session = new SrtSession(parameters, SessionPolicy.of(options), new byte[80], allocator, this, nowUs);
        return session;
    }

    private void begin() {
        session(SrtOptions.STANDARD, ALL_FLAGS, 8192);
    }

    @AfterEach
    void nothingLeaks() {
        session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done"), nowUs);
        assertThat(allocator.metric().usedHeapMemory()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Override
    public void onDatagram(ByteBuf datagram) {
        assertThat(SrtPacket.destinationSocketId(datagram)).isIn(PEER_SOCKET, 0);
        sent.add(Unpooled.copiedBuffer(datagram));
    }

    @Override
    public void onPayload(ByteBuf payload, long atUs) {
        delivered.add(payload.getInt(payload.readerIndex()));
    }

    @Override
    public void onBatchEnd(long atUs) {}

    @Override
    public void onWritable() {
        writable++;
    }

    @Override
    public void onClosed(SrtCloseReason why) {
        closed = why;
    }

    // What the peer says.

    private void control(Consumer<ByteBuf> write) {
        ByteBuf packet = allocator.directBuffer(256);
        write.accept(packet);
        session.onDatagram(packet, nowUs);
        packet.release();
    }

    private int timestamp() {
        return (int) (nowUs - startUs);
    }

    private void data(int number, boolean isAgain, int timestamp) {
        ByteBuf packet = allocator.directBuffer(64);
        DataPacket.writeHeader(packet, SeqNo.plus(FIRST, number), 0, number + 1, timestamp, 0x11);
        packet.writeInt(number);
        if (isAgain) {
            DataPacket.markRetransmitted(packet);
        }
        session.onDatagram(packet, nowUs);
        packet.release();
    }

    private void data(int number) {
        data(number, false, timestamp());
    }

    private void ack(int number, int upTo, int rttUs, int free) {
        control(p ->
                AckPacket.writeSmall(p, number, SeqNo.plus(FIRST, upTo), rttUs, rttUs / 10, free, timestamp(), 0x11));
    }

    private void nak(int from, int to) {
        control(p -> {
            ControlPacket.writeHeader(p, ControlType.NAK, 0, 0, timestamp(), 0x11);
            LossList.write(p, SeqNo.plus(FIRST, from), SeqNo.plus(FIRST, to));
        });
    }

    private void confirmAcks() {
        for (ByteBuf ack : sent(ControlType.ACK)) {
            if (!AckPacket.isLight(ack)) {
                control(p -> ControlPacket.writeAckAck(p, ControlPacket.info(ack), timestamp(), 0x11));
            }
        }
    }

    // What happened.

    private void pass(long us) {
        for (long end = nowUs + us; nowUs < end; ) {
            nowUs += 1000;
            session.onTick(nowUs);
        }
    }

    private boolean submit(int number) {
        ByteBuf payload = allocator.heapBuffer(16).writeInt(number);
        boolean isTaken = session.send(payload, nowUs, nowUs);
        if (!isTaken) {
            payload.release();
        }
        return isTaken;
    }

    private void submitMany(int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(submit(i)).isTrue();
            pass(1000);
        }
    }

    private List<ByteBuf> sent(ControlType type) {
        return sent.stream()
                .filter(b -> SrtPacket.isControl(b) && ControlPacket.type(b) == type)
                .toList();
    }

    /** Which data packets were sent; those sent again as negative numbers less 1. */
    private List<Integer> sentData() {
        return sent.stream()
                .filter(b -> !SrtPacket.isControl(b))
                .map(b -> SeqNo.distance(FIRST, DataPacket.seqNo(b)) * (DataPacket.isRetransmitted(b) ? -1 : 1)
                        - (DataPacket.isRetransmitted(b) ? 1 : 0))
                .toList();
    }

    private List<Integer> sentAgain() {
        return sentData().stream().filter(n -> n < 0).map(n -> -n - 1).toList();
    }

    @Test
    void payloadsAreDeliveredInOrderAtTheirTime() {
        begin();
        data(0);
        pass(4_000);
        data(2);
        data(1, false, timestamp());
        pass(LATENCY_US - 5_000);
        assertThat(delivered).isEmpty();
        pass(1_000);
        assertThat(delivered).containsExactly(0);
        pass(4_000);
        assertThat(delivered).containsExactly(0, 1, 2);
        assertThat(session.stats(nowUs).instant().pktRcvBuf()).isZero();
    }

    @Test
    void aGapIsReportedAtOnceAndFilledByTheAnswer() {
        begin();
        data(0);
        data(3);
        List<ByteBuf> naks = sent(ControlType.NAK);
        assertThat(naks).hasSize(1);
        LossList list = new LossList();
        list.wrap(naks.get(0));
        assertThat(list.next()).isTrue();
        assertThat(SeqNo.distance(FIRST, list.first())).isEqualTo(1);
        assertThat(SeqNo.distance(FIRST, list.last())).isEqualTo(2);
        data(1, true, 0);
        data(2, true, 0);
        data(2, true, 0);
        pass(LATENCY_US);
        assertThat(delivered).containsExactly(0, 1, 2, 3);
        assertThat(session.stats(nowUs).total().pktRcvLoss()).isEqualTo(2);
        assertThat(session.stats(nowUs).total().pktRecv()).isEqualTo(5);
        assertThat(session.stats(nowUs).total().pktRecvUnique()).isEqualTo(4);
        assertThat(session.stats(nowUs).total().pktRcvDrop()).isZero();
        assertThat(session.stats(nowUs).instant().pktRcvRetrans()).isEqualTo(3);
    }

    @Test
    void whatDoesNotComeIsSkippedAndWhatComesThenIsLate() {
        begin();
        data(0);
        data(2);
        pass(LATENCY_US + 20_000);
        assertThat(delivered).containsExactly(0, 2);
        assertThat(session.stats(nowUs).total().pktRcvDrop()).isEqualTo(1);
        data(1, true, 0);
        pass(5_000);
        assertThat(delivered).containsExactly(0, 2);
        assertThat(session.stats(nowUs).instant().pktRcvBelated()).isEqualTo(1);
        assertThat(session.stats(nowUs).instant().pktRcvAvgBelatedTime()).isBetween(10.0, 30.0);
    }

    @Test
    void whatCameTooLateItselfWaitsForWhatIsStillUnderWay() {
        begin();
        data(0);
        pass(52_000);
        data(3);
        pass(80_000);
        data(2, true, 0);
        pass(5_000);
        assertThat(delivered).as("2 is due since 17 ms").containsExactly(0);
        data(1, true, 0);
        pass(1_000);
        assertThat(delivered).containsExactly(0, 1, 2);
        pass(34_000);
        assertThat(delivered).containsExactly(0, 1, 2, 3);
        assertThat(session.stats(nowUs).total().pktRcvDrop()).isZero();
    }

    @Test
    void whatCameInTimeDoesNotWaitLongerForThat() {
        begin();
        data(0);
        pass(52_000);
        data(4);
        pass(80_000);
        data(2, true, 0);
        pass(LATENCY_US - 80_000 - 1_000);
        assertThat(delivered).containsExactly(0);
        pass(1_000);
        assertThat(delivered).as("4 is due").containsExactly(0, 2);
        pass(11_000);
        assertThat(delivered).containsExactly(0, 2, 4);
        assertThat(session.stats(nowUs).total().pktRcvDrop()).isEqualTo(2);
    }

    @Test
    void withoutTooLateDropAGapIsWaitedFor() {
        session(SrtOptions.STANDARD.with(SrtOption.TLPKTDROP, false), ALL_FLAGS, 8192);
        data(0);
        data(2);
        pass(2_000_000);
        assertThat(delivered).containsExactly(0);
        data(1, true, 0);
        pass(2_000);
        assertThat(delivered).containsExactly(0, 1, 2);
    }

    @Test
    void whatTheSenderHasGivenUpIsNotAskedForAnyMore() {
        begin();
        data(0);
        data(4);
        int naks = sent(ControlType.NAK).size();
        control(p ->
                ControlPacket.writeDropRequest(p, 0, SeqNo.plus(FIRST, 1), SeqNo.plus(FIRST, 3), timestamp(), 0x11));
        pass(LATENCY_US - 2_000);
        assertThat(sent(ControlType.NAK)).hasSize(naks);
        assertThat(delivered).isEmpty();
        pass(3_000);
        assertThat(delivered).containsExactly(0, 4);
    }

    @Test
    void aRequestToDropWhatWasNeverSentIsNotBelieved() {
        begin();
        data(0);
        data(2);
        int naks = sent(ControlType.NAK).size();
        control(p ->
                ControlPacket.writeDropRequest(p, 0, SeqNo.plus(FIRST, 1), SeqNo.plus(FIRST, 3), timestamp(), 0x11));
        pass(100_000);
        assertThat(sent(ControlType.NAK).size()).as("it is still asked for").isGreaterThan(naks);
        data(1, true, 0);
        pass(LATENCY_US);
        assertThat(delivered).containsExactly(0, 1, 2);
    }

    @Test
    void packetsAreAcknowledgedEveryTenMillisecondsAndEvery64th() {
        begin();
        for (int i = 0; i < 64; i++) {
            data(i);
        }
        List<ByteBuf> light = sent(ControlType.ACK);
        assertThat(light).hasSize(1);
        assertThat(AckPacket.isLight(light.get(0))).isTrue();
        assertThat(SeqNo.distance(FIRST, AckPacket.ackSeqNo(light.get(0)))).isEqualTo(64);
        pass(1_000);
        ByteBuf full = sent(ControlType.ACK).get(1);
        assertThat(AckPacket.isLight(full)).isFalse();
        assertThat(AckPacket.hasRates(full)).isTrue();
        assertThat(AckPacket.freeBuffer(full)).isEqualTo(8192 - 64);
        assertThat(AckPacket.rttUs(full)).isEqualTo(100_000);
        assertThat(AckPacket.rttVarUs(full)).isEqualTo(50_000);
        assertThat(ControlPacket.info(full)).isEqualTo(1);
        pass(4_000);
        confirmAcks();
        assertThat(session.stats(nowUs).instant().msRtt()).isEqualTo(4.0);
        sent.clear();
        pass(50_000);
        assertThat(sent(ControlType.ACK)).as("confirmed").isEmpty();
    }

    @Test
    void anAcknowledgementStopsAtTheFirstGap() {
        begin();
        data(0);
        data(1);
        data(3);
        pass(11_000);
        ByteBuf ack = sent(ControlType.ACK).get(0);
        assertThat(SeqNo.distance(FIRST, AckPacket.ackSeqNo(ack))).isEqualTo(2);
    }

    @Test
    void aSilentConnectionIsKeptAliveEachSecondAndRestsInBetween() {
        begin();
        assertThat(session.nextTickUs(nowUs)).isEqualTo(startUs + 1_000_000);
        pass(999_000);
        assertThat(sent).isEmpty();
        pass(1_000);
        assertThat(sent(ControlType.KEEPALIVE)).hasSize(1);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(startUs + 2_000_000);
        pass(3_000_000);
        assertThat(sent(ControlType.KEEPALIVE)).hasSize(4);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(startUs + 5_000_000);
        pass(1_001_000);
        assertThat(closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
        assertThat(sent(ControlType.SHUTDOWN)).hasSize(1);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void ticksMayBeLongerWhenNothingWasMissingForASecond() {
        begin();
        data(0);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
        pass(1_001_000);
        data(1);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs + 3_000);
        data(3);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
        data(2);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
        pass(1_001_000);
        submit(0);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs + 3_000);
        nak(0, 0);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
    }

    @Test
    void anAnswerThatCameSomewhenInATickIsNoDrift() {
        begin();
        for (int i = 0; i < 130; i++) {
            data(i);
            pass(1_000);
            List<ByteBuf> acks = sent(ControlType.ACK);
            ByteBuf answer = allocator.directBuffer(64);
            ControlPacket.writeAckAck(answer, ControlPacket.info(acks.get(acks.size() - 1)), timestamp(), 0x11);
            session.onDatagram(answer, nowUs, nowUs + 1_000);
            answer.release();
            pass(9_000);
        }
        data(130);
        pass(LATENCY_US - 1_000);
        assertThat(delivered).doesNotContain(130);
        pass(1_000);
        assertThat(delivered).contains(130);
    }

    @Test
    void anythingUnderWayWantsTicks() {
        begin();
        data(0);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
        pass(LATENCY_US + 1_000);
        confirmAcks();
        assertThat(session.nextTickUs(nowUs)).isGreaterThan(nowUs);
        submit(0);
        assertThat(session.nextTickUs(nowUs)).isEqualTo(nowUs);
        ack(1, 1, 20_000, 8192);
        assertThat(session.nextTickUs(nowUs)).isGreaterThan(nowUs);
    }

    @Test
    void aPeersGoodByeWaitsForWhatIsToBeDelivered() {
        begin();
        data(0);
        control(p -> ControlPacket.writeShutdown(p, timestamp(), 0x11));
        pass(LATENCY_US - 1_000);
        assertThat(closed).isNull();
        pass(2_000);
        assertThat(delivered).containsExactly(0);
        assertThat(closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        data(1);
        assertThat(session.isClosed()).isTrue();
    }

    @Test
    void aGoodByeThatWasNoneIsForgotten() {
        begin();
        data(0);
        control(p -> {
            ControlPacket.writeHeader(p, ControlType.SHUTDOWN, 0, 0, timestamp(), 0x11);
            p.writeInt(1).writeInt(2);
        });
        control(p -> ControlPacket.writeShutdown(p, timestamp(), 0x11));
        pass(10_000);
        data(1);
        pass(LATENCY_US + 2_000);
        assertThat(delivered).containsExactly(0, 1);
        assertThat(closed).as("data came after it").isNull();
    }

    @Test
    void closingWaitsUntilThePeerHasPlayedWhatWasSent() {
        begin();
        submit(0);
        session.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "enough"), nowUs);
        data(0);
        pass(10_000);
        assertThat(closed).isNull();
        ack(1, 1, 20_000, 8192);
        pass(LATENCY_US + 20_000 + 50_000 - 11_000);
        assertThat(closed).isNull();
        pass(2_000);
        assertThat(closed.message()).contains("enough");
        assertThat(sent(ControlType.SHUTDOWN)).hasSize(1);
        assertThat(delivered).isEmpty();
    }

    @Test
    void closingWaitsNoLongerThanItsLingerTime() {
        session(SrtOptions.STANDARD.with(SrtOption.LINGER, 1L), SrtFlags.TSBPDRCV, 8192);
        submit(0);
        session.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "enough"), nowUs);
        assertThat(submit(1)).as("taken, and forgotten").isTrue();
        pass(1_000_000 + LATENCY_US + 100_000 + 50_000 - 1_000);
        assertThat(closed).isNull();
        pass(1_000);
        assertThat(closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_HERE);
    }

    @Test
    void withoutLingerClosingEndsWithTheNextTick() {
        session(SrtOptions.STANDARD.with(SrtOption.LINGER, 0L), ALL_FLAGS, 8192);
        submit(0);
        session.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "enough"), nowUs);
        pass(1_000);
        assertThat(closed).isNotNull();
    }

    @Test
    void aDrainDeliversWhatHasArrivedAndCloses() {
        begin();
        data(0);
        session.drain(nowUs);
        pass(LATENCY_US - 1_000);
        assertThat(closed).isNull();
        pass(2_000);
        assertThat(delivered).containsExactly(0);
        assertThat(closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_HERE);
    }

    @Test
    void aDrainWaitsOneLatencyForAStreamThatGoesOn() {
        begin();
        data(0);
        session.drain(nowUs);
        int i = 1;
        for (; closed == null && i < 400; i++) {
            data(i);
            pass(1_000);
        }
        assertThat(i).isBetween(150, 152);
    }

    @Test
    void aRepeatedHandshakeIsAnsweredAsBeforeAndAnotherIsNot() {
        begin();
        control(p -> handshake(p, PEER_SOCKET, HandshakePacket.CONCLUSION));
        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).readableBytes()).isEqualTo(80);
        control(p -> handshake(p, PEER_SOCKET + 1, HandshakePacket.CONCLUSION));
        control(p -> handshake(p, PEER_SOCKET, HandshakePacket.INDUCTION));
        assertThat(sent).hasSize(1);
        pass(2_000);
        session.repeatHandshakeAnswer(nowUs);
        assertThat(SrtPacket.timestamp(sent.get(1))).isEqualTo(2_000);
    }

    private void handshake(ByteBuf out, int socketId, int type) {
        HandshakePacket.Fields fields =
                new HandshakePacket.Fields(5, 0, 1, FIRST, 1500, 8192, type, socketId, 7, new byte[] {127, 0, 0, 1});
        HandshakePacket.write(out, fields, timestamp(), 0x11);
    }

    // Sending.

    @Test
    void aReportThatReachesBackHalfTheNumbersThereAreIsNotGoneThrough() {
        begin();
        submitMany(0, 10);
        ack(1, 4, 20_000, 1000);
        int longest = 0x3FFF_FFFF;
        nak(6 - longest, 6);
        assertThat(session.stats(nowUs).total().pktSndLoss()).as("4 to 6").isEqualTo(3);
        nak(1 - longest, 1);
        assertThat(session.stats(nowUs).total().pktSndLoss()).isEqualTo(3);
        ByteBuf drop = sent(ControlType.DROPREQ).get(1);
        assertThat(SeqNo.distance(FIRST, ControlPacket.dropLast(drop))).isEqualTo(1);
    }

    @Test
    void whatIsAskedForIsSentAgain() {
        begin();
        submitMany(0, 10);
        nak(3, 5);
        assertThat(sentData()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -4, -5, -6);
        assertThat(session.stats(nowUs).total().pktSndLoss()).isEqualTo(3);
        assertThat(session.stats(nowUs).total().pktRetrans()).isEqualTo(3);
        ack(1, 8, 20_000, 8192);
        nak(6, 8);
        assertThat(sentAgain()).containsExactly(3, 4, 5, 8);
        List<ByteBuf> drops = sent(ControlType.DROPREQ);
        assertThat(drops).hasSize(1);
        assertThat(SeqNo.distance(FIRST, ControlPacket.dropFirst(drops.get(0)))).isEqualTo(6);
        assertThat(SeqNo.distance(FIRST, ControlPacket.dropLast(drops.get(0)))).isEqualTo(7);
        nak(2, 4);
        assertThat(SeqNo.distance(
                        FIRST, ControlPacket.dropLast(sent(ControlType.DROPREQ).get(1))))
                .isEqualTo(4);
        assertThat(sentAgain()).containsExactly(3, 4, 5, 8);
    }

    @Test
    void whatWasNeverSentCannotBeAskedForNorAcknowledged() {
        begin();
        submitMany(0, 4);
        nak(2, 4);
        assertThat(sentAgain()).isEmpty();
        ack(1, 5, 20_000, 8192);
        assertThat(session.stats(nowUs).instant().pktSndBuf()).isEqualTo(4);
        assertThat(sent(ControlType.ACKACK)).isEmpty();
        ack(2, 4, 20_000, 8192);
        assertThat(session.stats(nowUs).instant().pktSndBuf()).isZero();
        assertThat(sent(ControlType.ACKACK)).hasSize(1);
    }

    @Test
    void acknowledgementsAreConfirmedAtMostEveryTenMilliseconds() {
        begin();
        submitMany(0, 5);
        ack(1, 1, 20_000, 8192);
        pass(5_000);
        ack(2, 2, 20_000, 8192);
        pass(4_000);
        ack(2, 2, 20_000, 8192);
        pass(1_000);
        ack(3, 3, 20_000, 8192);
        control(p -> AckPacket.writeLight(p, SeqNo.plus(FIRST, 4), timestamp(), 0x11));
        assertThat(sent(ControlType.ACKACK).stream().map(ControlPacket::info)).containsExactly(1, 2);
        assertThat(session.stats(nowUs).instant().pktSndBuf()).isEqualTo(1);
        assertThat(session.stats(nowUs).instant().msRtt()).isEqualTo(20.0);
    }

    @Test
    void theFlowWindowIsThePeersRoom() {
        session(SrtOptions.STANDARD, ALL_FLAGS, 6);
        submitMany(0, 10);
        assertThat(sentData()).hasSize(6);
        assertThat(session.stats(nowUs).instant().pktFlightSize()).isEqualTo(6);
        assertThat(session.stats(nowUs).instant().pktFlowWindow()).isEqualTo(6);
        ack(1, 2, 20_000, 5);
        pass(1_000);
        assertThat(sentData()).hasSize(7);
        ack(2, 2, 20_000, 8);
        pass(1_000);
        assertThat(sentData()).hasSize(10);
    }

    @Test
    void aFullBufferRefusesAndSaysWhenThereIsRoom() {
        session(SrtOptions.STANDARD.with(SrtOption.SNDBUF, 64L * 1456), 0, 8192);
        submitMany(0, 64);
        assertThat(session.sendRoom()).isZero();
        assertThat(submit(64)).isFalse();
        pass(5_000);
        assertThat(writable).isZero();
        ack(1, 1, 20_000, 8192);
        assertThat(session.sendRoom()).isEqualTo(1);
        pass(2_000);
        assertThat(writable).isEqualTo(1);
        assertThat(submit(64)).isTrue();
    }

    @Test
    void whatIsTooLateForThePeerIsDropped() {
        begin();
        submitMany(0, 3);
        pass(1_020_000 - 3_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isZero();
        pass(1_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isEqualTo(1);
        assertThat(session.stats(nowUs).total().byteSndDrop()).isEqualTo(4 + 44);
        pass(2_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isEqualTo(3);
    }

    @Test
    void nothingIsDroppedForAPeerThatDropsNothingNorAgainstTheOption() {
        session(SrtOptions.STANDARD, ALL_FLAGS & ~SrtFlags.TLPKTDROP, 8192);
        submitMany(0, 3);
        pass(3_000_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isZero();
        session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "next"), nowUs);
        session(SrtOptions.STANDARD.with(SrtOption.SNDDROPDELAY, -1L), ALL_FLAGS, 8192);
        submitMany(0, 3);
        pass(3_000_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isZero();
        session.abort(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "next"), nowUs);
        session(SrtOptions.STANDARD.with(SrtOption.SNDDROPDELAY, 1500L), ALL_FLAGS, 8192);
        submit(0);
        pass(1_639_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isZero();
        pass(2_000);
        assertThat(session.stats(nowUs).total().pktSndDrop()).isEqualTo(1);
    }

    @Test
    void theLastPacketIsSentAgainWhenNoAnswerComesAndEverMoreRarely() {
        begin();
        submitMany(0, 3);
        ack(1, 1, 20_000, 8192); // times out after 28 ms, and a margin of 30
        pass(58_000);
        assertThat(sentAgain()).isEmpty();
        pass(1_000);
        assertThat(sentAgain()).containsExactly(2);
        pass(57_000);
        assertThat(sentAgain()).hasSize(1);
        pass(1_000);
        assertThat(sentAgain()).containsExactly(2, 2);
    }

    @Test
    void toAPeerThatAsksOnlyOnceAllIsSentAgain() {
        session(SrtOptions.STANDARD, ALL_FLAGS & ~SrtFlags.PERIODICNAK, 8192);
        submitMany(0, 3);
        ack(1, 1, 20_000, 8192);
        pass(59_000);
        assertThat(sentAgain()).containsExactly(1, 2);
    }

    @Test
    void aPacketIsNotSentTwiceWithinARoundTrip() {
        begin();
        submitMany(0, 3);
        ack(1, 1, 40_000, 8192); // with a variance of 4 ms
        nak(1, 1);
        nak(1, 1);
        pass(20_000);
        nak(1, 1);
        assertThat(sentAgain()).containsExactly(1);
        pass(5_000);
        nak(1, 1);
        assertThat(sentAgain()).containsExactly(1, 1);
    }

    @Test
    void whatThePeerMissesWithoutAWordIsSentAgainBeforeItIsTooLate() {
        begin();
        submitMany(0, 20);
        ack(1, 5, 20_000, 8192); // with a variance of 2 ms
        pass(89_000);
        assertThat(sentAgain()).as("it is 104 ms old").doesNotContain(5);
        pass(1_000);
        assertThat(sentAgain()).containsOnlyOnce(5);
        pass(100_000);
        assertThat(sentAgain()).containsOnlyOnce(5).doesNotContain(6);
    }

    @Test
    void whatWasAskedForLateIsSentTwice() {
        begin();
        submitMany(0, 20);
        ack(1, 5, 60_000, 8192); // with a variance of 6 ms
        pass(46_000);
        nak(5, 5); // 61 ms old: too late to ask once more
        pass(43_000);
        assertThat(sentAgain()).as("it is 104 ms old").containsOnlyOnce(5);
        pass(1_000);
        assertThat(sentAgain()).filteredOn(n -> n == 5).hasSize(2);
    }

    @Test
    void whatWasSentAgainInVainIsSentOnceMoreBeforeItIsTooLate() {
        begin();
        submitMany(0, 20);
        ack(1, 5, 20_000, 8192);
        nak(5, 5); // 15 ms old: there is time to ask again
        pass(89_000);
        assertThat(sentAgain()).containsOnlyOnce(5);
        pass(1_000);
        assertThat(sentAgain()).filteredOn(n -> n == 5).hasSize(2);
        pass(100_000);
        assertThat(sentAgain()).filteredOn(n -> n == 5).hasSize(2);
    }

    @Test
    void whatHasArrivedByThenIsNotSentTwice() {
        begin();
        submitMany(0, 20);
        ack(1, 5, 60_000, 8192);
        pass(46_000);
        nak(5, 5);
        pass(40_000);
        ack(2, 20, 60_000, 8192);
        pass(20_000);
        assertThat(sentAgain()).containsExactly(5);
    }

    @Test
    void theStatisticsTellOfTheLinkAsThePeerSeesIt() {
        begin();
        submitMany(0, 3);
        control(p -> {
            AckPacket.writeSmall(p, 1, SeqNo.plus(FIRST, 1), 20_000, 2_000, 8000, timestamp(), 0x11);
            AckPacket.writeRates(p, 700, 1000, 900_000);
        });
        assertThat(session.stats(nowUs).instant().mbpsBandwidth()).isEqualTo(12.0);
        assertThat(session.stats(nowUs).instant().pktSndBuf()).isEqualTo(2);
        assertThat(session.stats(nowUs).instant().byteSndBuf()).isEqualTo(2 * 48);
        pass(20_000);
        assertThat(session.stats(nowUs).instant().msSndBuf()).isEqualTo(22);
        assertThat(session.stats(nowUs).msTimeStamp()).isEqualTo(23);
        assertThat(session.stats(nowUs).instant().byteAvailSndBuf()).isEqualTo((8192 - 2) * 1500);
        data(0);
        pass(7_000);
        data(1);
        assertThat(session.stats(nowUs).instant().msRcvBuf()).isEqualTo(7);
        assertThat(session.stats(nowUs).instant().byteRcvBuf()).isEqualTo(2 * 48);
        assertThat(session.stats(nowUs).instant().byteAvailRcvBuf()).isEqualTo((8192 - 2) * 1500);
    }
}
