// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.netty.buffer.ByteBuf;

/** The sections of one PID, with the times at which they begin and end. Not thread-safe. */
final class SectionWatch {
    /** Takes whole sections, and is told of wrong ones. */
    interface Sink {
        /**
         * A section is complete, and its CRC, if it has one, is right.
         *
         * @param section lent
         * @param startUs when its first packet came
         * @param endUs when its last packet came
         */
        void onSection(int pid, byte[] section, int length, long startUs, long endUs);

        /** A section's CRC is wrong. */
        void onBadCrc(int pid, long nowUs);
    }

    private final int pid;
    private final Sink sink;
    private final SectionAssembler assembler;
    private long nowUs;
    private long unitPacket = -1;
    private long unitUs;
    private long endPacket = -1;
    private long endUs;

    SectionWatch(int pid, Sink sink) {
        this.pid = pid;
        this.sink = sink;
        this.assembler = new SectionAssembler(pid, this::onSection, (fault, of) -> {
            if (fault == TsFault.CRC) {
                sink.onBadCrc(of, nowUs);
            }
        });
    }

    /** A packet in the clear with payload. */
    void onPacket(ByteBuf data, int at, int header, int continuity, long packet, long packetUs) {
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        nowUs = packetUs;
        if (continuity == ContinuityCheck.DUPLICATE || continuity == ContinuityCheck.REPEATED) {
            if (!unitStart) {
                return;
            }
        } else if (continuity != ContinuityCheck.IN_ORDER) {
            assembler.abandon();
        }
        if (unitStart) {
            unitPacket = packet;
            unitUs = packetUs;
        }
        int from = TsPacket.payloadStart(data, at, header);
        assembler.onPayload(data, from, at + TsPacket.SIZE, unitStart, packet);
    }

    /** Packets are missing, of whatever PID. */
    void abandon() {
        assembler.abandon();
    }

    private void onSection(int of, byte[] section, int length, long firstPacket, long lastPacket) {
        long startUs = nowUs;
        if (firstPacket == unitPacket) {
            startUs = unitUs;
        } else if (firstPacket == endPacket) {
            startUs = endUs;
        }
        endPacket = lastPacket;
        endUs = nowUs;
        sink.onSection(pid, section, length, startUs, nowUs);
    }
}
