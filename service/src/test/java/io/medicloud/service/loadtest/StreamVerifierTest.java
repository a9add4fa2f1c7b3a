// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import static io.medicloud.service.loadtest.SegmentFinding.Verdict.GAPS;
import static io.medicloud.service.loadtest.SegmentFinding.Verdict.RIGHT;
import static io.medicloud.service.loadtest.SegmentFinding.Verdict.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.loadtest.SegmentFinding.Verdict;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.TsWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class StreamVerifierTest {
    private static final int PACKETS = LoopFixture.LOOP.count() / 7 * 7;
    private static final SentStream SENT = LoopFixture.sent(5, PACKETS);
    private static final byte[] BYTES = LoopFixture.bytes(SENT, 0, PACKETS);
    private static final List<byte[]> SEGMENTS = LoopFixture.cut(BYTES);

    private StreamVerifier verifier = new StreamVerifier(SENT);

    @Test
    void whatWasSentIsRight() {
        assertThat(SEGMENTS).hasSize(4);

        List<SegmentFinding> found = verify(SEGMENTS);

        assertThat(found).allSatisfy(finding -> assertThat(finding.verdict()).isEqualTo(RIGHT));
        assertThat(found.stream().mapToLong(SegmentFinding::packets).sum()).isEqualTo(PACKETS);
        assertThat(verifier.cursor()).isEqualTo(PACKETS);
        assertThat(verifier.lostPackets()).isZero();
        assertThat(found.get(1).lastDueUs() - found.get(1).firstDueUs()).isBetween(1_900_000L, 2_000_000L);
    }

    @Property(tries = 200)
    void oneBitThatIsWrongIsFoundAndBlamedOnItsSegmentAlone(
            @ForAll @IntRange(min = 0, max = 3) int segment, @ForAll @IntRange(min = 0) int bit) {
        verifier = new StreamVerifier(SENT);
        List<byte[]> damaged = copies();
        byte[] bytes = damaged.get(segment);
        int at = bit % (8 * bytes.length);
        bytes[at / 8] ^= (byte) (1 << at % 8);

        List<SegmentFinding> found = verify(damaged);

        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i).verdict()).as("segment %d", i).isEqualTo(i == segment ? WRONG : RIGHT);
        }
        assertThat(found.get(segment).fault()).isNotEmpty();
        assertThat(verifier.cursor()).isEqualTo(PACKETS);
    }

    @Property(tries = 100)
    void messagesThatDidNotArriveAreGapsOfThatMany(
            @ForAll @IntRange(min = 1, max = 400) int first, @ForAll @IntRange(min = 1, max = 40) int messages) {
        verifier = new StreamVerifier(SENT);
        int from = 7 * first * TsPacket.SIZE;
        int to = Math.min(BYTES.length - 70 * TsPacket.SIZE, from + 7 * messages * TsPacket.SIZE);
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        arrived.write(BYTES, 0, from);
        arrived.write(BYTES, to, BYTES.length - to);

        List<SegmentFinding> found = verify(LoopFixture.cut(arrived.toByteArray()));

        assertThat(found).noneMatch(finding -> finding.verdict() == WRONG).anyMatch(f -> f.verdict() == GAPS);
        assertThat(verifier.lostPackets()).isEqualTo((to - from) / TsPacket.SIZE);
        assertThat(verifier.cursor()).isEqualTo(PACKETS);
    }

    @Test
    void aSegmentThatIsMissingIsAGapInFrontOfTheNext() {
        List<SegmentFinding> found = verify(List.of(SEGMENTS.get(0), SEGMENTS.get(2), SEGMENTS.get(3)));

        assertThat(verdicts(found)).containsExactly(RIGHT, GAPS, RIGHT);
        assertThat(verifier.lostPackets()).isEqualTo(SEGMENTS.get(1).length / TsPacket.SIZE);
    }

    @Test
    void aPacketThatIsMissingIsFound() {
        byte[] second = SEGMENTS.get(1);
        byte[] shorter = new byte[second.length - TsPacket.SIZE];
        System.arraycopy(second, 0, shorter, 0, 100 * TsPacket.SIZE);
        System.arraycopy(
                second, 101 * TsPacket.SIZE, shorter, 100 * TsPacket.SIZE, shorter.length - 100 * TsPacket.SIZE);

        List<SegmentFinding> found = verify(List.of(SEGMENTS.get(0), shorter, SEGMENTS.get(2)));

        assertThat(verdicts(found)).containsExactly(RIGHT, GAPS, RIGHT);
        assertThat(verifier.lostPackets()).isEqualTo(1);
    }

    @Test
    void aPacketThatIsThereTwiceIsFound() {
        byte[] second = SEGMENTS.get(1);
        byte[] longer = new byte[second.length + TsPacket.SIZE];
        System.arraycopy(second, 0, longer, 0, 100 * TsPacket.SIZE);
        System.arraycopy(second, 99 * TsPacket.SIZE, longer, 100 * TsPacket.SIZE, second.length - 99 * TsPacket.SIZE);

        assertThat(verdicts(verify(List.of(SEGMENTS.get(0), longer, SEGMENTS.get(2)))))
                .containsExactly(RIGHT, WRONG, RIGHT);
    }

    @Test
    void segmentsInTheWrongOrderAreFound() {
        List<SegmentFinding> found = verify(List.of(SEGMENTS.get(0), SEGMENTS.get(2), SEGMENTS.get(1)));

        assertThat(verdicts(found)).containsExactly(RIGHT, GAPS, WRONG);
    }

    @Test
    void anotherStreamsSegmentIsFoundAndTheNextIsLookedAtByItself() {
        byte[] others = LoopFixture.bytes(LoopFixture.sent(6, PACKETS), 0, PACKETS);
        byte[] foreign = LoopFixture.cut(others).get(1);

        List<SegmentFinding> found = verify(List.of(SEGMENTS.get(0), foreign, SEGMENTS.get(2)));

        assertThat(verdicts(found)).containsExactly(RIGHT, WRONG, RIGHT);
    }

    @Test
    void whatIsNoWholePacketsIsFound() {
        byte[] cut = Arrays.copyOf(SEGMENTS.get(0), SEGMENTS.get(0).length - 1);

        assertThat(verdicts(verify(List.of(cut, new byte[0])))).containsExactly(WRONG, WRONG);
    }

    @Test
    void tablesInFrontAreCountedAndOtherPacketsInFrontAreNot() {
        byte[] tables = joined(packetOf(TsWriter.PAT_PID), packetOf(SyntheticEncoder.PMT_PID));
        byte[] video = Arrays.copyOfRange(BYTES, 200 * TsPacket.SIZE, 201 * TsPacket.SIZE);

        SegmentFinding withTables = verifier.verify(joined(tables, SEGMENTS.get(0)));
        SegmentFinding withVideo = verifier.verify(joined(video, SEGMENTS.get(1)));

        assertThat(withTables.verdict()).isEqualTo(RIGHT);
        assertThat(withTables.injectedPackets()).isEqualTo(2);
        assertThat(withVideo.verdict()).isEqualTo(WRONG);
    }

    @Test
    void aCutThatIsNotAtAKeyframeIsFound() {
        byte[] moved = Arrays.copyOfRange(SEGMENTS.get(1), 0, 50 * TsPacket.SIZE);
        byte[] rest = Arrays.copyOfRange(SEGMENTS.get(1), 50 * TsPacket.SIZE, SEGMENTS.get(1).length);

        List<SegmentFinding> found = verify(List.of(joined(SEGMENTS.get(0), moved), rest, SEGMENTS.get(2)));

        assertThat(verdicts(found)).containsExactly(RIGHT, WRONG, RIGHT);
        assertThat(found.get(1).fault()).contains("keyframe");
    }

    /** The first packet of a PID, with another counter. */
    private static byte[] packetOf(int pid) {
        for (int at = 0; ; at += TsPacket.SIZE) {
            if (((BYTES[at + 1] & 0x1F) << 8 | (BYTES[at + 2] & 0xFF)) == pid) {
                byte[] packet = Arrays.copyOfRange(BYTES, at, at + TsPacket.SIZE);
                packet[3] ^= 5;
                return packet;
            }
        }
    }

    private List<SegmentFinding> verify(List<byte[]> segments) {
        return segments.stream().map(verifier::verify).toList();
    }

    private static List<byte[]> copies() {
        List<byte[]> copies = new ArrayList<>();
        SEGMENTS.forEach(segment -> copies.add(segment.clone()));
        return Collections.unmodifiableList(copies);
    }

    private static List<Verdict> verdicts(List<SegmentFinding> found) {
        return found.stream().map(SegmentFinding::verdict).toList();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
