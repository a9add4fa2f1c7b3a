// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SpliceInfoTest {
    private static SpliceInfo parse(byte[] section) {
        assertThat(SpliceInfo.isIntact(section, section.length)).isTrue();
        return Objects.requireNonNull(SpliceInfo.parse(section, section.length));
    }

    private static SpliceInfo parse(String base64) {
        return parse(Base64.getDecoder().decode(base64));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** The examples that SCTE 35 itself has (14.1 to 14.4). */
    @Test
    void theExamplesOfTheStandardSayWhatTheStandardSays() {
        SpliceInfo start = parse("/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==");
        assertThat(start.command()).isEqualTo(new SpliceCommand.TimeSignal(0x0_72BD_0050L));
        SpliceDescriptor.Segmentation segmentation =
                (SpliceDescriptor.Segmentation) start.descriptors().get(0);
        assertThat(segmentation.eventId()).isEqualTo(0x4800_008EL);
        assertThat(segmentation.durationTicks()).isEqualTo(0x01_A599_B0L);
        assertThat(segmentation.upidType()).isEqualTo(8);
        assertThat(segmentation.upid()).isEqualTo("000000002ca0a18a");
        assertThat(segmentation.typeName()).isEqualTo("Provider Placement Opportunity Start");
        assertThat(segmentation.segmentNum()).isEqualTo(2);
        assertThat(segmentation.restrictions()).isEqualTo(new SpliceDescriptor.Restrictions(false, true, true, 3));

        SpliceInfo insert = parse("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=");
        assertThat(insert.command().name()).isEqualTo("splice_insert");
        SpliceCommand.SpliceInsert command = (SpliceCommand.SpliceInsert) insert.command();
        assertThat(command.eventId()).isEqualTo(0x4800_008FL);
        assertThat(command.outOfNetwork()).isTrue();
        assertThat(command.pts()).isEqualTo(0x0_7369_C02EL);
        assertThat(command.breakDuration()).isEqualTo(new SpliceCommand.BreakDuration(true, 0x52_CCF5L));
        assertThat(insert.descriptors()).containsExactly(new SpliceDescriptor.Avail(0x135));

        SpliceInfo end = parse("/DAvAAAAAAAA///wBQb+dGKQoAAZAhdDVUVJSAAAjn+fCAgAAAAALKChijUCAKnMZ1g=");
        assertThat(end.pts()).isEqualTo(0x0_7462_90A0L);
        assertThat(((SpliceDescriptor.Segmentation) end.descriptors().get(0)).typeId())
                .isEqualTo(0x35);
        SpliceInfo two = parse(
                "/DBIAAAAAAAA///wBQb+ek2ItgAyAhdDVUVJSAAAGH+fCAgAAAAALMvDRBEAAAIXQ1VFSUgAABl/nwgIAAAAACyk26AQAACZcuND");
        assertThat(two.descriptors())
                .extracting(d -> ((SpliceDescriptor.Segmentation) d).typeName())
                .containsExactly("Program End", "Program Start");
    }

    @Test
    void theAdjustmentIsAddedInThirtyThreeBits() {
        long adjustment = Pts.WRAP - 1000;
        byte[] section = SpliceSections.section(adjustment, 0x06, SpliceSections.time(3000));
        SpliceInfo splice = parse(section);
        assertThat(splice.ptsAdjustment()).isEqualTo(adjustment);
        assertThat(splice.pts()).isEqualTo(2000);
        assertThat(parse(SpliceSections.section(5, 0x06, SpliceSections.time(Pts.WRAP - 1)))
                        .pts())
                .isEqualTo(4);
    }

    @Test
    void aTimeThatIsNotSaidIsNone() {
        assertThat(parse(SpliceSections.section(900, 0x06, hex("7F"))).pts()).isEqualTo(Pts.NONE);
        SpliceInfo immediate = parse(SpliceSections.section(900, 0x05, hex("00000007 7F DF 0001 00 00")));
        assertThat(immediate.pts()).isEqualTo(Pts.NONE);
        assertThat(((SpliceCommand.SpliceInsert) immediate.command()).immediate())
                .isTrue();
    }

    @Test
    void componentsSpliceAtTimesOfTheirOwn() {
        byte[] command = hex("00000009 7F 8F 02 11 FE00000064 12 7F 0001 00 00");
        SpliceCommand.SpliceInsert insert = (SpliceCommand.SpliceInsert)
                parse(SpliceSections.section(1, 0x05, command)).command();
        assertThat(insert.components())
                .containsExactly(new SpliceCommand.Component(0x11, 101), new SpliceCommand.Component(0x12, Pts.NONE));
        assertThat(insert.pts()).isEqualTo(101);
    }

    @Test
    void theOtherCommandsAreNamed() {
        assertThat(parse(SpliceSections.section(0, 0x00, new byte[0])).command().name())
                .isEqualTo("splice_null");
        assertThat(parse(SpliceSections.section(0, 0x07, new byte[0])).command().name())
                .isEqualTo("bandwidth_reservation");
        assertThat(parse(SpliceSections.section(0, 0xFF, hex("41424344 0102"))).command())
                .isEqualTo(new SpliceCommand.PrivateCommand("ABCD"));
        SpliceCommand.SpliceSchedule schedule = (SpliceCommand.SpliceSchedule)
                parse(SpliceSections.section(0, 0x04, hex("02 00000001 FF 00000002 7F CF 12345678 0001 02 03")))
                        .command();
        assertThat(schedule.events())
                .containsExactly(
                        new SpliceCommand.ScheduledSplice(1, true, false, 0, null, 0, 0, 0),
                        new SpliceCommand.ScheduledSplice(2, false, true, 0x1234_5678L, null, 1, 2, 3));
        assertThat(parse(SpliceSections.section(0, 0x33, new byte[3])).command())
                .isEqualTo(new SpliceCommand.Unread(0x33, "reserved"));
        assertThat(parse(SpliceSections.section(0, 0x05, new byte[3])).command())
                .isEqualTo(new SpliceCommand.Unread(0x05, "malformed"));
    }

    @Test
    void whatIsEncryptedIsNamedAndNotRead() {
        byte[] open = SpliceSections.section(0, 0x06, SpliceSections.time(3000));
        byte[] section = Arrays.copyOf(open, open.length - 4);
        section[4] |= (byte) 0x82;
        SpliceInfo splice = parse(SpliceSections.closed(section));
        assertThat(splice.encrypted()).isTrue();
        assertThat(splice.encryptionAlgorithm()).isEqualTo(1);
        assertThat(splice.command()).isEqualTo(new SpliceCommand.Unread(SpliceCommand.Unread.NO_TYPE, "encrypted"));
    }

    @Test
    void descriptorsOfOthersAreKept() {
        byte[] foreign = hex("F0 06 41424344 0102");
        byte[] dtmf = hex("01 08 43554549 1E 40 3523");
        byte[] time = hex("03 10 43554549 000012345678 00000064 0025");
        SpliceInfo splice = parse(SpliceSections.section(0, 0x00, new byte[0], foreign, dtmf, time));
        assertThat(splice.descriptors())
                .containsExactly(
                        new SpliceDescriptor.Other(0xF0, "ABCD", "0102"),
                        new SpliceDescriptor.Dtmf(30, "5#"),
                        new SpliceDescriptor.Time(0x12345678L, 100, 37));
    }

    @Test
    void aWrongCrcIsToldFromARightOne() {
        byte[] section = SpliceSections.signal(1, 0x34, 5);
        section[10] ^= 1;
        assertThat(SpliceInfo.isIntact(section, section.length)).isFalse();
        assertThat(SpliceInfo.parse(new byte[20], 20)).isNull();
    }

    @Property(tries = 500)
    void noBytesDoHarm(@ForAll @Size(max = 120) byte[] bytes, @ForAll boolean wholeCommand) {
        byte[] section = SpliceSections.section(0, bytes.length == 0 ? 4 : bytes[0] & 7, bytes);
        if (!wholeCommand) {
            section[11] |= 0x0F;
            section[12] = (byte) 0xFF;
        }
        SpliceInfo splice = SpliceInfo.parse(section, section.length);
        assertThat(splice).isNotNull();
        assertThat(splice.command().name()).isNotEmpty();
        SpliceInfo.parse(bytes, bytes.length);
    }
}
