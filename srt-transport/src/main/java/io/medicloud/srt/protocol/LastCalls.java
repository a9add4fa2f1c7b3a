// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Sends packets once more, unasked, at the last moment at which they can arrive in time: after a retransmission that the peer could not ask for again,
 * and where its acknowledgements show that it misses a packet that it should have asked for.
 */
final class LastCalls {
    private static final long NEVER_LATE = Long.MAX_VALUE;
    private static final long COPY_APART_US = 3_000;
    private static final long LEAST_TRAVEL_MARGIN_US = 15_000;

    private final SpareCopies copies = new SpareCopies();
    private final SendBuffer buffer;
    private final ControlSender control;
    private final RttEstimator rtt;
    private final long peerLatencyUs;
    private final boolean probes;

    /** @param peerLatencyMs after which the peer gives up a packet; negative if it does not, or wants no copies */
    LastCalls(SendBuffer buffer, ControlSender control, RttEstimator rtt, int peerLatencyMs, boolean probes) {
        this.buffer = buffer;
        this.control = control;
        this.rtt = rtt;
        this.probes = probes;
        peerLatencyUs = peerLatencyMs < 0 ? NEVER_LATE : peerLatencyMs * 1000L;
    }

    /** A packet was sent for the first time. */
    void onSent() {
        copies.onSent();
    }

    /** A packet was sent again because the peer asked for it. */
    void onSentAgain(ByteBuf packet, long nowUs) {
        long ageUs = ageUs(SrtPacket.timestamp(packet), nowUs);
        if (ageUs < peerLatencyUs && ageUs + rtt.rttUs() > peerLatencyUs) {
            copies.add(DataPacket.seqNo(packet), nowUs + Math.max(COPY_APART_US, lastCallUs() - ageUs));
        }
    }

    /**
     * The peer's acknowledgements say which packet it misses first. If that one should long have been acknowledged, its report was lost, or what was sent again
     * was: a copy is sent before it is too late.
     */
    void onTick(long nowUs) {
        if (!probes || peerLatencyUs == NEVER_LATE || buffer.inFlight() == 0 || buffer.hasLost()) {
            return;
        }
        int againUs = buffer.retransmittedUs(buffer.first());
        if (againUs != 0 && (int) nowUs - againUs < rtt.rttUs()) {
            return;
        }
        long ageUs = ageUs(buffer.firstTimestamp(), nowUs);
        long acknowledgedUs = rtt.rttUs() + rtt.varianceUs() + AckScheduler.PERIOD_US;
        if (ageUs >= Math.max(lastCallUs(), acknowledgedUs) && ageUs < peerLatencyUs) {
            copies.add(buffer.first(), nowUs);
        }
    }

    /** A packet to be sent once more now, which is thereby noted as sent; null if there is none. */
    @Nullable
    ByteBuf poll(long nowUs) {
        for (int seqNo = copies.poll(nowUs); seqNo != SeqNo.NONE; seqNo = copies.poll(nowUs)) {
            ByteBuf packet = buffer.sentPacket(seqNo);
            if (packet != null) {
                copies.onCopied();
                buffer.onSentAgain(seqNo, nowUs);
                return packet;
            }
        }
        return null;
    }

    private int ageUs(int timestamp, long nowUs) {
        return SrtTimestamp.distance(timestamp, control.timestamp(nowUs));
    }

    /** The age at which a packet can be sent for the last time and arrive in time, also if it takes longer than most. */
    private long lastCallUs() {
        return peerLatencyUs - Math.max(LEAST_TRAVEL_MARGIN_US, 5L * rtt.varianceUs() / 2);
    }
}
