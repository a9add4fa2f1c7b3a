// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Follows the continuity counters of all PIDs (ISO/IEC 13818-1, 2.4.3.3; TR 101 290, 1.4). After an error it goes on from the counter that came, so
 * that one loss is one error. Two copies of a packet in a row are legal, a third is not. Copies are told from other packets with the same
 * counter by their last eight bytes. Not thread-safe.
 */
public final class ContinuityCheck {
    /** The packet goes on where the one before it on its PID ended, or is the PID's first. */
    public static final int IN_ORDER = 0;
    /** The packet is a copy of the one before it on its PID: its payload was seen. */
    public static final int DUPLICATE = 1;
    /** The counter is announced to jump (discontinuity_indicator): something may be missing, but it is no error. */
    public static final int ANNOUNCED = 2;
    /** Packets are missing, out of order, or repeated more than once. */
    public static final int BROKEN = 3;
    /** As BROKEN, but the packet is one copy more of the one before it. */
    public static final int REPEATED = 4;

    /** The attention of a PID that {@link #pass} does not pass by: all its packets are of interest. */
    public static final int ALWAYS = TsPacket.SYNC_BYTE << 24;
    /** The attention of a PID of whose packets only those are of interest that break its count, or are damaged. */
    public static final int UNEVEN = Integer.MIN_VALUE | TsPacket.TRANSPORT_ERROR | TsPacket.PAYLOAD | 0x0F;
    /** The attention of a PID of which no packet is of interest. */
    public static final int NEVER = 0;

    // A state is what the header of a packet that goes on is compared with: the next counter and, if there was a
    // packet, the bit of payload. What else
    // is known lies where the header has the PID.
    private static final int UNSEEN = Integer.MIN_VALUE; // A bit that no sync byte has.
    private static final int COPIED = 0x0000_0100;
    private static final int CARRIES = 0x0000_0200;
    private static final int HAS_CARRIED = 0x0000_0400;
    private static final int SEEN = TsPacket.PAYLOAD;

    private static final int SYNC = TsPacket.SYNC_BYTE << 24;
    private static final int SYNC_MASK = 0xFF00_0000;

    private final int[] states = new int[Pid.COUNT];
    private final long[] tails = new long[Pid.COUNT];

    /** Has seen no packet yet. */
    public ContinuityCheck() {
        reset();
    }

    /**
     * Passes by packets that are of no interest: they have payload, go on where the one before them on their PID ended, and have none of the bits of
     * their PID's attention. Stops in front of the first one that is, which must be handed to {@link #step}, or that has no sync byte.
     *
     * @param data the packets' bytes, lent
     * @param start the absolute index of the first one's first byte
     * @param count how many lie there, one behind the other
     * @param attention by PID: bits of the header's int, with {@link #UNEVEN} among them; or {@link #ALWAYS}, or {@link #NEVER}
     * @return how many were passed by
     */
    public int pass(ByteBuf data, int start, int count, int[] attention) {
        int position = start;
        for (int i = 0; i < count; i++) {
            int header = data.getInt(position);
            int pid = TsPacket.pid(header);
            if ((((header ^ states[pid]) & attention[pid]) | ((header & SYNC_MASK) ^ SYNC)) != 0) {
                return i;
            }
            states[pid] = CARRIES | HAS_CARRIED | SEEN | ((header + 1) & 0x0F);
            tails[pid] = data.getLongLE(position + TsPacket.SIZE - Long.BYTES);
            position += TsPacket.SIZE;
        }
        return count;
    }

    /**
     * Passes by the packets, up to the first that is not so, that are of the first one's PID, go on where the one before them ended, and have nothing but
     * payload: no adaptation field, no unit start, no scrambling, no error.
     *
     * @param data the packets' bytes, lent
     * @param start the absolute index of the first one's first byte
     * @param count how many lie there at the most, one behind the other
     * @return how many were passed by
     */
    public int passRun(ByteBuf data, int start, int count) {
        int pid = TsPacket.pid(data.getInt(start));
        int state = states[pid];
        if ((state & SEEN) == 0) {
            return 0;
        }
        int expected = SYNC | pid << 8 | TsPacket.PAYLOAD | (state & 0x0F);
        int position = start;
        int passed = 0;
        while (passed < count && (data.getInt(position) & ~TsPacket.PRIORITY) == expected) {
            expected = (expected & ~0x0F) | ((expected + 1) & 0x0F);
            position += TsPacket.SIZE;
            passed++;
        }
        if (passed > 0) {
            states[pid] = CARRIES | HAS_CARRIED | SEEN | (expected & 0x0F);
            tails[pid] = data.getLongLE(position - Long.BYTES);
        }
        return passed;
    }

    /**
     * Takes the next packet of its PID. Packets with {@code transport_error_indicator} or a damaged sync byte must not be handed in: their PID and
     * counter mean nothing.
     *
     * @param data the packet's bytes, lent
     * @param packet the absolute index of its first byte
     * @param header its first four bytes
     * @return one of the constants above
     */
    public int step(ByteBuf data, int packet, int header) {
        int pid = TsPacket.pid(header);
        int state = states[pid];
        if ((header & TsPacket.PAYLOAD) != 0) {
            long tail = data.getLongLE(packet + TsPacket.SIZE - Long.BYTES);
            boolean inOrder = ((header ^ state) & (TsPacket.PAYLOAD | 0x0F)) == 0;
            int verdict = inOrder ? IN_ORDER : judge(data, packet, header, tail);
            boolean copied = verdict == DUPLICATE || verdict == REPEATED;
            states[pid] = (copied ? COPIED : 0) | CARRIES | HAS_CARRIED | SEEN | ((header + 1) & 0x0F);
            tails[pid] = tail;
            return verdict;
        }
        states[pid] = (state & HAS_CARRIED) | SEEN | ((header + 1) & 0x0F);
        if ((state & SEEN) == 0 || ((header + 1) & 0x0F) == (state & 0x0F) || pid == Pid.NULL) {
            return IN_ORDER;
        }
        return AdaptationField.isDiscontinuity(data, packet, header) ? ANNOUNCED : BROKEN;
    }

    /** What a packet with payload is that does not go on, or is the first of its PID. */
    private int judge(ByteBuf data, int packet, int header, long tail) {
        int pid = TsPacket.pid(header);
        int state = states[pid];
        if ((state & SEEN) == 0 || pid == Pid.NULL) {
            return IN_ORDER;
        }
        if (AdaptationField.isDiscontinuity(data, packet, header)) {
            return ANNOUNCED;
        }
        if ((state & CARRIES) != 0 && ((header + 1) & 0x0F) == (state & 0x0F) && tail == tails[pid]) {
            return (state & COPIED) == 0 ? DUPLICATE : REPEATED;
        }
        return BROKEN;
    }

    /** Whether a packet of the PID was seen since the start or the last {@link #reset}. */
    public boolean isSeen(int pid) {
        return (states[pid] & SEEN) != 0;
    }

    /** Whether a packet with payload was seen on the PID. */
    public boolean hasCarried(int pid) {
        return (states[pid] & HAS_CARRIED) != 0;
    }

    /** The last counter seen on the PID; 15 if there was none, so that the next is 0. */
    public int last(int pid) {
        return isSeen(pid) ? (states[pid] - 1) & 0x0F : 0x0F;
    }

    /** Forgets everything. */
    public void reset() {
        Arrays.fill(states, UNSEEN);
    }
}
