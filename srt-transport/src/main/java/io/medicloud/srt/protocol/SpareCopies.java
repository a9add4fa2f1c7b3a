// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.SeqNo;

/**
 * Packets that are sent again a second time a little later, because nobody can ask for them once more in time. A small share of what is sent, so
 * that a link that is too slow is not made slower.
 */
final class SpareCopies {
    private static final long APART_US = 3_000;
    private static final int MOST = 64;

    /** Copies for a hundred new packets. */
    private static final int PERCENT = 15;

    private final int[] seqNos = new int[MOST];
    private final long[] dueUs = new long[MOST];
    private int head;
    private int size;
    private int credit;

    /** A packet was sent for the first time. */
    void onSent() {
        credit = Math.min(100 * MOST, credit + PERCENT);
    }

    /** The last chance of this packet has just left. */
    void add(int seqNo, long nowUs) {
        if (credit < 100 || size == MOST) {
            return;
        }
        credit -= 100;
        int i = (head + size) % MOST;
        seqNos[i] = seqNo;
        dueUs[i] = nowUs + APART_US;
        size++;
    }

    /** The packet whose copy is due, then no longer, or {@link SeqNo#NONE}. */
    int poll(long nowUs) {
        if (size == 0 || dueUs[head] > nowUs) {
            return SeqNo.NONE;
        }
        int seqNo = seqNos[head];
        head = (head + 1) % MOST;
        size--;
        return seqNo;
    }
}
