// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.pipeline.source.PcrClock;
import io.netty.buffer.ByteBuf;

/**
 * Paces a transport stream by its clock: a message that carries a PCR is due at that PCR's time, those in between at the rate of the
 * interval before (13818-1, 2.4.2.2).
 */
final class PcrPacing implements Pacing {
    private final PcrClock pcrs = new PcrClock();
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
            if (pcr != Pcr.NONE && onPcr(pid, pcr, at - message.readerIndex(), nowUs)) {
                break;
            }
        }
        long due = pcrs.isBegun() ? pcrs.dueUs() + extrapolatedUs() : nowUs;
        bytesSincePcr += message.readableBytes();
        return due;
    }

    private boolean onPcr(int pid, long pcr, int offset, long nowUs) {
        // Where a time line begins, go on from where we are.
        long jumpUs = pcrs.isBegun() ? Math.max(nowUs, pcrs.dueUs() + extrapolatedUs()) : nowUs;
        if (!pcrs.onPcr(pid, pcr, jumpUs)) {
            return false;
        }
        intervalBytes = pcrs.intervalUs() == 0 ? 0 : bytesSincePcr + offset;
        bytesSincePcr = -offset;
        return true;
    }

    /** A picture of many bytes must not push what follows it past the next PCR. */
    private long extrapolatedUs() {
        if (intervalBytes == 0 || bytesSincePcr <= 0) {
            return 0;
        }
        return Math.min(pcrs.intervalUs(), bytesSincePcr * pcrs.intervalUs() / intervalBytes);
    }
}
