// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.medicloud.service.e2e.Peers;
import io.medicloud.testdata.PeerProgram;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MediaLoopTest {
    private static final int LAPS = 3;

    @TempDir
    private Path directory;

    @Test
    void theStreamRunsOnFromLapToLap() {
        byte[] stream = stream(7);

        ProbeReport report = probe(stream);

        assertThat(report.errors().continuity()).isZero();
        assertThat(report.errors().crc()).isZero();
        assertThat(report.errors().pes()).isZero();
        assertThat(report.durationSeconds()).isCloseTo(LAPS * 8.0, within(0.1));
        assertThat(report.randomAccessPoints()).hasSize(LAPS * 4);
        assertThat(report.bitrate()).isCloseTo(LoopFixture.LOOP.bitsPerSecond(), within(10_000L));
        assertThat(LoopFixture.LOOP.bitsPerSecond()).isBetween(900_000L, 1_200_000L);
    }

    @Test
    void decodersReadIt() throws Exception {
        Peers.require("ffmpeg");
        Path file = Files.write(directory.resolve("loop.ts"), stream(0));

        PeerProgram.Result read = PeerProgram.run(
                Duration.ofMinutes(1), "ffmpeg", "-v", "warning", "-xerror", "-i", file.toString(), "-f", "null", "-");

        assertThat(read.exitStatus()).as(read.err()).isZero();
        assertThat(read.err()).isEmpty();
    }

    @Test
    void aPacketIsTheSameWheneverItIsWritten() {
        SentStream stream = LoopFixture.sent(3, 10 * LoopFixture.LOOP.count());
        long late = 9L * LoopFixture.LOOP.count() - 5;
        byte[] together = LoopFixture.bytes(stream, late, 10);

        for (int i = 9; i >= 0; i--) {
            byte[] alone = LoopFixture.bytes(stream, late + i, 1);
            assertThat(alone).isEqualTo(Arrays.copyOfRange(together, i * TsPacket.SIZE, (i + 1) * TsPacket.SIZE));
        }
    }

    @Test
    void packetsAreDueInTheirOrderAtTheStreamsRate() {
        MediaLoop loop = LoopFixture.LOOP;

        for (long packet = 1; packet < 2L * loop.count(); packet++) {
            assertThat(loop.timeUs(packet)).isGreaterThanOrEqualTo(loop.timeUs(packet - 1));
        }
        assertThat(loop.timeUs(loop.count())).isEqualTo(8_000_000);
    }

    @Test
    void stampsTellWhenTheyWereDueAcrossBreaks() {
        SentStream stream = LoopFixture.sent(3, 1400);
        stream.resume(1_800_000_000_000_000L);
        stream.sent(1400);
        byte[] bytes = LoopFixture.bytes(stream, 0, 2800);
        int stamps = 0;
        for (int packet = 0; packet < 2800; packet++) {
            if (Stamp.isAt(bytes, packet * TsPacket.SIZE)) {
                Stamp stamp = Stamp.read(bytes, packet * TsPacket.SIZE);
                assertThat(stamp).isEqualTo(new Stamp(LoopFixture.RUN, 3, packet, stream.dueUs(packet)));
                stamps++;
            }
        }

        assertThat(stamps).isGreaterThan(50);
        assertThat(stream.dueUs(1400)).isEqualTo(1_800_000_000_000_000L);
        assertThat(stream.dueUs(1399)).isLessThan(1_700_000_100_000_000L);
    }

    @Test
    void twoStreamsAreNotTheSame() {
        byte[] one = LoopFixture.bytes(LoopFixture.sent(1, 1000), 0, 1000);
        byte[] other = LoopFixture.bytes(LoopFixture.sent(2, 1000), 0, 1000);
        int same = 0;
        for (int at = 0; at < one.length; at += TsPacket.SIZE) {
            same += Arrays.equals(one, at, at + TsPacket.SIZE, other, at, at + TsPacket.SIZE) ? 1 : 0;
        }

        // Tables, and the packets of pictures and sound between their first and last.
        assertThat(same).isLessThan(700);
    }

    @Test
    void whatHasNoClockIsRefused() {
        byte[] tables = new byte[10 * TsPacket.SIZE];
        for (int at = 0; at < tables.length; at += TsPacket.SIZE) {
            tables[at] = TsPacket.SYNC_BYTE;
            tables[at + 3] = 0x10;
        }

        assertThatThrownBy(() -> LoopScan.read(tables))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PCR");
        assertThatThrownBy(() -> LoopScan.read(new byte[100])).hasMessageContaining("188");
        assertThatThrownBy(() -> LoopScan.read(new byte[TsPacket.SIZE])).hasMessageContaining("sync");
    }

    @Property(tries = 500)
    void aTimeStampGoesForwardAndNothingElse(
            @ForAll @LongRange(min = 0, max = (1L << 33) - 1) long pts,
            @ForAll @LongRange(min = 0, max = 1L << 40) long ticks) {
        byte[] data = {0x21, 0, 1, 0, 1};
        Clocks.addToPts(data, 0, pts);

        Clocks.addToPts(data, 0, ticks);

        assertThat(Pts.read(Unpooled.wrappedBuffer(data), 0)).isEqualTo((pts + ticks) % Pts.WRAP);
        assertThat(data[0] & 0xF1).isEqualTo(0x21);
        assertThat(data[2] & data[4] & 1).isEqualTo(1);
    }

    @Property(tries = 500)
    void aClockReferenceGoesForward(
            @ForAll @LongRange(min = 0, max = (1L << 33) * 300 - 1) long pcr,
            @ForAll @LongRange(min = 0, max = (1L << 33) * 300 - 1) long ticks,
            @ForAll @IntRange(min = 0, max = 63) int reserved) {
        byte[] data = {0, 0, 0, 0, (byte) (reserved << 1), 0};
        Clocks.addToPcr(data, 0, pcr);

        Clocks.addToPcr(data, 0, ticks);

        assertThat(Pcr.read(Unpooled.wrappedBuffer(data), 0)).isEqualTo((pcr + ticks) % Pcr.WRAP);
        assertThat((data[4] >> 1) & 63).isEqualTo(reserved);
    }

    private static byte[] stream(int number) {
        int packets = LAPS * LoopFixture.LOOP.count();
        return LoopFixture.bytes(LoopFixture.sent(number, packets), 0, packets);
    }

    private static ProbeReport probe(byte[] stream) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        return probe.finish();
    }
}
