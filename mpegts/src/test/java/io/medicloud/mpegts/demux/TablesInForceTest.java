// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.Pmt;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.mpegts.psi.StreamType;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tables are in force, and what is told of them. */
class TablesInForceTest {
    private final TsWriter writer = new TsWriter();
    private final List<String> told = new ArrayList<>();
    private final ProgramTables tables = new ProgramTables(new Told(), (fault, pid) -> told.add(fault + " " + pid));

    private final class Told implements TablesSink {
        @Override
        public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
            told.add("table " + pid + " " + firstPacket + "-" + lastPacket);
        }

        @Override
        public void onPat(Pat pat) {
            told.add("pat " + pat.sectionNumber());
        }

        @Override
        public void onProgram(Program program) {
            told.add("program " + program.number());
        }

        @Override
        public void onProgramGone(Program program) {
            told.add("gone " + program.number());
        }
    }

    /** Hands the packets written since the last call to the tables. */
    private List<String> read() {
        told.clear();
        ByteBuf data = Unpooled.wrappedBuffer(writer.drain());
        for (int at = 0; at < data.readableBytes(); at += TsPacket.SIZE) {
            tables.onPacket(data, at, data.getInt(at), ContinuityCheck.IN_ORDER, at / TsPacket.SIZE);
        }
        return List.copyOf(told);
    }

    private List<Integer> programs() {
        return tables.programs().stream().map(Program::number).toList();
    }

    private static byte[] pat(int version, int number, int last, int program, int pmtPid) {
        byte[] body = {(byte) (program >> 8), (byte) program, (byte) (0xE0 | pmtPid >> 8), (byte) pmtPid};
        return Sections.section(0, 1, version, true, number, last, body);
    }

    private static byte[] pmt(int program) {
        return Sections.pmt(program, 0, 0x101, new Sections.Stream(0x1B, 0x101));
    }

    @Test
    void eachRepetitionOfATableIsToldAndEachChangeOnce() {
        writer.section(0, pat(0, 0, 0, 1, 0x100)).section(0x100, pmt(1));
        writer.section(0, pat(0, 0, 0, 1, 0x100)).section(0x100, pmt(1));
        assertThat(read())
                .containsExactly("table 0 0-0", "pat 0", "table 256 1-1", "program 1", "table 0 2-2", "table 256 3-3");
        assertThat(Objects.requireNonNull(tables.pat()).programs()).hasSize(1);
    }

    @Test
    void aTableInPartsLetsNothingGoBeforeItIsWhole() {
        writer.section(0, pat(0, 0, 1, 1, 0x100)).section(0, pat(0, 1, 1, 2, 0x200));
        writer.section(0x100, pmt(1)).section(0x200, pmt(2));
        read();
        assertThat(programs()).containsExactly(1, 2);
        writer.section(0, pat(1, 0, 1, 1, 0x100));
        assertThat(read()).doesNotContain("gone 2");
        assertThat(programs()).containsExactly(1, 2);
        writer.section(0, pat(1, 1, 1, 3, 0x300));
        assertThat(read()).contains("gone 2").doesNotContain("gone 1");
        writer.section(0x300, pmt(3));
        read();
        assertThat(programs()).containsExactly(1, 3);
        assertThat(tables.isTable(0x200)).isFalse();
        assertThat(tables.isTable(0x300)).isTrue();
    }

    @Test
    void fewerPartsThanBeforeAreAnotherTable() {
        writer.section(0, pat(0, 0, 1, 1, 0x100)).section(0, pat(0, 1, 1, 2, 0x200));
        writer.section(0x100, pmt(1)).section(0x200, pmt(2));
        read();
        writer.section(0, pat(0, 0, 0, 1, 0x100));
        assertThat(read()).contains("gone 2");
        assertThat(programs()).containsExactly(1);
    }

    @Test
    void aProgramWhoseMapMovesIsWaitedForAnew() {
        writer.section(0, pat(0, 0, 0, 1, 0x100)).section(0x100, pmt(1)).section(0, pat(1, 0, 0, 1, 0x110));
        assertThat(read()).contains("gone 1");
        assertThat(programs()).isEmpty();
        writer.section(0x100, pmt(1));
        assertThat(read()).isEmpty();
        writer.section(0x110, pmt(1));
        assertThat(read()).containsExactly("table 272 0-0", "program 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 0x0F, 0x1FFF})
    void aMapOnAPidThatIsReservedIsNone(int pid) {
        writer.section(0, pat(0, 0, 0, 0x201, pid));
        writer.section(pid, pmt(0x201));
        assertThat(read()).containsExactly("table 0 0-0", "pat 0");
        assertThat(tables.isTable(pid)).as("it is the PAT's").isEqualTo(pid == 0);
        assertThat(programs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x10, 0x1FFE})
    void anyOtherPidMayCarryAMap(int pid) {
        writer.section(0, pat(0, 0, 0, 0x201, pid));
        writer.section(pid, pmt(0x201));
        read();
        assertThat(programs()).containsExactly(0x201);
    }

    @Test
    void theFirstFiveHundredAndTwelveProgramsAreFollowed() {
        int number = 1;
        for (int section = 0; section < 3; section++) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int i = 0; i < 200; i++, number++) {
                body.writeBytes(new byte[] {(byte) (number >> 8), (byte) number, (byte) 0xE1, 0});
            }
            writer.section(0, Sections.section(0, 1, 0, true, section, 2, body.toByteArray()));
        }
        read();
        writer.section(0x100, pmt(512)).section(0x100, pmt(513));
        read();
        assertThat(programs()).containsExactly(512);
    }

    @Test
    void mapsOfOtherProgramsAndTablesNotYetInForceArePassedOver() {
        writer.section(0, pat(0, 0, 0, 0x201, 0x100));
        read();
        writer.section(0x100, pmt(0x101)).section(0x100, pmt(0x202)).section(0x100, Sections.pat(1, 1));
        writer.section(0x100, Sections.section(2, 0x201, 0, false, 0, 0, new byte[] {-1, -1, (byte) 0xF0, 0}));
        writer.section(0, Sections.section(0, 1, 5, false, 0, 0, new byte[] {0, 9, (byte) 0xE1, 0}));
        assertThat(read()).isEmpty();
        writer.section(0x100, pmt(0x201));
        assertThat(read()).containsExactly("table 256 0-0", "program 513");
    }

    @Test
    void aResetForgetsPrograms() {
        writer.section(0, pat(0, 0, 0, 1, 0x100)).section(0x100, pmt(1));
        read();
        tables.reset();
        assertThat(tables.isTable(0x100)).isFalse();
        assertThat(programs()).isEmpty();
        assertThat(tables.pat()).isNull();
        writer.section(0, pat(0, 0, 0, 1, 0x100)).section(0x100, pmt(1));
        assertThat(read()).contains("pat 0", "program 1");
    }

    @Test
    void aSectionInProgressIsDroppedWherePacketsAreMissing() {
        Sections.Stream[] many = new Sections.Stream[60];
        Arrays.setAll(many, i -> new Sections.Stream(0x1B, 0x400 + i));
        writer.section(0, pat(0, 0, 0, 1, 0x100));
        read();
        writer.pmt(0x100, 1, 0x400, many);
        byte[] packets = writer.drain();
        ByteBuf data = Unpooled.wrappedBuffer(packets);
        for (int at = 0; at < packets.length; at += TsPacket.SIZE) {
            tables.onPacket(data, at, data.getInt(at), ContinuityCheck.IN_ORDER, at);
            tables.abandonSections();
        }
        assertThat(programs()).isEmpty();
        for (int at = 0; at < packets.length; at += TsPacket.SIZE) {
            int verdict = at == TsPacket.SIZE ? ContinuityCheck.BROKEN : ContinuityCheck.IN_ORDER;
            tables.onPacket(data, at, data.getInt(at), verdict, at);
        }
        assertThat(programs()).isEmpty();
        for (int at = 0; at < packets.length; at += TsPacket.SIZE) {
            tables.onPacket(data, at, data.getInt(at), ContinuityCheck.IN_ORDER, at);
            tables.onPacket(data, at, data.getInt(at), ContinuityCheck.DUPLICATE, at);
        }
        assertThat(programs()).containsExactly(1);
    }

    @Test
    void subTablesAreToldApartByTableNumberAndPart() {
        byte[] body = {0, 1, -1};
        List<byte[]> sections = List.of(
                Sections.section(0x42, 0x0101, 0, true, 0, 1, body),
                Sections.section(0x46, 0x0101, 0, true, 0, 1, body),
                Sections.section(0x42, 0x0201, 0, true, 0, 1, body),
                Sections.section(0x42, 0x8101, 0, true, 0, 1, body),
                Sections.section(0x42, 0x0102, 0, true, 0, 1, body),
                Sections.section(0x42, 0x0181, 0, true, 0, 1, body),
                Sections.section(0x42, 0x0101, 0, true, 1, 1, body));
        for (int round = 0; round < 3; round++) {
            sections.forEach(section -> writer.section(0x11, section));
        }
        List<Sdt> services = new ArrayList<>();
        TsDemuxer demuxer = new TsDemuxer(new DemuxSink() {
            @Override
            public void onSdt(Sdt table) {
                services.add(table);
            }
        });
        demuxer.onData(Unpooled.wrappedBuffer(writer.toByteArray()));
        demuxer.finish();
        assertThat(services).hasSize(sections.size());
    }

    @Test
    void spliceInformationIsReadOfTheProgramsThatAreFollowed() {
        List<String> faults = new ArrayList<>();
        SpliceSink sink = new SpliceSink() {
            @Override
            public void onSplice(int pid, long packet, SpliceInfo splice) {
                told.add("splice " + pid + " " + packet);
            }
        };
        SpliceTables splices = new SpliceTables(sink, (fault, pid) -> faults.add(fault + " " + pid));
        splices.follow(List.of(program(1, 0x501), program(2, 0x502)));
        assertThat(splices.pids()).containsExactly(0x501, 0x502);
        splices.follow(List.of(program(2, 0x502)));
        assertThat(splices.pids()).containsExactly(0x502);
        assertThat(splices.isTable(0x501)).isFalse();
        assertThat(splices.isTable(0x502)).isTrue();
        // A section of another table, a packet of another PID, and a section whose CRC is right and whose command ends
        // too early.
        writer.section(0x502, Sections.section(0x55, 0, 0, true, 0, 0, new byte[4]));
        ByteBuf data = Unpooled.wrappedBuffer(writer.drain());
        splices.onPacket(data, 0, data.getInt(0), ContinuityCheck.IN_ORDER, 0);
        splices.onPacket(data, 0, data.getInt(0) ^ 0x0001_0000, ContinuityCheck.IN_ORDER, 0);
        assertThat(faults).isEmpty();
        writer.section(0x502, Sections.section(0xFC, 0, 0, true, 0, 0, new byte[4]));
        data = Unpooled.wrappedBuffer(writer.drain());
        splices.onPacket(data, 0, data.getInt(0), ContinuityCheck.IN_ORDER, 0);
        assertThat(told).isEmpty();
        assertThat(faults).containsExactly(TsFault.SECTION + " " + 0x502);
    }

    private static Program program(int number, int pid) {
        byte[] pmt = Sections.pmt(
                number,
                0,
                0x101,
                new byte[] {5, 4, 'C', 'U', 'E', 'I'},
                List.of(new Sections.Stream(StreamType.SCTE_35, pid)));
        return new Program(number, 0x100, Objects.requireNonNull(Pmt.parse(pmt, pmt.length)));
    }

    @Test
    void privateStreamsAreSoundIfADescriptorSaysSo() {
        for (String sound : List.of("Opus", "AC-3", "EAC3", "AC-4", "DTS1", "DTS2", "DTS3", "BSSD")) {
            assertThat(privateStream(Sections.registration(sound)).isAudio())
                    .as(sound)
                    .isTrue();
        }
        assertThat(privateStream(Sections.registration("KLVA")).isAudio()).isFalse();
        for (int tag : new int[] {0x6A, 0x7A, 0x7B, 0x7C}) {
            assertThat(privateStream(new byte[] {(byte) tag, 1, 0}).isAudio())
                    .as("tag %x", tag)
                    .isTrue();
        }
        assertThat(privateStream(new byte[] {0x59, 1, 0}).isAudio()).isFalse();
        for (int extension : new int[] {0x0E, 0x15, 0x21, 0x80}) {
            assertThat(privateStream(new byte[] {0x7F, 1, (byte) extension}).isAudio())
                    .as("extension %x", extension)
                    .isTrue();
        }
        assertThat(privateStream(new byte[] {0x7F, 1, 0x20}).isAudio()).isFalse();
        assertThat(privateStream(new byte[] {0x7F, 0}).isAudio()).isFalse();
        assertThat(privateStream().isAudio()).isFalse();
    }

    private static ElementaryStream privateStream(byte[]... descriptors) {
        byte[] pmt = Sections.pmt(1, 0, 0x101, new Sections.Stream(StreamType.PRIVATE_PES, 0x101, descriptors));
        return Objects.requireNonNull(Pmt.parse(pmt, pmt.length)).streams().get(0);
    }
}
