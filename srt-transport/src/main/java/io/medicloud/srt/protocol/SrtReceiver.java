// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.crypto.PayloadCipher;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The receiving half of a session: keeps what arrives, asks again for what does not, acknowledges. {@link Delivery} hands it on. */
final class SrtReceiver {
    private static final long RANGES_PER_PLACE = 2;
    private static final long SLACK_US = 5_000;
    private static final long CALM_AFTER_US = 1_000_000;

    /** What the fastest stream loses within the longest silence; a packet filter looks at each. */
    private static final int MOST_SKIPPED = 1 << 20;

    /** How a packet came. */
    private enum Origin {
        SENT,
        SENT_AGAIN,
        REBUILT
    }

    private final ControlSender control;
    private final SessionCounters counters;
    private final RttEstimator rtt;
    private final ReceiveBuffer buffer;
    private final long usefulUs;
    private final LossDetector losses;
    private final ReorderTolerance tolerance;
    private final AckScheduler acks;
    private final SequenceGuard guard;
    private final TsbpdClock clock;
    private final @Nullable DriftTracer drift;
    private final ArrivalRate rate;
    private final @Nullable KeySet keys;
    private final boolean knowsRetransmissions;
    private final @Nullable FecRecovery recovery;
    private final boolean dropsTooLate;
    private boolean wasFull;
    private boolean hasData;
    private long lastGapUs;
    private int lastBeyond;

    SrtReceiver(
            SessionParameters parameters,
            SessionPolicy policy,
            TsbpdClock clock,
            RttEstimator rtt,
            ControlSender control,
            SessionCounters counters,
            ByteBufAllocator allocator,
            long nowUs) {
        this.control = control;
        this.counters = counters;
        this.rtt = rtt;
        this.clock = clock;
        this.keys = parameters.receiveKeys();
        rate = new ArrivalRate(parameters.mtu());
        dropsTooLate = policy.dropsTooLate() && parameters.deliversByTimestamp();
        buffer = new ReceiveBuffer(parameters.receiveSeqNo(), policy.receiveBufferPackets());
        long latencyUs = clock.latencyUs();
        usefulUs = dropsTooLate ? latencyUs + Delivery.graceUs(latencyUs) + SLACK_US : Long.MAX_VALUE / 2;
        knowsRetransmissions = parameters.peerHas(SrtFlags.REXMITFLG);
        long mostDisorderUs = policy.toleratesReordering() && knowsRetransmissions ? latencyUs / 4 : 0;
        tolerance = new ReorderTolerance(rtt, usefulUs, mostDisorderUs);
        ReportTiming timing = new ReportTiming(rtt, tolerance);
        losses = new LossDetector(timing, policy.repeatsNak(), (int) (buffer.limit() / RANGES_PER_PLACE));
        acks = new AckScheduler(parameters.receiveSeqNo());
        guard = new SequenceGuard(parameters.receiveSeqNo());
        lastGapUs = nowUs;
        lastBeyond = parameters.receiveSeqNo();
        drift = policy.tracesDrift() ? new DriftTracer(clock) : null;
        recovery = parameters.filter() == null
                ? null
                : new FecRecovery(parameters, parameters.filter(), this, rtt, counters, allocator);
    }

    ReceiveBuffer buffer() {
        return buffer;
    }

    LossDetector losses() {
        return losses;
    }

    ReorderTolerance tolerance() {
        return tolerance;
    }

    ArrivalRate rate() {
        return rate;
    }

    /** Whether any data came at all: then this end measures the round trip itself. */
    boolean hasData() {
        return hasData;
    }

    /** A well-formed data packet, lent; it came after {@code sinceUs}, and about now. */
    void onData(ByteBuf datagram, long sinceUs, long nowUs) {
        int length = DataPacket.payloadLength(datagram);
        counters.pktRecv++;
        counters.byteRecv += length + SessionCounters.HEADERS;
        rate.onPacket(length, sinceUs, nowUs);
        boolean isOriginal = !DataPacket.isRetransmitted(datagram);
        if (!isOriginal) {
            counters.pktRcvRetrans++;
        }
        int msgNo = DataPacket.msgNo(datagram);
        int seqNo = DataPacket.seqNo(datagram);
        if (msgNo == MsgNo.FILTER) {
            onExtra(datagram, seqNo, nowUs);
            return;
        }
        if (!guard.accepts(seqNo, msgNo)) {
            counters.pktIgnored++;
            return;
        }
        if (!isOriginal) {
            acks.onSentAgain(seqNo);
        }
        if (recovery != null) {
            recovery.onData(datagram, seqNo, nowUs);
        }
        if (SeqNo.distance(buffer.start(), seqNo) < 0) {
            onBelated(datagram, seqNo, isOriginal, nowUs);
            return;
        }
        if (buffer.contains(seqNo) || !(buffer.isInReach(seqNo) || goesOnAt(seqNo, nowUs))) {
            counters.pktIgnored++;
            return;
        }
        hasData = true;
        losses.onPacket();
        tolerance.onPacket();
        place(datagram, seqNo, isOriginal ? Origin.SENT : Origin.SENT_AGAIN, nowUs);
        if (acks.onPacket()) {
            control.sendLightAck(ackSeqNo(), nowUs);
        }
    }

    /**
     * Whether the stream goes on there, out of reach: more was lost in a row than the buffer has places for, and all that came before is delivered. One packet
     * may be damaged or forged; two that follow each other are believed.
     */
    private boolean goesOnAt(int seqNo, long nowUs) {
        boolean follows = seqNo == SeqNo.next(lastBeyond);
        lastBeyond = seqNo;
        int skipped = SeqNo.distance(buffer.start(), seqNo);
        if (!follows || !dropsTooLate || buffer.packets() > 0 || skipped > MOST_SKIPPED) {
            return false;
        }
        lastGapUs = nowUs;
        counters.onReceiveLoss(SeqNo.distance(buffer.end(), seqNo));
        counters.onReceiveDrop(skipped);
        losses.dropBefore(seqNo);
        buffer.skipTo(seqNo);
        return true;
    }

    private void onExtra(ByteBuf datagram, int seqNo, long nowUs) {
        if (recovery == null) {
            counters.pktIgnored++; // nobody agreed on a packet filter
            return;
        }
        counters.pktRcvFilterExtra++;
        recovery.onExtra(datagram, seqNo, nowUs);
    }

    /** Whether a packet of this number may still be wanted, or help to rebuild one that is. */
    boolean reaches(int seqNo) {
        return SeqNo.distance(buffer.start(), seqNo) < buffer.limit();
    }

    /** The packet filter rebuilt a packet; given. */
    void takeRebuilt(ByteBuf packet, long nowUs) {
        int seqNo = DataPacket.seqNo(packet);
        if (buffer.isInReach(seqNo) && !buffer.contains(seqNo)) {
            place(packet, seqNo, Origin.REBUILT, nowUs);
        }
        packet.release();
    }

    private void place(ByteBuf datagram, int seqNo, Origin origin, long nowUs) {
        int end = buffer.end();
        int passedOver = SeqNo.distance(end, seqNo);
        boolean kept = decrypt(datagram);
        if (passedOver > 0) {
            onGap(end, SeqNo.previous(seqNo), uselessUs(datagram, nowUs), nowUs);
            counters.onReceiveLoss(origin == Origin.SENT_AGAIN ? 0 : passedOver);
            if (tolerance.toleranceUs() == 0) {
                sendNak(nowUs);
            }
        } else if (passedOver < 0 && kept) {
            onHoleFilled(seqNo, origin == Origin.SENT, nowUs);
        }
        counters.onReceiveLoss(origin == Origin.REBUILT && passedOver >= 0 ? 1 : 0);
        if (kept) {
            buffer.takePacket(seqNo, datagram.retain());
            counters.pktRecvUnique++;
            counters.byteRecvUnique += DataPacket.payloadLength(datagram) + SessionCounters.HEADERS;
            return;
        }
        counters.pktRcvUndecrypt++;
        counters.byteRcvUndecrypt += DataPacket.payloadLength(datagram);
        buffer.advanceEnd(seqNo);
        // What fails its authentication was damaged on the way, so it is asked for again; what has no key would only
        // come again as it is.
        if (passedOver >= 0 && keys != null && keys.cipher(DataPacket.keyFlags(datagram)) != null) {
            onGap(seqNo, seqNo, uselessUs(datagram, nowUs), nowUs);
        }
    }

    private void onGap(int first, int last, long uselessUs, long nowUs) {
        lastGapUs = nowUs;
        if (recovery == null || recovery.reportsAtOnce()) {
            losses.onGap(first, last, nowUs, tolerance.toleranceUs(), uselessUs);
            return;
        }
        for (int seqNo = first; !SeqNo.isBefore(last, seqNo); seqNo = SeqNo.next(seqNo)) {
            losses.onGap(seqNo, seqNo, nowUs, recovery.patienceUs(seqNo), uselessUs);
        }
    }

    /** When the packets before this one are skipped: it says so itself, as far as its timestamp can be believed. */
    private long uselessUs(ByteBuf datagram, long nowUs) {
        long mostUs = nowUs + usefulUs;
        if (!dropsTooLate) {
            return mostUs;
        }
        long dueUs = clock.deliveryUs(SrtPacket.timestamp(datagram), nowUs);
        return Math.min(mostUs, dueUs + Delivery.graceUs(clock.latencyUs()));
    }

    private void onHoleFilled(int seqNo, boolean isOriginal, long nowUs) {
        long since = losses.onArrival(seqNo);
        if (since >= 0 && isOriginal && knowsRetransmissions) {
            tolerance.onLateOriginal(nowUs - since, SeqNo.distance(seqNo, buffer.end()) - 1, nowUs);
        }
    }

    private void onBelated(ByteBuf datagram, int seqNo, boolean isOriginal, long nowUs) {
        counters.onBelated(Math.max(0, nowUs - clock.deliveryUs(SrtPacket.timestamp(datagram), nowUs)));
        if (isOriginal && knowsRetransmissions) {
            tolerance.onLateOriginal(0, SeqNo.distance(seqNo, buffer.end()) - 1, nowUs);
        }
    }

    private boolean decrypt(ByteBuf datagram) {
        int keyFlags = DataPacket.keyFlags(datagram);
        if (keys == null) {
            return keyFlags == DataPacket.KK_PLAIN;
        }
        PayloadCipher cipher = keys.cipher(keyFlags);
        return cipher != null && cipher.decrypt(datagram) && DataPacket.payloadLength(datagram) > 0;
    }

    /** An ACKACK came, after {@code sinceUs} and about now. */
    void onAckAck(ByteBuf packet, long sinceUs, long nowUs) {
        long sampleUs = acks.onAckAck(ControlPacket.info(packet), nowUs);
        if (sampleUs < 0) {
            counters.pktIgnored++;
            return;
        }
        rtt.onSample(sampleUs);
        if (drift != null) {
            // Which part of a span a round trip took that is shorter, nobody knows: as good as none.
            long sentUs = nowUs - sampleUs;
            drift.onSample(SrtPacket.timestamp(packet), sampleUs, sentUs >= sinceUs ? sentUs : nowUs);
        }
    }

    void onKeepAlive(ByteBuf packet, long nowUs) {
        if (drift != null && rtt.isMeasured()) {
            drift.onSample(SrtPacket.timestamp(packet), rtt.rttUs(), nowUs);
        }
    }

    /** The sender has given packets up; they are not asked for any more, and skipped when later ones are due. */
    void onDropRequest(ByteBuf packet) {
        int first = ControlPacket.dropFirst(packet);
        int last = ControlPacket.dropLast(packet);
        boolean isKnown = SeqNo.isBefore(last, buffer.end()) && SeqNo.distance(first, last) < buffer.limit();
        if (!isKnown) {
            counters.pktIgnored++;
            return;
        }
        for (int seqNo = SeqNo.later(first, buffer.start()); !SeqNo.isBefore(last, seqNo); seqNo = SeqNo.next(seqNo)) {
            losses.onArrival(seqNo);
        }
    }

    /** Installs announced keys; the answer to the peer is the same bytes. */
    boolean onKeyMaterial(byte[] message) {
        KeyMaterial km = KeyMaterial.parse(message);
        return km != null && keys != null && keys.install(km);
    }

    void onTick(long nowUs) {
        tolerance.onTime(nowUs);
        if (losses.nextDueUs() <= nowUs) {
            sendNak(nowUs);
        }
        boolean isFull = buffer.free() <= 0;
        int ackSeqNo = ackSeqNo();
        if (acks.isFullDue(ackSeqNo, rtt, nowUs) || (wasFull && !isFull)) {
            int number = acks.onFullSent(ackSeqNo, nowUs);
            counters.pktSentAck++;
            control.sendFullAck(number, ackSeqNo, rtt, Math.max(2, buffer.free()), rate, nowUs);
        }
        wasFull = isFull;
    }

    /** Whether nothing was missing for a while. */
    boolean isCalm(long nowUs) {
        return losses.isEmpty() && !wasFull && nowUs - lastGapUs > CALM_AFTER_US;
    }

    /** Whether nothing waits to be delivered, asked for again or acknowledged. */
    boolean isAtRest() {
        return buffer.packets() == 0 && losses.isEmpty() && !wasFull && acks.isConfirmed(ackSeqNo());
    }

    private int ackSeqNo() {
        return losses.isEmpty() ? buffer.end() : losses.firstMissing();
    }

    private void sendNak(long nowUs) {
        if (control.sendNak(losses, nowUs) > 0) {
            counters.pktSentNak++;
        }
    }
}
