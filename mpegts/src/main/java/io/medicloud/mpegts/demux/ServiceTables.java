// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Nit;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads CAT, NIT and SDT, and tells of sections that differ from those before them. Not thread-safe. */
final class ServiceTables {
    /** Sections that are remembered, to know what is new; a stream that has more is told of again. */
    private static final int MOST_SECTIONS = 256;

    private final DemuxSink sink;
    private final SectionAssembler cat;
    private final SectionAssembler nit;
    private final SectionAssembler sdt;
    /** What each section last was, by table, sub-table and number: no garbage for those that come again. */
    private final int[] keys = new int[MOST_SECTIONS];

    private final int[] hashes = new int[MOST_SECTIONS];
    private int told;

    ServiceTables(DemuxSink sink, FaultSink faults) {
        this.sink = sink;
        this.cat = new SectionAssembler(Pid.CAT, this::onSection, faults);
        this.nit = new SectionAssembler(Pid.NIT, this::onSection, faults);
        this.sdt = new SectionAssembler(Pid.SDT, this::onSection, faults);
    }

    /** Whether its packets must be handed in. */
    static boolean isTable(int pid) {
        return pid == Pid.CAT || pid == Pid.NIT || pid == Pid.SDT;
    }

    /** Takes a packet with payload; see {@link ProgramTables#onPacket}. */
    void onPacket(ByteBuf data, int packet, int header, int continuity, long number) {
        SectionAssembler assembler = switch (TsPacket.pid(header)) {
            case Pid.CAT -> cat;
            case Pid.NIT -> nit;
            default -> sdt;
        };
        SectionPackets.hand(assembler, data, packet, header, continuity, number);
    }

    private void onSection(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
        if (length < 8 || (section[1] & 0x80) == 0 || !isNews(section, length)) {
            return;
        }
        switch (section[0]) {
            case Cat.TABLE_ID -> tell(Cat.parse(section, length));
            case Nit.ACTUAL, Nit.OTHER -> tell(Nit.parse(section, length));
            case Sdt.ACTUAL, Sdt.OTHER -> tell(Sdt.parse(section, length));
            default -> {}
        }
    }

    private boolean isNews(byte[] section, int length) {
        int subTable = (section[0] & 0xFF) << 24 | (section[3] & 0xFF) << 16 | (section[4] & 0xFF) << 8;
        int key = subTable | (section[6] & 0xFF);
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + section[i];
        }
        for (int i = 0; i < told; i++) {
            if (keys[i] == key) {
                boolean changed = hashes[i] != hash;
                hashes[i] = hash;
                return changed;
            }
        }
        told = told == MOST_SECTIONS ? 0 : told;
        keys[told] = key;
        hashes[told++] = hash;
        return true;
    }

    private void tell(@Nullable Cat table) {
        if (table != null && table.current()) {
            sink.onCat(table);
        }
    }

    private void tell(@Nullable Nit table) {
        if (table != null && table.current()) {
            sink.onNit(table);
        }
    }

    private void tell(@Nullable Sdt table) {
        if (table != null && table.current()) {
            sink.onSdt(table);
        }
    }
}
