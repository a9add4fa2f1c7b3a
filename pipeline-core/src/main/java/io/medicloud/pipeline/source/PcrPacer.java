// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Holds a recording back so that each program clock reference leaves when it is due (ISO/IEC 13818-1, 2.4.2.1). Goes by
 * the first PID that has them; where they jump, time goes on from the jump.
 */
final class PcrPacer implements PacketSink {
    private static final long LONGEST_STEP = 2L * Pcr.HZ;
    private static final int TICKS_PER_US = 27;
    private static final int NO_PID = -1;

    private final PaceClock clock;
    private final SourceSink sink;
    private final PacketFramer framer = new PacketFramer(this, (fault, pid) -> {});
    private ByteBuf current = Unpooled.EMPTY_BUFFER;
    private int emitted;
    private int pcrPid = NO_PID;
    private long lastPcr = Pcr.NONE;
    private long dueUs;
    private boolean interrupted;

    PcrPacer(PaceClock clock, SourceSink sink) {
        this.clock = clock;
        this.sink = sink;
    }

    /** Passes the bytes on, a piece at a time, each when it is due; the buffer is lent. */
    void pass(ByteBuf data) throws InterruptedException {
        current = data;
        emitted = data.readerIndex();
        framer.onData(data);
        emitUpTo(data.writerIndex());
        if (interrupted) {
            throw new InterruptedException("closed while waiting for a clock reference to be due");
        }
    }

    @Override
    public void onPackets(ByteBuf data, int start, int count) {
        for (int i = 0; i < count; i++) {
            int packet = start + i * TsPacket.SIZE;
            int header = data.getInt(packet);
            if ((header & TsPacket.ADAPTATION) != 0) {
                long pcr = AdaptationField.pcr(data, packet, header);
                if (pcr != Pcr.NONE) {
                    onPcr(data, packet, TsPacket.pid(header), pcr);
                }
            }
        }
    }

    @Override
    public void onDamagedPacket(ByteBuf data, int start) {}

    private void onPcr(ByteBuf data, int packet, int pid, long pcr) {
        if (pcrPid == NO_PID) {
            pcrPid = pid;
        } else if (pid != pcrPid) {
            return;
        }
        long step = lastPcr == Pcr.NONE ? -1 : Pcr.distance(lastPcr, pcr);
        boolean jump = step < 0 || step > LONGEST_STEP;
        dueUs = lastPcr == Pcr.NONE ? clock.nowUs() : jump ? dueUs : dueUs + step / TICKS_PER_US;
        lastPcr = pcr;
        if (dueUs > clock.nowUs()) {
            if (isCurrent(data)) {
                emitUpTo(packet);
            }
            sleep();
        }
    }

    /** A packet that straddles two buffers lies in one of the framer's. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(ByteBuf data) {
        return data == current;
    }

    /** Gives up what the framer holds. */
    void finish() {
        framer.finish();
    }

    private void sleep() {
        if (interrupted) {
            return;
        }
        try {
            clock.sleepUntil(dueUs);
        } catch (InterruptedException e) {
            interrupted = true;
        }
    }

    private void emitUpTo(int end) {
        if (end > emitted) {
            sink.onData(current.slice(emitted, end - emitted), clock.nowUs());
            sink.onBatchEnd(clock.nowUs());
            emitted = end;
        }
    }
}
