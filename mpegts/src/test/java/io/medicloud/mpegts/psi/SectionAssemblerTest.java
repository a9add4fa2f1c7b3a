// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.SlowCrc32;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SectionAssemblerTest {
    private static final int PID = 0x40;

    private final List<byte[]> sections = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private final List<TsFault> faults = new ArrayList<>();
    private final SectionAssembler assembler = new SectionAssembler(
            PID,
            (pid, section, length, firstPacket, lastPacket) -> {
                sections.add(Arrays.copyOf(section, length));
                places.add(firstPacket + "-" + lastPacket);
            },
            (fault, pid) -> faults.add(fault));

    private void take(byte[] packets) {
        ByteBuf data = Unpooled.wrappedBuffer(packets);
        for (int at = 0; at < packets.length; at += 188) {
            TsPacket packet = new TsPacket(data, at);
            assembler.onPayload(data, packet.payloadStart(), packet.end(), packet.isUnitStart(), at / 188);
        }
    }

    private static byte[] section(int number, int bytes) {
        byte[] body = new byte[bytes - 12];
        new Random(number).nextBytes(body);
        return Sections.section(0x40 + number, number, 0, true, 0, 0, body);
    }

    @Property(tries = 200)
    void sectionsOfAnyLengthsComeBackFromPacketsFilledEitherWay(@ForAll long seed) {
        Random random = new Random(seed);
        byte[][] written = new byte[1 + random.nextInt(8)][];
        for (int i = 0; i < written.length; i++) {
            written[i] = section(i, 12 + random.nextInt(random.nextBoolean() ? 300 : 4085));
        }
        TsWriter.Fill fill = random.nextBoolean() ? TsWriter.Fill.BEHIND : TsWriter.Fill.ADAPTATION_FIELD;
        sections.clear();
        take(new TsWriter().sections(PID, fill, written).toByteArray());
        assertThat(sections).usingElementComparator(Arrays::compare).containsExactly(written);
        assertThat(faults).isEmpty();
    }

    @Test
    void aSectionIsToldWithThePacketThatCompletesIt() {
        take(new TsWriter()
                .sections(PID, TsWriter.Fill.BEHIND, section(0, 300), section(1, 20), section(2, 200))
                .toByteArray());
        assertThat(places).containsExactly("0-1", "1-1", "1-2");
    }

    @Test
    void aSectionWithAWrongCrcIsReportedAndDropped() {
        take(new TsWriter()
                .section(PID, Sections.withBadCrc(section(0, 30)))
                .section(PID, section(1, 30))
                .toByteArray());
        assertThat(sections).hasSize(1);
        assertThat(faults).containsExactly(TsFault.CRC);
    }

    @Test
    void aSectionWithMissingPacketsIsDropped() {
        byte[] packets = new TsWriter()
                .section(PID, section(0, 500))
                .section(PID, section(1, 30))
                .toByteArray();
        take(Arrays.copyOf(packets, 188));
        assertThat(assembler.isWithinSection()).isTrue();
        assembler.abandon();
        assertThat(assembler.isWithinSection()).isFalse();
        take(Arrays.copyOfRange(packets, 376, packets.length));
        assertThat(sections).hasSize(1);
        assertThat(faults).isEmpty();
    }

    @Test
    void aPointerBeyondThePacketIsReported() {
        byte[] packet = new TsWriter().section(PID, section(0, 30)).toByteArray();
        packet[4] = (byte) 184;
        take(packet);
        assertThat(sections).isEmpty();
        assertThat(faults).containsExactly(TsFault.SECTION);
    }

    @Property(tries = 300)
    void anyBytesAreTaken(@ForAll @Size(max = 6000) byte[] bytes, @ForAll long seed) {
        Random random = new Random(seed);
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + random.nextInt(185));
            assembler.onPayload(data, at, end, random.nextInt(4) == 0, 0);
            at = Math.max(at + 1, end);
        }
    }

    @Test
    void theCrcIsThatOfTheStandard() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(Crc32Mpeg.of(digits, 0, 9)).isEqualTo(0x0376_E6E7);
        byte[] pat = HexFormat.of().parseHex("00B00D0001C100000001E100E8F95E7D");
        assertThat(Crc32Mpeg.of(pat, 0, pat.length)).isZero();
    }

    @Property
    void theCrcIsThatOfTheSlowWay(@ForAll byte[] bytes) {
        assertThat(Crc32Mpeg.of(bytes, 0, bytes.length)).isEqualTo(SlowCrc32.of(bytes, 0, bytes.length));
    }

    @Property(tries = 100)
    void whatTheWriterWritesIsReadBack(@ForAll long seed) {
        byte[] section = section(1, 12 + new Random(seed).nextInt(4085));
        byte[] packets = PsiWriter.write(section, section.length, PID, 14);
        assertThat(packets.length).isEqualTo(PsiWriter.packets(section.length) * 188);
        sections.clear();
        take(packets);
        assertThat(sections).usingElementComparator(Arrays::compare).containsExactly(section);
        for (int at = 0; at < packets.length; at += 188) {
            TsPacket packet = new TsPacket(Unpooled.wrappedBuffer(packets), at);
            assertThat(packet.pid()).isEqualTo(PID);
            assertThat(packet.continuityCounter()).isEqualTo(14 + at / 188 & 15);
        }
    }
}
