// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.LossList;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The missing packets, as ranges in order, and when each is to be reported (draft 4.8.2); {@link ReportTiming} says when again. What could not arrive
 * in time is not asked for any more, and what is asked for in a while is limited by what arrived in it.
 */
final class LossDetector {
    private static final int INITIAL_CAPACITY = 8;
    private static final long NEVER = ReportTiming.NEVER;
    private static final long NO_ROOM_US = 3_000;
    private static final int CREDIT_PER_PACKET = 2;
    private static final int MOST_CREDIT = 16_384;

    private final ReportTiming timing;
    private final boolean repeats;
    private final int mostRanges;

    private int[] first = new int[INITIAL_CAPACITY];
    private int[] last = new int[INITIAL_CAPACITY];
    private long[] detectedUs = new long[INITIAL_CAPACITY];
    private long[] deadlineUs = new long[INITIAL_CAPACITY];
    private long[] dueUs = new long[INITIAL_CAPACITY];
    private long[] roundUs = new long[INITIAL_CAPACITY];
    private int[] repeated = new int[INITIAL_CAPACITY];
    private int size;
    private int packets;
    private int credit = MOST_CREDIT / 4;
    private long nextDueUs = NEVER;

    /**
     * A detector without losses.
     *
     * @param repeats whether a loss is reported more than once (NAKREPORT)
     * @param mostRanges limit of the list; a gap beyond it is not reported
     */
    LossDetector(ReportTiming timing, boolean repeats, int mostRanges) {
        this.timing = timing;
        this.repeats = repeats;
        this.mostRanges = mostRanges;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The first missing packet; only if not empty. */
    int firstMissing() {
        return first[0];
    }

    /** When the answer to the last report of the first missing packet is overdue; only if not empty. */
    long answerDueUs() {
        return timing.answerDueUs(roundUs[0]);
    }

    /** How many packets are missing. */
    int packets() {
        return packets;
    }

    /** When the next report is due, or {@link Long#MAX_VALUE}. */
    long nextDueUs() {
        return nextDueUs;
    }

    /**
     * Packets {@code from} to {@code to}, all later than those known to be missing, were passed over.
     *
     * @param toleranceUs how long that may be mere disorder
     * @param uselessUs when they are skipped
     */
    void onGap(int from, int to, long nowUs, long toleranceUs, long uselessUs) {
        if (size == mostRanges) {
            return;
        }
        if (size == first.length) {
            grow();
        }
        first[size] = from;
        last[size] = to;
        detectedUs[size] = nowUs;
        deadlineUs[size] = uselessUs;
        dueUs[size] = nowUs + toleranceUs;
        roundUs[size] = nowUs;
        repeated[size] = 0;
        size++;
        packets += SeqNo.distance(from, to) + 1;
        nextDueUs = Math.min(nextDueUs, nowUs + toleranceUs);
    }

    /** A missing packet that was not to be reported yet is to be reported now. */
    void expedite(int seqNo, long nowUs) {
        int i = find(seqNo);
        if (i >= 0 && dueUs[i] > nowUs) {
            dueUs[i] = nowUs;
            nextDueUs = Math.min(nextDueUs, nowUs);
        }
    }

    /** A packet arrived that pays for reports of others. */
    void onPacket() {
        credit = Math.min(MOST_CREDIT, credit + CREDIT_PER_PACKET);
        timing.onPacket();
    }

    /** Takes a packet off the list; answers when it was found missing, or -1 if it was not. */
    long onArrival(int seqNo) {
        int i = find(seqNo);
        if (i < 0) {
            return -1;
        }
        long since = detectedUs[i];
        packets--;
        if (first[i] == last[i]) {
            remove(i, 1);
        } else if (seqNo == first[i]) {
            first[i] = SeqNo.next(seqNo);
        } else if (seqNo == last[i]) {
            last[i] = SeqNo.previous(seqNo);
        } else {
            split(i, seqNo);
        }
        return since;
    }

    /** Whether this packet is on the list. */
    boolean isMissing(int seqNo) {
        return find(seqNo) >= 0;
    }

    /** Gives up all packets before {@code seqNo}. */
    void dropBefore(int seqNo) {
        int gone = 0;
        while (gone < size && SeqNo.isBefore(last[gone], seqNo)) {
            packets -= SeqNo.distance(first[gone], last[gone]) + 1;
            gone++;
        }
        if (gone > 0) {
            remove(0, gone);
        }
        if (size > 0 && SeqNo.isBefore(first[0], seqNo)) {
            packets -= SeqNo.distance(first[0], seqNo);
            first[0] = seqNo;
        }
    }

    /** Appends the ranges that are due to a NAK, as long as there is room for {@code words}; answers how many packets they are. */
    int writeDue(ByteBuf out, int words, long nowUs) {
        int reported = 0;
        int room = words;
        nextDueUs = NEVER;
        for (int i = 0; i < size; i++) {
            if (dueUs[i] <= nowUs) {
                int count = SeqNo.distance(first[i], last[i]) + 1;
                if (timing.isTooLate(deadlineUs[i], nowUs)) {
                    dueUs[i] = NEVER;
                } else if (room >= 2 && credit >= count) {
                    LossList.write(out, first[i], last[i]);
                    room -= count == 1 ? 1 : 2;
                    credit -= count;
                    reported += count;
                    timing.onReported(count, repeated[i] > 0);
                    schedule(i, nowUs);
                } else {
                    dueUs[i] = nowUs + NO_ROOM_US;
                }
            }
            nextDueUs = Math.min(nextDueUs, dueUs[i]);
        }
        return reported;
    }

    private void schedule(int i, long nowUs) {
        if (!repeats) {
            dueUs[i] = NEVER;
            return;
        }
        if (repeated[i] == 0) {
            roundUs[i] = nowUs;
        }
        long repeatAfterUs = timing.repeatAfterUs(repeated[i]);
        if (repeatAfterUs == NEVER) {
            repeated[i] = 0;
            dueUs[i] = timing.nextRoundUs(deadlineUs[i], roundUs[i], nowUs);
        } else {
            repeated[i]++;
            dueUs[i] = nowUs + repeatAfterUs;
        }
    }

    private int find(int seqNo) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (SeqNo.isBefore(last[middle], seqNo)) {
                low = middle + 1;
            } else if (SeqNo.isBefore(seqNo, first[middle])) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    private void split(int i, int seqNo) {
        int end = last[i];
        last[i] = SeqNo.previous(seqNo);
        if (size == mostRanges) {
            packets -= SeqNo.distance(seqNo, end);
            return;
        }
        if (size == first.length) {
            grow();
        }
        int moved = size - i - 1;
        System.arraycopy(first, i + 1, first, i + 2, moved);
        System.arraycopy(last, i + 1, last, i + 2, moved);
        System.arraycopy(detectedUs, i, detectedUs, i + 1, moved + 1);
        System.arraycopy(deadlineUs, i, deadlineUs, i + 1, moved + 1);
        System.arraycopy(dueUs, i, dueUs, i + 1, moved + 1);
        System.arraycopy(roundUs, i, roundUs, i + 1, moved + 1);
        System.arraycopy(repeated, i, repeated, i + 1, moved + 1);
        first[i + 1] = SeqNo.next(seqNo);
        last[i + 1] = end;
        size++;
    }

    private void remove(int at, int count) {
        int moved = size - at - count;
        System.arraycopy(first, at + count, first, at, moved);
        System.arraycopy(last, at + count, last, at, moved);
        System.arraycopy(detectedUs, at + count, detectedUs, at, moved);
        System.arraycopy(deadlineUs, at + count, deadlineUs, at, moved);
        System.arraycopy(dueUs, at + count, dueUs, at, moved);
        System.arraycopy(roundUs, at + count, roundUs, at, moved);
        System.arraycopy(repeated, at + count, repeated, at, moved);
        size -= count;
    }

    private void grow() {
        int capacity = Math.min(mostRanges, 2 * first.length);
        first = Arrays.copyOf(first, capacity);
        last = Arrays.copyOf(last, capacity);
        detectedUs = Arrays.copyOf(detectedUs, capacity);
        deadlineUs = Arrays.copyOf(deadlineUs, capacity);
        dueUs = Arrays.copyOf(dueUs, capacity);
        roundUs = Arrays.copyOf(roundUs, capacity);
        repeated = Arrays.copyOf(repeated, capacity);
    }
}
