// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.probe.StreamProbe;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

class TsDemuxerFuzzTest {
    @FuzzTest
    void whatIsToldDoesNotDependOnThePieces(byte[] input) {
        assertThat(demux(input, ChunkSplitter.random(Arrays.hashCode(input), 1, 1000)))
                .isEqualTo(demux(input, ChunkSplitter.every(Math.max(1, input.length))));
    }

    @FuzzTest
    void aProbeTellsTheSameOfAnyPieces(byte[] input) {
        assertThat(probe(input, ChunkSplitter.random(Arrays.hashCode(input), 1, 1000)))
                .isEqualTo(probe(input, ChunkSplitter.every(Math.max(1, input.length))));
    }

    private static String probe(byte[] input, ChunkSplitter pieces) {
        try (LeakGuard guard = new LeakGuard()) {
            StreamProbe probe = new StreamProbe();
            pieces.lend(input, guard.allocator(), probe::onData);
            return probe.finish().toString();
        }
    }

    private static List<String> demux(byte[] input, ChunkSplitter pieces) {
        Told told = new Told();
        try (LeakGuard guard = new LeakGuard()) {
            TsDemuxer demuxer = new TsDemuxer(told);
            told.demuxer = demuxer;
            pieces.lend(input, guard.allocator(), demuxer::onData);
            demuxer.finish();
            told.events.add(demuxer.packets() + " packets, " + demuxer.programs());
        }
        return told.events;
    }

    /** Writes all down, and loses interest in every third PES packet after its first piece. */
    private static final class Told implements DemuxSink {
        private final List<String> events = new ArrayList<>();
        private TsDemuxer demuxer;
        private boolean bored;

        @Override
        public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
            events.add("table " + pid + " " + length + " " + firstPacket + " " + lastPacket);
        }

        @Override
        public void onPat(Pat pat) {
            events.add(pat.toString());
        }

        @Override
        public void onProgram(Program program) {
            events.add(program.toString());
            for (ElementaryStream stream : program.streams()) {
                events.add(
                        stream.descriptors().language() + stream.descriptors().registration());
            }
        }

        @Override
        public void onProgramGone(Program program) {
            events.add("gone " + program.number());
        }

        @Override
        public void onPcr(int pid, long packet, long pcr, boolean discontinuity) {
            events.add("pcr " + pid + " " + packet + " " + pcr + discontinuity);
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            bored = packet % 3 == 0;
            events.add("pes " + pid + " " + packet + " " + header.pts() + " " + header.dts() + " " + header.streamId()
                    + " " + header.packetLength() + " " + header.scramblingControl() + header.isDataAligned());
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            events.add("data " + pid + " " + (to - from) + " " + data.getByte(from) + " " + data.getByte(to - 1));
            if (bored) {
                demuxer.passOver(pid);
            }
        }

        @Override
        public void onPesBroken(int pid) {
            events.add("broken " + pid);
        }

        @Override
        public void onFault(TsFault fault, int pid) {
            events.add(fault + " " + pid);
        }
    }
}
