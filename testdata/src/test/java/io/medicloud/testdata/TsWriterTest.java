// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TsWriterTest {
    private static final int PID = 0x100;

    @Test
    void theCrcIsThatOfAnnexA() {
        byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(SlowCrc32.of(check, 0, check.length)).isEqualTo(0x0376E6E7);
    }

    @Test
    void aPatAndAPmtHaveTheBytesThatRealMuxersWrite() {
        assertThat(Sections.pat(1, 0, new Sections.Program(1, 0x100)))
                .isEqualTo(hex("00B00D0001C100000001E100E8F95E7D"));
        assertThat(Sections.pmt(1, 1, 0x102, new Sections.Stream(0x1B, 0x102)))
                .isEqualTo(hex("02B0120001C30000E102F0001BE102F000AEA26BC0"));
    }

    @Property
    void aSectionsCrcIsRightUntilItIsSpoilt(
            @ForAll @IntRange(max = 255) int tableId,
            @ForAll @IntRange(max = 31) int version,
            @ForAll @Size(max = 1012) byte[] body) {
        byte[] section = Sections.section(tableId, 7, version, true, 0, 0, body);
        assertThat(SlowCrc32.of(section, 0, section.length)).isZero();
        byte[] bad = Sections.withBadCrc(section);
        assertThat(SlowCrc32.of(bad, 0, bad.length)).isNotZero();
    }

    @Property
    void sectionsOfAnyLengthsComeBackFromTheirPackets(
            @ForAll("bodies") List<byte[]> bodies, @ForAll TsWriter.Fill fill) {
        List<byte[]> sections = new ArrayList<>();
        for (byte[] body : bodies) {
            sections.add(Sections.section(0x40, 7, 0, true, 0, 0, body));
        }
        byte[] stream = new TsWriter()
                .sections(PID, fill, sections.toArray(byte[][]::new))
                .toByteArray();
        Packets.assertContinuous(stream);
        assertThat(reassembled(stream)).containsExactlyElementsOf(sections);
    }

    @Provide
    Arbitrary<List<byte[]>> bodies() {
        return Arbitraries.bytes()
                .array(byte[].class)
                .ofMinSize(0)
                .ofMaxSize(500)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Property
    void aPesPacketComesBackFromItsPackets(
            @ForAll @Size(max = 2000) byte[] payload,
            @ForAll @LongRange(max = (1L << 33) - 1) long pts,
            @ForAll @LongRange(max = (1L << 33) - 1) long dts,
            @ForAll @IntRange(max = 32) int headerStuffing,
            @ForAll boolean withPcr) {
        PesBuilder pes = PesBuilder.of(PesBuilder.VIDEO)
                .pts(pts)
                .dts(dts)
                .headerStuffing(headerStuffing)
                .payload(payload);
        byte[] stream = new TsWriter()
                .pes(PID, pes, withPcr ? new AdaptationField().pcr(pts * 300) : null)
                .toByteArray();
        Packets.assertContinuous(stream);
        byte[] bytes = Packets.payload(stream, PID);
        assertThat(bytes).isEqualTo(pes.build());
        assertThat(bytes).startsWith(0, 0, 1, 0xE0);
        assertThat((bytes[4] & 0xFF) << 8 | (bytes[5] & 0xFF)).isEqualTo(bytes.length - 6);
        assertThat(time(bytes, 9)).isEqualTo(pts);
        assertThat(time(bytes, 14)).isEqualTo(dts);
        assertThat(Arrays.copyOfRange(bytes, 9 + bytes[8], bytes.length)).isEqualTo(payload);
        if (withPcr) {
            assertThat(Packets.pcr(Packets.of(stream).get(0))).isEqualTo(pts * 300);
        }
    }

    @Test
    void timesWrapAt33Bits() {
        byte[] pes =
                PesBuilder.of(PesBuilder.VIDEO).pts((1L << 33) + 5).dts(-3600).build();
        assertThat(time(pes, 9)).isEqualTo(5);
        assertThat(time(pes, 14)).isEqualTo((1L << 33) - 3600);
        byte[] packet = new TsWriter().pcr(PID, ((1L << 33) + 5) * 300 + 299).toByteArray();
        assertThat(Packets.pcr(packet)).isEqualTo(5 * 300 + 299);
    }

    @Property
    void countersRunOnEveryPidAndStandStillWithoutPayload(
            @ForAll @Size(max = 200) List<@IntRange(min = 0x20, max = 0x23) Integer> pids) {
        TsWriter writer = new TsWriter();
        for (int pid : pids) {
            writer.packet(PacketBuilder.of(pid).payload((byte) 1)).pcr(pid, 0).nullPacket();
        }
        Packets.assertContinuous(writer.toByteArray());
        assertThat(writer.packets()).isEqualTo(3L * pids.size());
    }

    @Property
    void everyPacketHas188BytesWhateverItsPayload(@ForAll @Size(max = 184) byte[] payload) {
        byte[] packet =
                new TsWriter().packet(PacketBuilder.of(PID).payload(payload)).toByteArray();
        assertThat(packet).hasSize(188);
        assertThat(Packets.payload(packet)).isEqualTo(payload);
    }

    @Test
    void aPayloadThatDoesNotFitIsRefused() {
        PacketBuilder packet = PacketBuilder.of(PID).adaptationField(new AdaptationField().pcr(0));
        assertThatThrownBy(() -> new TsWriter().packet(packet.payload(new byte[177])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("177 bytes of payload in 176");
    }

    @Test
    void longPacketsCarryTheSame188Bytes() {
        for (PacketFormat format : PacketFormat.values()) {
            byte[] stream = new TsWriter(format)
                    .pat(1, new Sections.Program(1, 0x1000))
                    .nullPacket()
                    .toByteArray();
            byte[] plain = new TsWriter()
                    .pat(1, new Sections.Program(1, 0x1000))
                    .nullPacket()
                    .toByteArray();
            assertThat(stream).hasSize(2 * format.size());
            int sync = format == PacketFormat.M2TS_192 ? 4 : 0;
            assertThat(Arrays.copyOfRange(stream, sync, sync + 188)).isEqualTo(Arrays.copyOf(plain, 188));
            assertThat(Arrays.copyOfRange(stream, format.size() + sync, format.size() + sync + 188))
                    .isEqualTo(Arrays.copyOfRange(plain, 188, 376));
        }
    }

    @Test
    void damageIsDoneAsOrdered() {
        TsWriter writer = new TsWriter()
                .packet(PacketBuilder.of(PID).payload((byte) 1))
                .gap(PID, 3)
                .packet(PacketBuilder.of(PID).payload((byte) 2))
                .duplicate()
                .changedCopy(copy -> copy[0] = 0x46)
                .packet(PacketBuilder.of(PID).transportError().scrambled(2).payload((byte) 3));
        byte[] stream = writer.truncated(100);
        assertThat(stream).hasSize(4 * 188 + 88);
        assertThat(Packets.counter(Arrays.copyOfRange(stream, 188, 376))).isEqualTo(4);
        assertThat(Arrays.copyOfRange(stream, 376, 564)).isEqualTo(Arrays.copyOfRange(stream, 188, 376));
        assertThat(stream[564]).isEqualTo((byte) 0x46);
        assertThat(stream[753] & 0x80).isEqualTo(0x80);
        assertThat(stream[755] & 0xFF).isEqualTo(0x80 | 0x30 | 5);
    }

    private static List<byte[]> reassembled(byte[] stream) {
        List<byte[]> sections = new ArrayList<>();
        ByteArrayOutputStream open = new ByteArrayOutputStream();
        for (byte[] packet : Packets.of(stream)) {
            byte[] payload = Packets.payload(packet);
            int from = 0;
            if (Packets.isStart(packet)) {
                int pointer = payload[0] & 0xFF;
                open.write(payload, 1, pointer);
                from = 1 + pointer;
                collect(open, sections);
                assertThat(open.size()).as("a section ends before a pointer").isZero();
            }
            open.write(payload, from, payload.length - from);
            collect(open, sections);
        }
        return sections;
    }

    private static void collect(ByteArrayOutputStream open, List<byte[]> sections) {
        byte[] bytes = open.toByteArray();
        int at = 0;
        while (at + 3 <= bytes.length && bytes[at] != (byte) 0xFF) {
            int end = at + 3 + ((bytes[at + 1] & 15) << 8 | (bytes[at + 2] & 0xFF));
            if (end > bytes.length) {
                break;
            }
            sections.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        open.reset();
        if (at < bytes.length && bytes[at] != (byte) 0xFF) {
            open.write(bytes, at, bytes.length - at);
        }
    }

    private static long time(byte[] pes, int at) {
        return (pes[at] >> 1 & 7L) << 30
                | (pes[at + 1] & 0xFFL) << 22
                | (pes[at + 2] >> 1 & 0x7FL) << 15
                | (pes[at + 3] & 0xFFL) << 7
                | (pes[at + 4] >> 1 & 0x7FL);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
