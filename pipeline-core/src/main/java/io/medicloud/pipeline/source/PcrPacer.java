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
 * Holds a recording back so that each program clock reference leaves when it is due, as {@link PcrClock} says.
 */
final class PcrPacer implements PacketSink {
    private final PaceClock clock;
    private final SourceSink sink;
    private final PcrClock pcrs = new PcrClock();
    private final PacketFramer framer = new PacketFramer(this, (fault, pid) -> {});
    private ByteBuf current = Unpooled.EMPTY_BUFFER;
    private int emitted;
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
        long jumpUs = pcrs.isBegun() ? pcrs.dueUs() : clock.nowUs();
        if (pcrs.onPcr(pid, pcr, jumpUs) && pcrs.dueUs() > clock.nowUs()) {
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
            clock.sleepUntil(pcrs.dueUs());
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
