// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.SeqNo;

/**
 * Packets that are sent again without being asked for once more, because nobody could ask in time. A small share of what is sent, so that a link that
 * is too slow is not made slower; what turns out not to be needed takes nothing of it.
 */
final class SpareCopies {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int MOST = 64;
    private static final int COST = 100;

    /** Copies for a hundred new packets. */
    private static final int PERCENT = 15;

    private final int[] seqNos = new int[MOST];
    private final long[] dueUs = new long[MOST];
    private int size;
    private long nextDueUs = NEVER;
    private int credit;

    /** A packet was sent for the first time. */
    void onSent() {
        credit = Math.min(COST * MOST, credit + PERCENT);
    }

    /** A copy was sent. */
    void onCopied() {
        credit -= COST;
    }

    /** A copy of this packet may be needed then. */
    void add(int seqNo, long atUs) {
        if (size == MOST) {
            return;
        }
        seqNos[size] = seqNo;
        dueUs[size] = atUs;
        size++;
        nextDueUs = Math.min(nextDueUs, atUs);
    }

    /** A packet whose copy is due, then no longer, or {@link SeqNo#NONE}; what is due and not paid for is forgotten. */
    int poll(long nowUs) {
        while (nextDueUs <= nowUs) {
            int seqNo = removeNext();
            if (credit >= COST) {
                return seqNo;
            }
        }
        return SeqNo.NONE;
    }

    private int removeNext() {
        int next = 0;
        for (int i = 1; i < size; i++) {
            next = dueUs[i] < dueUs[next] ? i : next;
        }
        int seqNo = seqNos[next];
        size--;
        System.arraycopy(seqNos, next + 1, seqNos, next, size - next);
        System.arraycopy(dueUs, next + 1, dueUs, next, size - next);
        nextDueUs = NEVER;
        for (int i = 0; i < size; i++) {
            nextDueUs = Math.min(nextDueUs, dueUs[i]);
        }
        return seqNo;
    }
}
