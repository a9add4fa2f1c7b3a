// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;

/**
 * Hands the payloads over in order when their time has come (TSBPD, draft 4.5.1), and skips what did not come in time (too-late packet drop,
 * draft 4.6).
 */
final class Delivery {
    private static final long MOST_GRACE_US = 10_000;
    private static final int GRACE_SHARE = 12;
    private static final int MOST_LATE = 64;

    private final ReceiveBuffer buffer;
    private final LossDetector losses;
    private final TsbpdClock clock;
    private final boolean byTimestamp;
    private final boolean dropsTooLate;
    private final SessionCounters counters;
    private final SessionOutput output;
    private long lastDueUs = Long.MIN_VALUE;
    private long lastTickUs;

    Delivery(
            SrtReceiver receiver,
            TsbpdClock clock,
            boolean byTimestamp,
            boolean dropsTooLate,
            SessionCounters counters,
            SessionOutput output) {
        this.buffer = receiver.buffer();
        this.losses = receiver.losses();
        this.clock = clock;
        this.byTimestamp = byTimestamp;
        this.dropsTooLate = dropsTooLate;
        this.counters = counters;
        this.output = output;
    }

    /** How late a packet may be that was asked for and whose answer is under way: a small share of the latency. */
    static long graceUs(long latencyUs) {
        return Math.min(MOST_GRACE_US, latencyUs / GRACE_SHARE);
    }

    /** Delivers what is due until then; what is missing is waited for until now. */
    void onTick(long nowUs, long untilUs) {
        boolean delivered = false;
        while (buffer.packets() > 0) {
            ByteBuf head = buffer.head();
            if (head == null) {
                if (!skipGap(nowUs)) {
                    break;
                }
                continue;
            }
            long dueUs = dueUs(head, buffer.start(), nowUs);
            if (dueUs > untilUs) {
                break;
            }
            lastDueUs = dueUs;
            deliver(buffer.removeHead(), nowUs);
            delivered = true;
        }
        lastTickUs = nowUs;
        if (delivered) {
            output.onBatchEnd(nowUs);
        }
    }

    private void deliver(ByteBuf packet, long nowUs) {
        packet.readerIndex(DataPacket.payloadStart(packet));
        try {
            output.onPayload(packet, nowUs);
        } finally {
            packet.release();
        }
    }

    /** Skips the missing packets at the head if what follows them is due; false if it must be waited for. */
    private boolean skipGap(long nowUs) {
        int next = buffer.firstPresent();
        boolean isWanted = !losses.isEmpty() && SeqNo.isBefore(losses.firstMissing(), next);
        if (isWanted && !dropsTooLate) {
            return false;
        }
        ByteBuf packet = buffer.get(next);
        if (packet == null) {
            return false;
        }
        long dueUs = dueUs(packet, next, nowUs);
        boolean isAwaited = isWanted
                && nowUs < losses.answerDueUs()
                && (nowUs < dueUs + graceUs(clock.latencyUs()) || onlyLateOnesWait(next, nowUs));
        if (dueUs > nowUs || isAwaited) {
            return false;
        }
        counters.onReceiveDrop(SeqNo.distance(buffer.start(), next));
        losses.dropBefore(next);
        buffer.skipTo(next);
        return true;
    }

    /**
     * Whether all packets from this one on that are due came too late themselves, after the last tick that would not have waited for them: no harm if they
     * wait for what is under way.
     */
    private boolean onlyLateOnesWait(int from, long nowUs) {
        long onTimeUs = lastTickUs - graceUs(clock.latencyUs());
        int seqNo = from;
        for (int i = 0; i < MOST_LATE && SeqNo.isBefore(seqNo, buffer.end()); i++) {
            ByteBuf packet = buffer.get(seqNo);
            long dueUs = packet == null ? Long.MIN_VALUE : clock.deliveryUs(SrtPacket.timestamp(packet), nowUs);
            if (dueUs > nowUs) {
                return true;
            }
            if (dueUs > onTimeUs) {
                return false;
            }
            seqNo = SeqNo.next(seqNo);
        }
        return seqNo == buffer.end();
    }

    /** A timestamp that is out of order with its neighbours was damaged: the next packet's then tells, unless that is out of order itself. */
    private long dueUs(ByteBuf packet, int seqNo, long nowUs) {
        if (!byTimestamp) {
            return nowUs;
        }
        long dueUs = clock.deliveryUs(SrtPacket.timestamp(packet), nowUs);
        if (dueUs <= nowUs && dueUs >= lastDueUs) {
            return dueUs;
        }
        ByteBuf next = buffer.get(SeqNo.next(seqNo));
        if (next == null) {
            return dueUs;
        }
        long nextDueUs = clock.deliveryUs(SrtPacket.timestamp(next), nowUs);
        return nextDueUs >= lastDueUs && (dueUs > nextDueUs || dueUs < lastDueUs) ? nextDueUs : dueUs;
    }
}
