// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.SeqNo;

/** Says when to acknowledge (draft 4.8.1), and remembers when each full ACK left so that its ACKACK measures the round trip. */
final class AckScheduler {
    static final long PERIOD_US = 10_000;
    static final int LIGHT_EVERY = 64;

    private static final int RECORDS = 128;

    private final int[] ackNumbers = new int[RECORDS];
    private final int[] ackedSeqNos = new int[RECORDS];
    private final long[] sentUs = new long[RECORDS];
    private int nextNumber;
    private int lastSent;
    private int lastConfirmed;
    private long lastFullUs;
    private int packetsInPeriod;

    AckScheduler(int initialSeqNo) {
        this(initialSeqNo, 1);
    }

    /** Numbers its ACKs from {@code firstNumber} on. */
    AckScheduler(int initialSeqNo, int firstNumber) {
        nextNumber = firstNumber;
        lastSent = initialSeqNo;
        lastConfirmed = initialSeqNo;
    }

    /** A data packet arrived; true if a light ACK is due. */
    boolean onPacket() {
        return ++packetsInPeriod % LIGHT_EVERY == 0;
    }

    /** Whether a full ACK of this number is due; one that did not change is repeated only when its ACKACK is overdue. */
    boolean isFullDue(int ackSeqNo, RttEstimator rtt, long nowUs) {
        if (nowUs - lastFullUs < PERIOD_US) {
            return false;
        }
        if (ackSeqNo == lastConfirmed) {
            packetsInPeriod = 0;
            return false;
        }
        // Until the round trip is known nothing can be timed well, so the question is asked more often.
        long repeatUs = rtt.isMeasured() ? rtt.timeoutUs() : 2 * PERIOD_US;
        return ackSeqNo != lastSent || nowUs - lastFullUs > repeatUs;
    }

    /** A packet came that was sent again. If the peer had confirmed that it arrived, it had read another number: it is told again. */
    void onSentAgain(int seqNo) {
        if (SeqNo.isBefore(seqNo, lastConfirmed)) {
            lastConfirmed = seqNo;
        }
    }

    /** Whether the peer is known to know all of this. */
    boolean isConfirmed(int ackSeqNo) {
        return ackSeqNo == lastConfirmed;
    }

    /** Records a full ACK that leaves now; answers its ACK number. */
    int onFullSent(int ackSeqNo, long nowUs) {
        int number = nextNumber;
        nextNumber = SeqNo.next(number) == 0 ? 1 : SeqNo.next(number);
        int i = number % RECORDS;
        ackNumbers[i] = number;
        ackedSeqNos[i] = ackSeqNo;
        sentUs[i] = nowUs;
        lastSent = ackSeqNo;
        lastFullUs = nowUs;
        packetsInPeriod = 0;
        return number;
    }

    /** The round trip time in microseconds that this ACKACK shows, or -1 if the ACK is unknown or was answered before. */
    long onAckAck(int ackNumber, long nowUs) {
        int i = Math.floorMod(ackNumber, RECORDS);
        if (ackNumber <= 0 || ackNumbers[i] != ackNumber) {
            return -1;
        }
        ackNumbers[i] = 0;
        lastConfirmed = SeqNo.later(lastConfirmed, ackedSeqNos[i]);
        return nowUs - sentUs[i];
    }
}
