// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;

/**
 * Paces a transport stream by its clock: a message that carries a PCR is due at that PCR's time, those in between at the rate of the
 * interval before. The first PID with a PCR is the clock (13818-1, 2.4.2.2).
 */
final class PcrPacing implements Pacing {
    /** PCRs come at least every 100 ms; a step longer than this, or back, is another time line. */
    private static final long LONGEST_STEP = 2L * Pcr.HZ;

    private static final int TICKS_US = Pcr.HZ / 1_000_000;
    private static final int NO_PID = -1;

    private int clockPid = NO_PID;
    private long lastPcr;
    private long lastDueUs;
    private long intervalUs;
    private long intervalBytes;
    private long bytesSincePcr;

    @Override
    public long dueUs(ByteBuf message, long nowUs) {
        for (int at = message.readerIndex(); at + TsPacket.SIZE <= message.writerIndex(); at += TsPacket.SIZE) {
            int header = message.getInt(at);
            if (!TsPacket.isInSync(header) || (header & TsPacket.ADAPTATION) == 0) {
                continue;
            }
            long pcr = AdaptationField.pcr(message, at, header);
            int pid = TsPacket.pid(header);
            if (pcr != Pcr.NONE && (clockPid == NO_PID || clockPid == pid)) {
                onPcr(pid, pcr, at - message.readerIndex(), nowUs);
                break;
            }
        }
        long due = clockPid == NO_PID ? nowUs : lastDueUs + extrapolatedUs();
        bytesSincePcr += message.readableBytes();
        return due;
    }

    private void onPcr(int pid, long pcr, int offset, long nowUs) {
        long step = clockPid == NO_PID ? -1 : Pcr.distance(lastPcr, pcr);
        if (step < 0 || step > LONGEST_STEP) {
            // The stream begins, or its time line does: go on from where we are.
            lastDueUs = clockPid == NO_PID ? nowUs : Math.max(nowUs, lastDueUs + extrapolatedUs());
            intervalUs = 0;
        } else {
            intervalUs = step / TICKS_US;
            intervalBytes = bytesSincePcr + offset;
            lastDueUs += intervalUs;
        }
        clockPid = pid;
        lastPcr = pcr;
        bytesSincePcr = -offset;
    }

    /** A picture of many bytes must not push what follows it past the next PCR. */
    private long extrapolatedUs() {
        if (intervalBytes == 0 || bytesSincePcr <= 0) {
            return 0;
        }
        return Math.min(intervalUs, bytesSincePcr * intervalUs / intervalBytes);
    }
}
