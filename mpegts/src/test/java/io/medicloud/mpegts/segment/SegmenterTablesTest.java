// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static io.medicloud.mpegts.segment.StreamBuilder.PMT;
import static io.medicloud.mpegts.segment.StreamBuilder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which copies of tables stand in front of a segment. */
class SegmenterTablesTest {
    private static final long SECOND = Pts.HZ;
    private static final long START = 10 * SECOND;

    private final StreamBuilder stream = new StreamBuilder();

    @Test
    void copiesAreTheLastTablesWithCountersThatRunUpToTheLastSeen() {
        stream.tables()
                .tables()
                .gop(START, 50)
                .gop(START + 2 * SECOND, 50)
                .tables()
                .gop(START + 4 * SECOND, 5);
        byte[] bytes = stream.bytes();
        Cuts cuts = Cuts.of(bytes);
        assertThat(cuts.facts()).extracting(SegmentFacts::injectedPackets).containsExactly(0, 2, 0);
        assertThat(cuts.injected(1))
                .usingElementComparator(Arrays::compare)
                .containsExactly(
                        Arrays.copyOfRange(bytes, 2 * 188, 3 * 188), Arrays.copyOfRange(bytes, 3 * 188, 4 * 188));
    }

    @Test
    void aTableOfSeveralPacketsIsPutInFrontWhole() {
        byte[] descriptor = new byte[202];
        descriptor[0] = (byte) 0x80;
        descriptor[1] = (byte) 200;
        Sections.Stream[] streams = {
            new Sections.Stream(0x1B, VIDEO, descriptor), new Sections.Stream(0x0F, StreamBuilder.AUDIO, descriptor)
        };
        byte[] bytes = stream.streams(streams)
                .tables()
                .gop(START, 50)
                .gop(START + 2 * SECOND, 5)
                .bytes();
        Cuts cuts = Cuts.of(bytes);
        assertThat(cuts.injected(1)).hasSize(4);
        assertThat(cuts.segment(1)).startsWith(Arrays.copyOf(bytes, 4 * 188));
        assertThat(cuts.fact(1).independent()).isTrue();
    }

    @Test
    void aPatOfSeveralSectionsIsPutInFrontWhole() {
        byte[][] sections = patOfTwoSections(1, 2);
        stream.writer().section(0, sections[0]).section(0, sections[1]);
        stream.pmt();
        byte[] tables = stream.bytes();
        stream.gop(START, 50).gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
        assertThat(cuts.fact(1).injectedPackets()).isEqualTo(tables.length / 188);
        assertThat(cuts.segment(1)).startsWith(tables);
    }

    @Test
    void aPatWhoseFirstSectionEndsAnotherSegmentIsPutInFrontWhole() {
        byte[][] sections = patOfTwoSections(1, 2);
        stream.writer().section(0, sections[0]).section(0, sections[1]);
        stream.pmt().gop(START, 50).writer().section(0, sections[0]);
        stream.audio(START).writer().section(0, sections[1]);
        Cuts cuts = Cuts.of(stream.pmt().gop(START + 2 * SECOND, 5).bytes());
        assertThat(cuts.fact(1).injectedPackets()).isPositive();
        assertThat(cuts.injected(1).get(0)).contains(Arrays.copyOf(sections[0], 100));
    }

    @Test
    void theFirstProgramIsThatOfThePatsFirstSection() {
        byte[][] sections = patOfTwoSections(1, 2);
        stream.writer().section(0, sections[1]).section(0, sections[0]);
        stream.writer().pmt(PMT + 1, 2, 0x200, new Sections.Stream(0x1B, 0x200));
        Cuts cuts =
                Cuts.of(stream.pmt().gop(START, 50).gop(START + 2 * SECOND, 5).bytes());
        assertThat(cuts.starts()).hasSize(2);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
    }

    /** A PAT whose sections begin with these programs, followed by many without maps. */
    private static byte[][] patOfTwoSections(int first, int second) {
        byte[][] sections = new byte[2][];
        for (int i = 0; i < 2; i++) {
            ByteBuffer programs = ByteBuffer.allocate(4 * 200);
            programs.putShort((short) (i == 0 ? first : second)).putShort((short) (0xE000 | PMT + i));
            while (programs.hasRemaining()) {
                programs.putShort((short) (1000 * (i + 1) + programs.position()))
                        .putShort((short) 0xE900);
            }
            sections[i] = Sections.section(0, 1, 0, true, i, 1, programs.array());
        }
        return sections;
    }

    @Test
    void aTableWhosePacketHoldsAClockIsWrittenAnew() {
        byte[] pmt = Sections.pmt(1, 0, VIDEO, new Sections.Stream(0x1B, VIDEO));
        stream.pat();
        stream.writer()
                .packet(PacketBuilder.of(PMT)
                        .payloadUnitStart()
                        .adaptationField(StreamBuilder.clock(START))
                        .payload(pointed(0, pmt, 100)));
        assertRewritten(pmt, 1);
    }

    @Test
    void aTableThatSharesItsPacketsWithOthersIsWrittenAnew() {
        byte[] pmt = Sections.pmt(1, 0, VIDEO, new Sections.Stream(0x1B, VIDEO));
        byte[] other = Sections.section(0xC0, 7, 0, true, 0, 0, new byte[30]);
        stream.pat().writer().sections(PMT, TsWriter.Fill.BEHIND, other, pmt);
        assertRewritten(pmt, 1);
    }

    @Test
    void aTableBehindTheRestOfAnotherSectionIsWrittenAnew() {
        byte[] pmt = Sections.pmt(1, 0, VIDEO, new Sections.Stream(0x1B, VIDEO));
        byte[] long1 = Sections.section(0xC0, 7, 0, true, 0, 0, new byte[200]);
        stream.pat().writer().sections(PMT, TsWriter.Fill.BEHIND, long1, pmt);
        assertRewritten(pmt, 2);
    }

    /** Cuts twice after the tables written so far; the PMT's last counter is {@code packets} - 1. */
    private void assertRewritten(byte[] pmt, int packets) {
        stream.gop(START, 50).gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
        byte[] copy = cuts.injected(1).get(1);
        assertThat(copy).startsWith(0x47, 0x40 | (PMT >> 8), 0, 0x10 | (packets - 1), 0);
        assertThat(Arrays.copyOfRange(copy, 5, 5 + pmt.length)).isEqualTo(pmt);
        assertThat(Arrays.copyOfRange(copy, 5 + pmt.length, 188)).containsOnly(0xFF);
    }

    @Test
    void aTableWithStuffingInItsAdaptationFieldIsCopiedAsItIs() {
        byte[] pat = Sections.pat(1, 0, new Sections.Program(1, PMT));
        byte[] pmt = Sections.pmt(1, 0, VIDEO, new Sections.Stream(0x1B, VIDEO));
        stream.writer()
                .sections(0, TsWriter.Fill.ADAPTATION_FIELD, pat)
                .sections(PMT, TsWriter.Fill.ADAPTATION_FIELD, pmt);
        byte[] tables = stream.bytes();
        stream.gop(START, 50).gop(START + 2 * SECOND, 5);
        assertThat(Cuts.of(stream.bytes()).segment(1)).startsWith(tables);
    }

    @Test
    void aTableThatIsYetToComeIntoForceIsNotTaken() {
        stream.tables();
        byte[] tables = stream.bytes();
        byte[] next = Sections.section(2, 1, 1, false, 0, 0, new byte[] {(byte) 0xE1, 0, (byte) 0xF0, 0});
        stream.gop(START, 50).writer().section(PMT, next);
        stream.audio(START).gop(START + 2 * SECOND, 5);
        List<byte[]> injected = Cuts.of(stream.bytes()).injected(1);
        assertThat(injected.get(0)).isEqualTo(Arrays.copyOf(tables, 188));
        assertThat(injected.get(1)).endsWith(Arrays.copyOfRange(tables, 188 + 4, 376));
    }

    @Test
    void theTablesInForceAtTheMarkAreTakenThoughOthersCameWhileItWasDecided() {
        byte[] idr = Arrays.copyOf(StreamBuilder.IDR, 700);
        Arrays.fill(idr, 22, 700, (byte) 0x5A);
        System.arraycopy(StreamBuilder.IDR_WITHOUT_SETS, 6, idr, 200, 100);
        stream.tables().gop(START, 50);
        byte[] tables = Arrays.copyOf(stream.bytes(), 376);
        StreamBuilder picture = new StreamBuilder().video(idr, START + 2 * SECOND);
        byte[] packets = picture.bytes();
        int counter = 150; // Each of the 50 pictures takes three packets.
        for (int at = 0; at < packets.length; at += 188) {
            byte[] packet = Arrays.copyOfRange(packets, at, at + 188);
            packet[3] = (byte) ((packet[3] & 0xF0) | (counter++ & 0x0F));
            stream.writer().raw(packet);
            if (at == 0) {
                stream.writer().pmt(PMT, 1, VIDEO, new Sections.Stream(0x1B, VIDEO, Sections.language("eng")));
            }
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(1).startPacket()).isEqualTo(2 + 150);
        assertThat(cuts.segment(1)).startsWith(tables);
    }

    @Test
    void onlyThePatIsPutInFrontWhereThePmtStandsAnyway() {
        stream.tables().gop(START, 50).audio(START);
        long mark = stream.packets();
        stream.nullPacket().pmt().gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(1).startPacket()).isEqualTo(mark);
        assertThat(cuts.injected(1)).hasSize(1);
        assertThat(cuts.injected(1).get(0)).startsWith(0x47, 0x40, 0x00, 0x10);
        assertThat(cuts.fact(1).independent()).isTrue();
    }

    @Test
    void aPmtInFrontOfItsPatNeedsAPatInFront() {
        stream.tables().gop(START, 50).audio(START).pmt().pat().gop(START + 2 * SECOND, 5);
        assertThat(Cuts.of(stream.bytes()).injected(1)).hasSize(1);
    }

    @Test
    void aPatAloneIsFollowedByThePmtOnlyIfBothStandInFront() {
        stream.tables().gop(START, 50).audio(START).pat().gop(START + 2 * SECOND, 5);
        assertThat(Cuts.of(stream.bytes()).injected(1)).hasSize(2);
    }

    @Test
    void otherStreamsInTheTablesStartADiscontinuityAtTheNextRandomAccessPoint() {
        stream.tables()
                .gop(START, 10)
                .streams(new Sections.Stream(0x1B, VIDEO), new Sections.Stream(0x81, 0x102))
                .tables();
        stream.gop(StreamBuilder.P, START + 10 * FRAME, 10);
        long mark = stream.packets();
        stream.tables().gop(START + 20 * FRAME, 50).gop(START + 70 * FRAME, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(1).startPacket()).isEqualTo(mark);
        assertThat(cuts.facts()).extracting(SegmentFacts::discontinuity).containsExactly(false, true, false);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(20 * FRAME, 50 * FRAME, 5 * FRAME);
    }

    @Test
    void otherDescriptorsInTheTablesStartNothing() {
        stream.tables()
                .gop(START, 10)
                .streams(
                        new Sections.Stream(0x1B, VIDEO, Sections.registration("HDMV")),
                        new Sections.Stream(0x0F, StreamBuilder.AUDIO))
                .tables()
                .gop(START + 10 * FRAME, 10);
        assertThat(Cuts.of(stream.bytes()).facts()).hasSize(1);
    }

    @Test
    void anotherVideoPidIsFollowed() {
        stream.tables().gop(START, 10).streams(new Sections.Stream(0x1B, 0x200)).tables();
        for (int i = 0; i < 70; i++) {
            stream.video(0x200, i % 50 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + (10 + i) * FRAME);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(10 * FRAME, 50 * FRAME, 20 * FRAME);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
        assertThat(cuts.facts()).extracting(SegmentFacts::discontinuity).containsExactly(false, true, false);
    }

    @Test
    void theFirstProgramThatHasMediaIsTheOneThatIsCut() {
        TsWriter writer = stream.writer();
        for (int i = 0; i < 75; i++) {
            if (i % 25 == 0) {
                writer.pat(
                        1,
                        new Sections.Program(7, 0x700),
                        new Sections.Program(1, PMT),
                        new Sections.Program(2, 0x600));
                writer.pmt(0x600, 2, 0x601, new Sections.Stream(0x1B, 0x601));
                writer.pmt(0x700, 7, 0x1FFF, new Sections.Stream(0x05, 0x701));
                stream.pmt();
            }
            stream.video(0x601, StreamBuilder.P, START + i * FRAME);
            stream.video(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
        }
        assertThat(Cuts.of(stream.bytes()).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(50 * FRAME, 25 * FRAME);
    }

    private static byte[] pointed(int pointer, byte[] section, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 0xFF);
        payload[0] = (byte) pointer;
        System.arraycopy(section, 0, payload, 1 + pointer, section.length);
        return payload;
    }
}
