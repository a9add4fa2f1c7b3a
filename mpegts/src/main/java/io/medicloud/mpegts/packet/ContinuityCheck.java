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

    private static final int SEEN = 0x80;
    private static final int COPIED = 0x40;
    private static final int CARRIES = 0x20;
    private static final int HAS_CARRIED = 0x10;

    private final byte[] states = new byte[Pid.COUNT];
    private final long[] tails = new long[Pid.COUNT];

    /** Has seen no packet yet. */
    public ContinuityCheck() {}

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
        int carries = header & TsPacket.PAYLOAD;
        int counter = header & 0x0F;
        if (carries != 0) {
            long tail = data.getLong(packet + TsPacket.SIZE - Long.BYTES);
            if ((state & SEEN) != 0 && counter == ((state + 1) & 0x0F)) {
                states[pid] = (byte) (SEEN | CARRIES | HAS_CARRIED | counter);
                tails[pid] = tail;
                return IN_ORDER;
            }
            return stepUnevenly(data, packet, header, tail);
        }
        states[pid] = (byte) ((state & HAS_CARRIED) | SEEN | counter);
        if ((state & SEEN) == 0 || counter == (state & 0x0F) || pid == Pid.NULL) {
            return IN_ORDER;
        }
        return AdaptationField.isDiscontinuity(data, packet, header) ? ANNOUNCED : BROKEN;
    }

    private int stepUnevenly(ByteBuf data, int packet, int header, long tail) {
        int pid = TsPacket.pid(header);
        int state = states[pid];
        int counter = header & 0x0F;
        boolean copy =
                (state & (SEEN | CARRIES)) == (SEEN | CARRIES) && counter == (state & 0x0F) && tail == tails[pid];
        states[pid] = (byte) (SEEN | CARRIES | HAS_CARRIED | (copy ? COPIED : 0) | counter);
        tails[pid] = tail;
        if ((state & SEEN) == 0 || pid == Pid.NULL) {
            return IN_ORDER;
        }
        if (AdaptationField.isDiscontinuity(data, packet, header)) {
            return ANNOUNCED;
        }
        if (copy) {
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
        return isSeen(pid) ? states[pid] & 0x0F : 0x0F;
    }

    /** Forgets everything. */
    public void reset() {
        Arrays.fill(states, (byte) 0);
    }
}
