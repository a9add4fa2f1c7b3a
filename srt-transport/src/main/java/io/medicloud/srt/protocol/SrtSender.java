// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.filter.FecEncoder;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** The sending half of a session: paces, sends again what the peer misses, drops what comes too late for it. */
final class SrtSender {
    private static final int CONGESTION_WINDOW = 8192;
    /** No peer has less room for long: with less, nothing would be sent that it could answer with more. */
    private static final int LEAST_FLOW_WINDOW = 2;

    private static final long ACKACK_PERIOD_US = 10_000;
    private static final long LEAST_DROP_US = 1_000_000;
    private static final long DROP_MARGIN_US = 20_000;
    private static final long PROBE_MARGIN_US = 30_000;
    private static final int CIPHER_ROOM = 16;
    private static final double CAPACITY_WEIGHT = 8;
    private static final long CALM_AFTER_US = 1_000_000;

    private final ByteBufAllocator allocator;
    private final ControlSender control;
    private final SessionCounters counters;
    private final RttEstimator rtt;
    private final SendBuffer buffer;
    private final LivePacing pacing;
    private final LastCalls lastCalls;
    private final LossAnswers answers;
    private final RetransmissionLimit limit;
    private final @Nullable KeyRefresh keys;
    private final @Nullable FecEncoder encoder;
    private final int wirePayloadSize;
    private final boolean probes;
    private final boolean peerRepeats;
    private final int initialSeqNo;
    private final boolean newestFirst;
    private final long dropAfterUs;
    private int msgNo = MsgNo.FIRST;
    private int flowWindow;
    private double linkCapacity;
    private long lastProgressUs;
    private long lastAckAckUs;
    private int lastAckNumber;
    private int lastFullAckSeqNo;
    private int probed;
    private boolean wasRefused;
    private long countedUs;
    private long lastSubmittedUs;
    private long lastStampUs;
    private long lastNakUs;

    SrtSender(
            SessionParameters parameters,
            SessionPolicy policy,
            RttEstimator rtt,
            ControlSender control,
            SessionCounters counters,
            ByteBufAllocator allocator,
            long nowUs) {
        this.allocator = allocator;
        this.control = control;
        this.counters = counters;
        this.rtt = rtt;
        keys = parameters.sendKeys();
        buffer = new SendBuffer(parameters.sendSeqNo(), policy.sendBufferPackets());
        limit = new RetransmissionLimit(policy.bandwidth().retransmission(), nowUs);
        SrtPacketFilter filter = parameters.filter();
        wirePayloadSize = parameters.wirePayloadSize();
        encoder = filter == null ? null : new FecEncoder(filter, parameters.sendSeqNo(), wirePayloadSize);
        probes = filter == null || filter.arqInForce() != SrtPacketFilter.Arq.NEVER;
        pacing = new LivePacing(policy.bandwidth(), policy.payloadSize(), nowUs);
        flowWindow = Math.max(LEAST_FLOW_WINDOW, parameters.flowWindow());
        initialSeqNo = parameters.sendSeqNo();
        lastFullAckSeqNo = initialSeqNo;
        boolean peerDrops = parameters.peerHas(SrtFlags.TLPKTDROP) && parameters.peerHas(SrtFlags.TSBPDRCV);
        newestFirst = peerDrops;
        peerRepeats = parameters.peerHas(SrtFlags.PERIODICNAK);
        boolean filters = policy.filtersRetransmissions() && peerRepeats;
        answers = new LossAnswers(buffer, control, rtt, counters, filters);
        int copiesUntilMs = peerDrops && policy.sparesCopies() ? parameters.peerLatencyMs() : -1;
        lastCalls = new LastCalls(buffer, control, rtt, copiesUntilMs, probes);
        long delayUs = (parameters.peerLatencyMs() + policy.sendDropDelayMs()) * 1000L;
        dropAfterUs = peerDrops && policy.sendDropDelayMs() >= 0
                ? Math.max(delayUs, LEAST_DROP_US) + DROP_MARGIN_US
                : Long.MAX_VALUE;
        lastStampUs = parameters.startUs();
        lastProgressUs = nowUs;
        countedUs = nowUs;
        lastNakUs = nowUs;
        lastAckAckUs = nowUs - ACKACK_PERIOD_US;
    }

    SendBuffer buffer() {
        return buffer;
    }

    LivePacing pacing() {
        return pacing;
    }

    int flowWindow() {
        return flowWindow;
    }

    /** What the peer believes that the link could carry, in packets a second; 0 if it has not said. */
    double linkCapacity() {
        return linkCapacity;
    }

    static int congestionWindow() {
        return CONGESTION_WINDOW;
    }

    boolean hasSubmitted() {
        return buffer.end() != initialSeqNo;
    }

    long lastSubmittedUs() {
        return lastSubmittedUs;
    }

    /** Takes a payload, unless the buffer is full: then it stays the caller's, and the answer is false. */
    boolean submit(ByteBuf payload, long submittedUs, long nowUs) {
        dropTooLate(nowUs);
        if (buffer.isFull()) {
            wasRefused = true;
            return false;
        }
        int length = payload.readableBytes();
        ByteBuf packet = allocator.directBuffer(SrtPacket.HEADER_LENGTH + length + CIPHER_ROOM);
        int keyFlags = keys == null ? DataPacket.KK_PLAIN : keys.keyFlags();
        lastStampUs = Math.max(lastStampUs, submittedUs);
        DataPacket.writeHeader(
                packet, buffer.end(), keyFlags, msgNo, control.timestamp(lastStampUs), control.destination());
        packet.writeBytes(payload, payload.readerIndex(), length);
        payload.release();
        if (keys != null) {
            keys.encrypt(packet);
        }
        msgNo = MsgNo.next(msgNo);
        countSending(nowUs);
        if (buffer.isEmpty()) {
            lastProgressUs = nowUs;
        }
        buffer.takePacket(packet);
        lastSubmittedUs = nowUs;
        pacing.onSubmitted(length, nowUs);
        pump(nowUs);
        return true;
    }

    /** Sends what pacing and windows allow. */
    void pump(long nowUs) {
        while (pacing.maySend(nowUs)) {
            boolean maySendNew = buffer.hasUnsent() && !isWindowFull();
            boolean maySendAgain = buffer.hasLost() && limit.maySend(nowUs);
            if (encoder != null && encoder.isDue()) {
                sendExtra(encoder, nowUs);
            } else if (maySendNew && (newestFirst || !maySendAgain)) {
                ByteBuf packet = buffer.nextUnsentPacket();
                if (packet != null) {
                    sendFirst(packet, nowUs);
                }
            } else if (maySendAgain) {
                ByteBuf packet = buffer.nextLostPacket(nowUs);
                if (packet != null) {
                    retransmit(packet, nowUs);
                    lastCalls.onSentAgain(packet, nowUs);
                }
            } else if (!sendCopy(nowUs)) {
                return;
            }
        }
    }

    private boolean isWindowFull() {
        return buffer.inFlight() >= Math.min(flowWindow, CONGESTION_WINDOW);
    }

    private void sendFirst(ByteBuf packet, long nowUs) {
        transmit(packet, nowUs);
        lastCalls.onSent();
        counters.pktSentUnique++;
        counters.byteSentUnique += DataPacket.payloadLength(packet) + SessionCounters.HEADERS;
        if (encoder != null) {
            encoder.onSent(packet);
        }
    }

    private void sendExtra(FecEncoder due, long nowUs) {
        ByteBuf packet = allocator.directBuffer(SrtPacket.HEADER_LENGTH + wirePayloadSize + FecEncoder.overhead());
        due.writeDue(packet, keys == null ? DataPacket.KK_PLAIN : keys.keyFlags(), control.destination());
        transmit(packet, nowUs);
        counters.pktSndFilterExtra++;
        packet.release();
    }

    /** Sends a copy that is due; false if there is none. */
    private boolean sendCopy(long nowUs) {
        ByteBuf packet = limit.maySend(nowUs) ? lastCalls.poll(nowUs) : null;
        if (packet != null) {
            retransmit(packet, nowUs);
        }
        return packet != null;
    }

    private void retransmit(ByteBuf packet, long nowUs) {
        DataPacket.markRetransmitted(packet);
        transmit(packet, nowUs);
        limit.onSent(DataPacket.payloadLength(packet));
        counters.pktRetrans++;
        counters.byteRetrans += DataPacket.payloadLength(packet) + SessionCounters.HEADERS;
    }

    private void transmit(ByteBuf packet, long nowUs) {
        int length = DataPacket.payloadLength(packet);
        control.send(packet, nowUs);
        pacing.onSent(length);
        counters.pktSent++;
        counters.byteSent += length + SessionCounters.HEADERS;
    }

    void onAck(ByteBuf packet, boolean receives, long nowUs) {
        int ackSeqNo = AckPacket.ackSeqNo(packet);
        if (SeqNo.isBefore(buffer.nextUnsent(), ackSeqNo)) {
            counters.pktIgnored++; // beyond what was sent: forged or damaged
            return;
        }
        boolean isProgress = SeqNo.isBefore(buffer.first(), ackSeqNo);
        if (isProgress) {
            countSending(nowUs);
            buffer.releaseBefore(ackSeqNo);
            lastProgressUs = nowUs;
            probed = 0;
        }
        if (AckPacket.isLight(packet)) {
            return;
        }
        if (SeqNo.isBefore(lastFullAckSeqNo, ackSeqNo)) {
            lastFullAckSeqNo = ackSeqNo;
            counters.pktRecvAck++;
        }
        int number = ControlPacket.info(packet);
        if (nowUs - lastAckAckUs >= ACKACK_PERIOD_US || number == lastAckNumber) {
            lastAckAckUs = nowUs;
            control.sendAckAck(number, nowUs);
        }
        lastAckNumber = number;
        int free = AckPacket.freeBuffer(packet);
        if (free >= 0 && (isProgress || ackSeqNo == buffer.first())) { // else damaged, or old
            flowWindow = Math.max(LEAST_FLOW_WINDOW, free);
        }
        if (isProgress) {
            rtt.onPeerEstimate(AckPacket.rttUs(packet), AckPacket.rttVarUs(packet), receives);
        }
        if (AckPacket.hasRates(packet) && AckPacket.linkCapacity(packet) > 0) {
            int told = AckPacket.linkCapacity(packet);
            linkCapacity = linkCapacity == 0 ? told : linkCapacity + (told - linkCapacity) / CAPACITY_WEIGHT;
        }
    }

    void onNak(ByteBuf packet, long nowUs) {
        lastNakUs = nowUs;
        answers.onNak(packet, nowUs);
        pump(nowUs);
    }

    void onKeyResponse(byte[] response) {
        if (keys != null) {
            keys.onResponse(response);
        }
    }

    /** Whether all that was submitted has left, and nothing was missing for a while. */
    boolean isCalm(long nowUs) {
        return !buffer.hasUnsent() && !buffer.hasLost() && !wasRefused && nowUs - lastNakUs > CALM_AFTER_US;
    }

    /** Whether all that was submitted has arrived, and no key is to be announced. */
    boolean isAtRest() {
        return buffer.isEmpty() && !wasRefused && (keys == null || !keys.isAnnouncing());
    }

    /** Answers whether room was made for a payload that had been refused. */
    boolean onTick(long nowUs) {
        countSending(nowUs);
        dropTooLate(nowUs);
        probeTail(nowUs);
        lastCalls.onTick(nowUs);
        pump(nowUs);
        if (keys != null) {
            byte[] request = keys.pollRequest(nowUs, rtt.rttUs());
            if (request != null) {
                control.sendUser(ControlPacket.SUBTYPE_KMREQ, request, nowUs);
            }
        }
        boolean isWritable = wasRefused && !buffer.isFull();
        wasRefused &= !isWritable;
        return isWritable;
    }

    /** The buffer is about to change, or time has passed; while it was empty none is counted. */
    private void countSending(long nowUs) {
        if (nowUs > countedUs) {
            counters.usSndDuration += buffer.isEmpty() ? 0 : nowUs - countedUs;
            countedUs = nowUs;
        }
    }

    /**
     * Nobody reports the loss of the last packets, or of all that the window lets out: no later one shows the gap. After a while the last is sent again, ever
     * more rarely; to a peer that reports a loss only once, and may have done so in vain, everything is.
     */
    private void probeTail(long nowUs) {
        boolean isStuck = probes
                && buffer.inFlight() > 0
                && !buffer.hasLost()
                && nowUs - lastProgressUs > (rtt.timeoutUs() + PROBE_MARGIN_US) << Math.min(probed, 6);
        if (isStuck && !peerRepeats) {
            probed++;
            answers.markLost(buffer.first(), buffer.lastSent(), nowUs);
        } else if (isStuck && (!buffer.hasUnsent() || isWindowFull())) {
            probed++;
            buffer.markLost(buffer.lastSent());
        }
    }

    private void dropTooLate(long nowUs) {
        while (!buffer.isEmpty() && control.timestamp(nowUs) - buffer.firstTimestamp() > dropAfterUs) {
            counters.pktSndDrop++;
            counters.byteSndDrop += buffer.releaseFirst() + SessionCounters.HEADERS;
        }
    }
}
