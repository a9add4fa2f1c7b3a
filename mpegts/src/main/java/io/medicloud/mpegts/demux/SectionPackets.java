// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.netty.buffer.ByteBuf;

/** Hands the packets of a PID that carries sections to their assembler, as their counters allow. */
final class SectionPackets {
    private SectionPackets() {}

    /** {@code continuity}: what {@link ContinuityCheck#step} said of the packet, which has this number. */
    static void hand(SectionAssembler assembler, ByteBuf data, int packet, int header, int continuity, long number) {
        if ((header & TsPacket.SCRAMBLING) != 0) {
            return;
        }
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        switch (continuity) {
            case ContinuityCheck.BROKEN, ContinuityCheck.ANNOUNCED -> assembler.abandon();
            case ContinuityCheck.DUPLICATE, ContinuityCheck.REPEATED -> {
                if (!unitStart) {
                    return;
                }
            }
            default -> {}
        }
        int from = TsPacket.payloadStart(data, packet, header);
        assembler.onPayload(data, from, packet + TsPacket.SIZE, unitStart, number);
    }
}
