// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.Samples;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class TsDemuxerTest {
    private static final int PMT = 0x100;
    private static final int VIDEO = 0x101;
    private static final byte[] PICTURE = new byte[500];

    static {
        new Random(2).nextBytes(PICTURE);
    }

    private final TsWriter writer = new TsWriter();

    /** What a demuxer told. */
    private static final class Told implements DemuxSink {
        final List<String> events = new ArrayList<>();
        final Map<Integer, ByteArrayOutputStream> data = new TreeMap<>();

        @Override
        public void onPat(Pat pat) {
            events.add("pat " + pat.programs());
        }

        @Override
        public void onProgram(Program program) {
            events.add("program " + program);
        }

        @Override
        public void onProgramGone(Program program) {
            events.add("gone " + program.number());
        }

        @Override
        public void onPcr(int pid, long packet, long pcr, boolean discontinuity) {
            events.add("pcr " + pid + " " + packet + " " + pcr + " " + discontinuity);
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            events.add("pes " + pid + " " + packet + " " + header.pts() + " " + header.dts() + " " + header.streamId());
        }

        @Override
        public void onPesData(int pid, ByteBuf buffer, int from, int to) {
            data.computeIfAbsent(pid, p -> new ByteArrayOutputStream())
                    .writeBytes(ByteBufUtil.getBytes(buffer, from, to - from));
        }

        @Override
        public void onPesBroken(int pid) {
            events.add("broken " + pid);
        }

        @Override
        public void onFault(TsFault fault, int pid) {
            events.add(fault + " " + pid);
        }

        List<String> of(String kind) {
            return events.stream().filter(event -> event.startsWith(kind)).toList();
        }

        Map<Integer, Integer> hashes() {
            Map<Integer, Integer> hashes = new TreeMap<>();
            data.forEach((pid, bytes) -> hashes.put(pid, Arrays.hashCode(bytes.toByteArray())));
            return hashes;
        }
    }

    private static Told demux(byte[] stream, ChunkSplitter pieces) {
        Told told = new Told();
        try (LeakGuard guard = new LeakGuard()) {
            TsDemuxer demuxer = new TsDemuxer(told);
            pieces.lend(stream, guard.allocator(), demuxer::onData);
            demuxer.finish();
        }
        return told;
    }

    private Told demux() {
        return demux(writer.toByteArray(), ChunkSplitter.every(1316));
    }

    private TsWriter tables(Sections.Stream... streams) {
        return writer.pat(1, new Sections.Program(1, PMT)).pmt(PMT, 1, VIDEO, streams);
    }

    private static PesBuilder pes(long pts) {
        return PesBuilder.of(PesBuilder.VIDEO)
                .pts(pts)
                .dts(pts - 3600)
                .unbounded()
                .payload(PICTURE);
    }

    @Test
    void aStreamIsToldInItsOrder() {
        tables(new Sections.Stream(0x1B, VIDEO))
                .pes(VIDEO, pes(9000), new AdaptationField().pcr(300))
                .pes(VIDEO, pes(12600));
        Told told = demux();
        assertThat(told.events.get(0)).startsWith("pat ");
        assertThat(told.events.get(1)).startsWith("program ");
        assertThat(told.events.subList(2, 5))
                .containsExactly("pcr 257 2 300 false", "pes 257 2 9000 5400 224", "pes 257 5 12600 9000 224");
        assertThat(told.events).hasSize(5);
        assertThat(told.data.get(VIDEO).toByteArray())
                .hasSize(2 * PICTURE.length)
                .startsWith(PICTURE);
    }

    @Test
    void aPesPacketIsToldNoFurtherOnceTheSinkPassesOverIt() {
        byte[] picture = new byte[1000];
        tables(new Sections.Stream(0x1B, VIDEO))
                .pes(
                        VIDEO,
                        PesBuilder.of(PesBuilder.VIDEO).pts(9000).unbounded().payload(picture))
                .pes(VIDEO, pes(12600), new AdaptationField().pcr(300));
        List<String> told = new ArrayList<>();
        class Curious implements DemuxSink {
            TsDemuxer demuxer;

            @Override
            public void onPesStart(int pid, long packet, PesHeader header) {
                told.add("pes " + header.pts());
            }

            @Override
            public void onPesData(int pid, ByteBuf data, int from, int to) {
                told.add("data");
                demuxer.passOver(pid);
                demuxer.passOver(pid + 1);
            }

            @Override
            public void onPcr(int pid, long packet, long pcr, boolean discontinuity) {
                told.add("pcr");
            }
        }
        Curious sink = new Curious();
        sink.demuxer = new TsDemuxer(sink);
        sink.demuxer.onData(Unpooled.wrappedBuffer(writer.toByteArray()));
        sink.demuxer.finish();
        assertThat(told).containsExactly("pes 9000", "data", "pcr", "pes 12600", "data");
        assertThat(sink.demuxer.packets()).isEqualTo(writer.packets());
        assertThat(sink.demuxer.count(TsFault.CONTINUITY)).isZero();
    }

    @Test
    void pesPacketsAreToldBeforeAnyTable() {
        writer.pes(VIDEO, pes(9000)).pes(VIDEO, pes(12600));
        assertThat(demux().of("pes")).hasSize(2);
    }

    @Test
    void repeatedTablesAreToldOnceAndChangedOnesAgain() {
        Sections.Stream video = new Sections.Stream(0x1B, VIDEO);
        tables(video);
        tables(video);
        writer.pmt(PMT, 1, VIDEO, video, new Sections.Stream(0x0F, 0x102));
        writer.pat(1, new Sections.Program(2, 0x200));
        Told told = demux();
        assertThat(told.of("pat")).hasSize(2);
        assertThat(told.of("program")).hasSize(2);
        assertThat(told.of("gone")).containsExactly("gone 1");
    }

    @Test
    void programsOfAPatInTwoSectionsStandTogether() {
        Told told = new Told();
        ProgramTables tables = new ProgramTables(told, told);
        byte[][] halves = new byte[2][];
        for (int i = 0; i < 2; i++) {
            byte[] entry = {0, (byte) (i + 1), (byte) 0xE1, (byte) i};
            halves[i] = Sections.section(0, 1, 0, true, i, 1, entry);
        }
        writer.section(0, halves[0]).section(0, halves[1]);
        writer.pmt(0x100, 1, VIDEO, new Sections.Stream(0x1B, VIDEO))
                .pmt(0x101, 2, 0x201, new Sections.Stream(0x1B, 0x201));
        writer.section(0, halves[0]).section(0, halves[1]);
        ByteBuf packets = Unpooled.wrappedBuffer(writer.toByteArray());
        for (int at = 0; at < packets.writerIndex(); at += 188) {
            if (tables.isTable(packets.getShort(at + 1) & 0x1FFF)) {
                tables.onPacket(packets, at, packets.getInt(at), 0, at / 188);
            }
        }
        assertThat(tables.programs()).extracting(Program::number).containsExactly(1, 2);
        assertThat(told.of("gone")).isEmpty();
    }

    @Test
    void missingPacketsBreakThePesPacketAndNoOther() {
        tables(new Sections.Stream(0x1B, VIDEO)).pes(VIDEO, pes(9000)).gap(VIDEO, 1);
        writer.packet(PacketBuilder.of(VIDEO).payload(new byte[184])).pes(VIDEO, pes(12600));
        Told told = demux();
        assertThat(told.events.subList(2, 6))
                .containsExactly("pes 257 2 9000 5400 224", "CONTINUITY 257", "broken 257", "pes 257 6 12600 9000 224");
        assertThat(told.data.get(VIDEO).size()).isEqualTo(2 * PICTURE.length);
    }

    @Test
    void aCopyOfAPacketIsReadOnce() {
        tables(new Sections.Stream(0x1B, VIDEO))
                .pes(VIDEO, pes(9000))
                .duplicate()
                .pes(VIDEO, pes(12600));
        Told told = demux();
        assertThat(told.of("CONTINUITY")).isEmpty();
        assertThat(told.data.get(VIDEO).size()).isEqualTo(2 * PICTURE.length);
    }

    @Test
    void scrambledPayloadIsNotLookedAt() {
        tables(new Sections.Stream(0x1B, VIDEO)).pes(VIDEO, pes(9000));
        writer.packet(PacketBuilder.of(VIDEO).scrambled(2).payloadUnitStart().payload(new byte[184]));
        Told told = demux();
        assertThat(told.of("pes")).hasSize(1);
        assertThat(told.of("PES")).isEmpty();
    }

    @Test
    void aPesPacketWithoutItsStartCodeIsReportedIfTheTablesNameItsPid() {
        tables(new Sections.Stream(0x1B, VIDEO), new Sections.Stream(0x05, 0x102));
        for (int pid : new int[] {VIDEO, 0x102, 0x103}) {
            writer.packet(PacketBuilder.of(pid).payloadUnitStart().payload(new byte[184]));
        }
        assertThat(demux().of("PES")).containsExactly("PES 257");
    }

    @TestFactory
    Stream<DynamicTest> realStreamsAreToldAlikeWhateverThePieces() {
        return Samples.streams().stream()
                .map((Path file) -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    byte[] stream = Samples.read(file);
                    Told whole = demux(stream, ChunkSplitter.every(stream.length));
                    Told pieces = demux(stream, ChunkSplitter.random(stream.length, 1, 4000));
                    assertThat(pieces.events).isEqualTo(whole.events);
                    assertThat(pieces.hashes()).isEqualTo(whole.hashes());
                    assertThat(whole.events).isNotEmpty();
                }));
    }

    @Property(tries = 200)
    void anyBytesAreTaken(@ForAll @Size(max = 3000) byte[] bytes, @ForAll long seed) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(new TsWriter()
                .pat(1, new Sections.Program(1, PMT))
                .pmt(PMT, 1, VIDEO, new Sections.Stream(0x1B, VIDEO))
                .pes(VIDEO, pes(Pts.HZ))
                .toByteArray());
        for (int at = 0; at + 187 <= bytes.length; at += 187) {
            stream.write(0x47);
            stream.write(bytes, at, 187);
        }
        Told whole = demux(stream.toByteArray(), ChunkSplitter.every(5000));
        assertThat(demux(stream.toByteArray(), ChunkSplitter.random(seed, 1, 700)).events)
                .isEqualTo(whole.events);
    }

    @Test
    void whatIsPassedOverIsToldNoFurther() {
        tables(new Sections.Stream(0x1B, VIDEO));
        for (int i = 0; i < 4; i++) {
            writer.pes(VIDEO, PesBuilder.of(PesBuilder.VIDEO).pts(3600L * i).payload(PICTURE));
        }
        List<Integer> lengths = new ArrayList<>();
        TsDemuxer[] demuxer = new TsDemuxer[1];
        demuxer[0] = new TsDemuxer(new DemuxSink() {
            @Override
            public void onPesStart(int pid, long packet, PesHeader header) {
                lengths.add(0);
                if (lengths.size() % 2 == 1) {
                    demuxer[0].passOver(pid);
                }
            }

            @Override
            public void onPesData(int pid, ByteBuf buffer, int from, int to) {
                lengths.set(lengths.size() - 1, lengths.get(lengths.size() - 1) + to - from);
            }
        });
        demuxer[0].passOver(VIDEO); // Of which nothing is known yet.
        demuxer[0].onData(Unpooled.wrappedBuffer(writer.toByteArray()));
        demuxer[0].finish();
        assertThat(lengths).containsExactly(0, PICTURE.length, 0, PICTURE.length);
    }

    @Test
    void itTellsWhereAndHowLongPacketsAreAndWhichProgramsThereAre() {
        tables(new Sections.Stream(0x1B, VIDEO));
        for (int i = 0; i < 10; i++) {
            writer.nullPacket();
        }
        byte[] packets = writer.toByteArray();
        byte[] stream = new byte[packets.length + 3];
        System.arraycopy(packets, 0, stream, 3, packets.length);
        stream[3 + 188 * 6] = 0;
        TsDemuxer demuxer = new TsDemuxer(new Told());
        assertThat(demuxer.packetSize()).isZero();
        assertThat(demuxer.firstPacketOffset()).isEqualTo(-1);
        demuxer.onData(Unpooled.wrappedBuffer(stream));
        assertThat(demuxer.packetSize()).isEqualTo(188);
        assertThat(demuxer.firstPacketOffset()).isEqualTo(3);
        demuxer.finish();
        assertThat(demuxer.packets()).isEqualTo(12);
        assertThat(demuxer.programs()).hasSize(1);
    }

    @Test
    void anErrorOnItsWayBreaksThePesPacket() {
        tables(new Sections.Stream(0x1B, VIDEO));
        writer.pes(VIDEO, PesBuilder.of(PesBuilder.VIDEO).pts(0).payload(PICTURE));
        writer.packet(PacketBuilder.of(VIDEO).transportError().payload(PICTURE[0]));
        writer.pes(VIDEO, PesBuilder.of(PesBuilder.VIDEO).pts(3600).payload(PICTURE));
        Told told = demux();
        assertThat(told.of("broken")).containsExactly("broken " + VIDEO);
        assertThat(told.of("pes")).hasSize(2);
    }

    @Test
    void anAdaptationFieldLongerThanItsPacketIsReported() {
        writer.packet(PacketBuilder.of(VIDEO)
                .adaptationField(new AdaptationField().pcr(5))
                .claimAdaptationFieldLength(200));
        for (int i = 0; i < 5; i++) {
            writer.nullPacket();
        }
        Told told = demux();
        assertThat(told.of(TsFault.ADAPTATION_FIELD.toString())).hasSize(1);
        assertThat(told.of("pcr")).isEmpty();
    }
}
