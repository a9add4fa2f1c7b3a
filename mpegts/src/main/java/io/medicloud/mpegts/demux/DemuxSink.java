// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Nit;
import io.medicloud.mpegts.psi.Sdt;
import io.netty.buffer.ByteBuf;

/**
 * Is told what a transport stream holds, in the order of the stream, on the thread that hands the data in. Packets are numbered from 0, as they come in
 * the input; those that lack only their sync byte are counted.
 */
public interface DemuxSink extends TablesSink, SpliceSink, FaultSink {
    /** A section of the conditional access table is new, or differs from the one before it. */
    default void onCat(Cat cat) {}

    /** A section of the network information table is new, or differs from the one before it. */
    default void onNit(Nit nit) {}

    /** A section of the service description table is new, or differs from the one before it. */
    default void onSdt(Sdt sdt) {}

    /**
     * A clock reference was read on any PID.
     *
     * @param pid where
     * @param packet the packet's number
     * @param pcr 27 MHz, as sent
     * @param discontinuity discontinuity_indicator of its packet
     */
    default void onPcr(int pid, long packet, long pcr, boolean discontinuity) {}

    /**
     * A PES packet begins. Told of every PID that carries PES packets, also of one that no table names (yet): the sink chooses. Nothing is told of
     * payload that is scrambled.
     *
     * @param pid where
     * @param packet the number of the packet in which it begins
     * @param header lent: valid until the call returns
     */
    default void onPesStart(int pid, long packet, PesHeader header) {}

    /**
     * A piece of a PES packet's elementary stream. Copies of a packet are left out.
     *
     * @param pid where
     * @param data lent
     * @param from absolute index of the first byte
     * @param to absolute index after the last
     */
    default void onPesData(int pid, ByteBuf data, int from, int to) {}

    /** Packets of this PID are missing or damaged: the PES packet in progress is not told any further. */
    default void onPesBroken(int pid) {}

    @Override
    default void onFault(TsFault fault, int pid) {}
}
