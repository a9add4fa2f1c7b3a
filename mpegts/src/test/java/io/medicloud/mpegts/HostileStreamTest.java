// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.monitor.FileMonitor;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.probe.StreamProbe;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Streams that are made to do harm: all readers go through them, within bounds of memory. */
class HostileStreamTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Of four readers: three PATs of 64,515 programs each, at some 140 bytes a program and reader, are the most. */
    private static final long MOST_ALLOCATED = 128 << 20;
    /** Of two readers, for 40 MB of one PES packet: a fifth of them. What leak detection writes down is counted too. */
    private static final long MOST_ALLOCATED_FOR_BYTES = 8 << 20;

    /** What a demultiplexer told. */
    private static final class Told implements DemuxSink {
        private final List<Program> programs = new ArrayList<>();
        private final TsDemuxer demuxer = new TsDemuxer(this);
        private long pesPackets;
        private long pesBytes;

        @Override
        public void onProgram(Program program) {
            programs.add(program);
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            pesPackets++;
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            pesBytes += to - from;
        }
    }

    /** Counts what leaves a segmenter. */
    private static final class Cut implements SegmentSink {
        private final List<SegmentFacts> facts = new ArrayList<>();
        private long bytes;

        @Override
        public void onSegmentStart(long sequence) {}

        @Override
        public void takePackets(ByteBuf packets) {
            bytes += packets.readableBytes();
            packets.release();
        }

        @Override
        public void onSegmentEnd(SegmentFacts segment) {
            facts.add(segment);
        }
    }

    /** All readers read it, in pieces; together they allocate no more than a bound that does not depend on its length. */
    private static Told readByAll(byte[] stream) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        Told told = read(stream);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED);
        return told;
    }

    private static Told read(byte[] stream) {
        Told told = new Told();
        Cut cut = new Cut();
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(2)), cut);
        FileMonitor monitor = new FileMonitor();
        StreamProbe probe = new StreamProbe();
        for (int at = 0; at < stream.length; at += 1_000_003) {
            ByteBuf piece = Unpooled.wrappedBuffer(stream, at, Math.min(1_000_003, stream.length - at));
            told.demuxer.onData(piece);
            segmenter.onData(piece, 0);
            monitor.onData(piece);
            probe.onData(piece);
        }
        told.demuxer.finish();
        segmenter.finish();
        monitor.finish();
        assertThat(probe.finish()).isNotNull();
        assertThat(monitor.report().packets()).isEqualTo(told.demuxer.packets());
        assertThat(segmenter.packets()).isEqualTo(told.demuxer.packets());
        long injected =
                cut.facts.stream().mapToLong(SegmentFacts::injectedPackets).sum();
        assertThat(cut.bytes).isEqualTo(188 * (told.demuxer.packets() + injected));
        assertThat(cut.facts).allMatch(fact -> fact.durationTicks() >= 0);
        return told;
    }

    /** What the first use of the readers, and of their buffers, loads is no stream's doing: up to 60 MB, with leak detection. */
    @BeforeAll
    static void readersAreInUse() {
        TsWriter writer = new TsWriter();
        for (int i = 0; i < 50; i++) {
            writer.pat(1, new Sections.Program(1, 0x1000));
            writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100));
            writer.pes(
                    0x100,
                    PesBuilder.of(PesBuilder.VIDEO)
                            .pts(90_000 + i * 3600L)
                            .unbounded()
                            .payload(new byte[1000]));
        }
        read(writer.toByteArray());
    }

    @Test
    void theLargestPmtNamesAllItsStreams() {
        List<Sections.Stream> streams = new ArrayList<>();
        for (int i = 0; i < 201; i++) {
            streams.add(new Sections.Stream(i == 0 ? 0x1B : 0x06, 0x100 + i));
        }
        byte[] pmt = Sections.pmt(1, 0, 0x100, new byte[0], streams);
        assertThat(pmt.length).isBetween(1020, 1024);
        Told told = readByAll(new TsWriter()
                .pat(1, new Sections.Program(1, 0x1000))
                .section(0x1000, pmt)
                .toByteArray());
        assertThat(told.programs).hasSize(1);
        assertThat(told.programs.get(0).streams()).hasSize(201);
    }

    /** 255 sections of a PAT, each as long as can be, each with programs of its own; then all again with another version. */
    @Test
    void moreProgramsThanAreFollowedCostNothing() {
        TsWriter writer = new TsWriter();
        for (int version = 0; version < 3; version++) {
            int number = 1;
            for (int section = 0; section < 255; section++) {
                ByteArrayOutputStream body = new ByteArrayOutputStream();
                for (int i = 0; i < 253; i++, number++) {
                    int pid = 0x20 + number % 0x1FDE;
                    body.writeBytes(new byte[] {
                        (byte) (number >> 8), (byte) number, (byte) (0xE0 | pid >> 8), (byte) pid,
                    });
                }
                writer.section(0, Sections.section(0, 1, version, true, section, 254, body.toByteArray()));
            }
        }
        Told told = readByAll(writer.toByteArray());
        assertThat(told.demuxer.programs()).isEmpty();
        assertThat(told.demuxer.count(TsFault.CRC)).isZero();
        assertThat(ProgramTables.MOST_PROGRAMS).isEqualTo(512);
    }

    @Test
    void sectionsThatNeverEndAreCutOffByTheNext() {
        TsWriter writer = new TsWriter();
        byte[] start = new byte[184];
        Arrays.fill(start, (byte) 0x11);
        System.arraycopy(new byte[] {0, 0x00, (byte) 0xBF, (byte) 0xFF, 0, 1, (byte) 0xC1, 0, 0}, 0, start, 0, 9);
        byte[] rest = new byte[184];
        for (int i = 0; i < 5000; i++) {
            writer.packet(PacketBuilder.of(0).payloadUnitStart().payload(start));
            writer.packet(PacketBuilder.of(0).payload(rest));
        }
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100));
        assertThat(readByAll(writer.toByteArray()).programs).hasSize(1);
    }

    @Test
    void sectionsWithoutLengthDoNotHoldUpTheNextOnes() {
        byte[] none = new byte[184];
        for (int at = 1; at + 3 <= none.length; at += 3) {
            none[at] = 0x42; // table_id, and a section_length of 0.
        }
        TsWriter writer = new TsWriter();
        for (int i = 0; i < 1000; i++) {
            writer.packet(PacketBuilder.of(0).payloadUnitStart().payload(none));
        }
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100, new byte[] {0x0A, 0}));
        assertThat(readByAll(writer.toByteArray()).programs).hasSize(1);
    }

    /** A PES packet begins on every PID, goes on, and never ends. */
    @Test
    void everyPidIsFollowed() {
        TsWriter writer = new TsWriter();
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100));
        int pids = 0;
        byte[] more = new byte[184];
        for (int round = 0; round < 3; round++) {
            for (int pid = 0x20; pid < 0x1FFF; pid++) {
                if (pid == 0x1000) {
                    continue;
                }
                if (round == 0) {
                    pids++;
                    writer.pes(
                            pid,
                            PesBuilder.of(PesBuilder.VIDEO)
                                    .pts(90_000)
                                    .unbounded()
                                    .payload(new byte[100]));
                } else {
                    writer.packet(PacketBuilder.of(pid).payload(more));
                }
            }
        }
        Told told = readByAll(writer.toByteArray());
        assertThat(told.pesPackets).isEqualTo(pids);
        assertThat(told.pesBytes).isEqualTo(pids * (100L + 2 * 184));
        assertThat(told.demuxer.count(TsFault.CONTINUITY)).isZero();
    }

    /** 40 MB of one PES packet: nothing is kept of it, and segments are as large as may be. */
    @Test
    void aPesPacketThatNeverEndsIsNotKept() {
        TsWriter writer = new TsWriter();
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100));
        writer.pes(
                0x100, PesBuilder.of(PesBuilder.VIDEO).pts(90_000).unbounded().payload(new byte[150]));
        byte[] head = writer.toByteArray();
        byte[] packet = new TsWriter()
                .packet(PacketBuilder.of(0x100).payload(new byte[184]))
                .toByteArray();
        Cut cut = new Cut();
        SegmentPolicy policy = SegmentPolicy.ofTarget(Duration.ofSeconds(2)).withMostBytes(4_000_000);
        Segmenter segmenter = new Segmenter(policy, cut);
        Told told = new Told();
        ByteBuf first = Unpooled.wrappedBuffer(head);
        segmenter.onData(first, 0);
        told.demuxer.onData(first);
        byte[] piece = new byte[16 * 500 * 188];
        for (int i = 0; i < 16 * 500; i++) {
            System.arraycopy(packet, 0, piece, 188 * i, 188);
            piece[188 * i + 3] = (byte) (0x10 | ((i + 1) & 0x0F));
        }
        ByteBuf again = Unpooled.wrappedBuffer(piece);
        int times = 40_000_000 / piece.length;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            segmenter.onData(again, 0);
            told.demuxer.onData(again);
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED_FOR_BYTES);
        segmenter.finish();
        told.demuxer.finish();
        assertThat(told.pesPackets).isEqualTo(1);
        assertThat(told.pesBytes).isEqualTo(150 + 184L * 16 * 500 * times);
        assertThat(cut.facts).hasSizeBetween(10, 12).allMatch(fact -> fact.bytes() <= 4_000_000);
    }

    @Test
    void zeroLengthEverything() {
        TsWriter writer = new TsWriter();
        writer.pat(1, new Sections.Program(1, 0x1000));
        writer.pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100, new byte[] {0x28, 0}, new byte[] {0x05, 0}));
        writer.packet(PacketBuilder.of(0x100).claimControl(3).claimAdaptationFieldLength(183));
        writer.packet(PacketBuilder.of(0x100).payloadUnitStart().claimControl(3).claimAdaptationFieldLength(183));
        writer.packet(PacketBuilder.of(0x100).payloadUnitStart().claimControl(3).claimAdaptationFieldLength(0));
        writer.packet(PacketBuilder.of(0x100).claimControl(0));
        for (int i = 0; i < 100; i++) {
            writer.pes(
                    0x100,
                    PesBuilder.of(PesBuilder.VIDEO).pts(90_000 + i).unbounded().payload(new byte[0]));
            writer.pes(
                    0x100,
                    PesBuilder.of(PesBuilder.VIDEO)
                            .pts(90_000 + i)
                            .claimLength(1)
                            .payload(new byte[0]));
            writer.pes(0x100, PesBuilder.of(PesBuilder.PRIVATE_1).payload(new byte[0]));
        }
        Told told = readByAll(writer.toByteArray());
        assertThat(told.programs).hasSize(1);
        assertThat(told.pesBytes).isZero();
        TsDemuxer demuxer = told.demuxer;
        long packets = demuxer.packets();
        demuxer.onData(Unpooled.EMPTY_BUFFER);
        demuxer.finish();
        demuxer.finish();
        assertThat(demuxer.packets()).isEqualTo(packets);
    }
}
