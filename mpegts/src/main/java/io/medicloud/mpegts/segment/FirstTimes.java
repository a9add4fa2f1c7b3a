// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.pes.PesTracker;
import io.netty.buffer.ByteBuf;

/** The first and last times of the first streams, before it is known which of them is the reference. */
final class FirstTimes {
    /** How many streams are followed: those that come first. */
    static final int MOST_STREAMS = 16;

    private final PesTracker tracker = new PesTracker();
    private final int[] pids = new int[MOST_STREAMS];
    private final long[] firsts = new long[MOST_STREAMS];
    private final long[] lasts = new long[MOST_STREAMS];
    private int count;

    /** Takes a packet that has payload. A header that does not fit its first packet is passed over. */
    void onPacket(ByteBuf data, int packet, int header) {
        if ((header & TsPacket.UNIT_START) == 0 || (header & TsPacket.SCRAMBLING) != 0) {
            return;
        }
        int from = TsPacket.payloadStart(data, packet, header);
        if (tracker.onPayload(data, from, packet + TsPacket.SIZE, true) == PesTracker.State.STARTED) {
            onHeader(TsPacket.pid(header), tracker.header());
        }
        tracker.abandon();
    }

    private void onHeader(int pid, PesHeader header) {
        long pts = header.pts();
        int index = indexOf(pid);
        if (pts == Pts.NONE || index == MOST_STREAMS) {
            return;
        }
        if (index == count) {
            pids[count++] = pid;
            firsts[index] = pts;
        }
        lasts[index] = pts;
    }

    private int indexOf(int pid) {
        int index = 0;
        while (index < count && pids[index] != pid) {
            index++;
        }
        return index;
    }

    /** The first PTS of this PID, or {@link Pts#NONE}. */
    long first(int pid) {
        int index = indexOf(pid);
        return pid != Pid.NONE && index < count ? firsts[index] : Pts.NONE;
    }

    /** The last PTS of this PID, or {@link Pts#NONE}. */
    long last(int pid) {
        int index = indexOf(pid);
        return pid != Pid.NONE && index < count ? lasts[index] : Pts.NONE;
    }

    void reset() {
        count = 0;
    }
}
