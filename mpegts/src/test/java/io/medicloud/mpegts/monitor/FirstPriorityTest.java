// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static io.medicloud.mpegts.monitor.Broadcast.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TR 101 290, table 5.0a: each indicator at its threshold, below and above. */
class FirstPriorityTest {
    private final Broadcast broadcast = new Broadcast();

    @Test
    void aHealthyStreamRaisesNothing() {
        assertThat(broadcast.run(60 * SECOND).raised()).isEmpty();
        assertThat(broadcast.state(Indicator.PAT_ERROR_2)).isEqualTo(IndicatorState.OK);
        assertThat(broadcast.state(Indicator.NIT_ERROR)).isEqualTo(IndicatorState.NOT_MEASURED);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 0, 1", "2, 1, 1"})
    void syncIsLostWhereTwoSyncBytesInARowAreWrong(int damaged, int losses, int wrongBytes) {
        broadcast.run(SECOND);
        broadcast.send(writer -> {
            writer.nullPacket().nullPacket();
            for (int i = 0; i < damaged; i++) {
                byte[] packet = new byte[PacketBuilder.SIZE];
                packet[1] = 0x1F;
                packet[2] = (byte) 0xFF;
                writer.raw(packet);
            }
            writer.nullPacket().nullPacket().nullPacket().nullPacket();
        });
        broadcast.run(SECOND);
        assertThat(broadcast.count(Indicator.TS_SYNC_LOSS)).isEqualTo(losses);
        assertThat(broadcast.count(Indicator.SYNC_BYTE_ERROR)).isEqualTo(wrongBytes);
        assertThat(broadcast.count(Indicator.CONTINUITY_COUNT_ERROR)).isZero();
    }

    @Test
    void bytesThatAreNoTransportStreamHaveLostSync() {
        for (int bytes : new int[] {SyncSearch.MOST_BEFORE_SYNC, SyncSearch.MOST_BEFORE_SYNC + 1}) {
            TsMonitor monitor = new TsMonitor();
            monitor.onData(Unpooled.wrappedBuffer(new byte[bytes]), 0);
            monitor.finish();
            assertThat(monitor.report().of(Indicator.TS_SYNC_LOSS).count()).isEqualTo(bytes % 4096);
        }
    }

    @ParameterizedTest
    @CsvSource({"500_000, 0", "501_000, 9"})
    void aPatIsMissedAfterHalfASecond(String periodUs, int errors) {
        broadcast.pat.every(Long.parseLong(periodUs.replace("_", "")));
        broadcast.run(5 * SECOND);
        assertThat(broadcast.count(Indicator.PAT_ERROR)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.PAT_ERROR_2)).isEqualTo(errors);
    }

    @Test
    void aPatThatIsAwayIsMissedEachHalfSecondAlsoInSilence() {
        broadcast.run(SECOND);
        for (int i = 0; i < 22; i++) {
            broadcast.silence(100_000);
        }
        assertThat(broadcast.count(Indicator.PAT_ERROR_2)).isEqualTo(4);
        assertThat(broadcast.state(Indicator.PAT_ERROR_2)).isEqualTo(IndicatorState.ACTIVE);
    }

    @Test
    void anotherTableOnPidZeroIsAPatError() {
        broadcast.run(SECOND).send(w -> w.section(0, Sections.section(0x42, 1, 0, true, 0, 0, new byte[4])));
        assertThat(broadcast.raised()).containsExactly(Indicator.PAT_ERROR, Indicator.PAT_ERROR_2);
    }

    @Test
    void aScrambledPatIsAPatError() {
        broadcast
                .run(SECOND)
                .send(w -> w.packet(PacketBuilder.of(0).scrambled(2).payload(new byte[184])));
        assertThat(broadcast.count(Indicator.PAT_ERROR)).isEqualTo(1);
        assertThat(broadcast.count(Indicator.PAT_ERROR_2)).isEqualTo(1);
    }

    @Test
    void aPatWhoseCrcIsWrongIsNoPatForTheNewerIndicator() {
        broadcast.run(SECOND);
        broadcast.pat.every(0);
        byte[] bad = Sections.withBadCrc(Sections.pat(1, 0, new Sections.Program(1, Broadcast.PMT)));
        broadcast.section(100_000, 0, bad);
        broadcast.run(SECOND);
        assertThat(broadcast.count(Indicator.PAT_ERROR)).isZero();
        assertThat(broadcast.count(Indicator.PAT_ERROR_2)).isPositive();
    }

    @Test
    void aLostPacketIsAContinuityError() {
        broadcast.run(SECOND);
        broadcast.writer.gap(Broadcast.AUDIO, 1);
        broadcast.run(SECOND);
        assertThat(broadcast.raised()).containsExactly(Indicator.CONTINUITY_COUNT_ERROR);
        MonitorReport.IndicatorReport report = broadcast.monitor.report().of(Indicator.CONTINUITY_COUNT_ERROR);
        assertThat(report.pids()).containsExactly(new MonitorReport.PidCount(Broadcast.AUDIO, 1));
        assertThat(report.firstUs()).isEqualTo(1_040_000);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1"})
    void aPacketMayComeTwice(int copies, int errors) {
        broadcast.run(SECOND);
        broadcast.send(w -> w.packet(PacketBuilder.of(Broadcast.AUDIO).payload(new byte[184])));
        for (int i = 0; i < copies; i++) {
            broadcast.send(TsWriter::duplicate);
        }
        assertThat(broadcast.count(Indicator.CONTINUITY_COUNT_ERROR)).isEqualTo(errors);
    }

    @Test
    void aDiscontinuityThatIsAnnouncedIsNoError() {
        broadcast.run(SECOND);
        broadcast.writer.gap(Broadcast.AUDIO, 5);
        broadcast.send(w -> w.packet(PacketBuilder.of(Broadcast.AUDIO)
                .adaptationField(new AdaptationField().discontinuity())
                .payload(new byte[100])));
        assertThat(broadcast.run(SECOND).raised()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"500000, 0", "501000, 9"})
    void aPmtIsMissedAfterHalfASecond(long periodUs, int errors) {
        broadcast.pmt.every(periodUs);
        broadcast.run(5 * SECOND);
        assertThat(broadcast.count(Indicator.PMT_ERROR)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.PMT_ERROR_2)).isEqualTo(errors);
    }

    @Test
    void aProgramWhoseMapNeverComesIsMissedFromItsNameOn() {
        broadcast.run(SECOND);
        broadcast.pat.every(0);
        byte[] two = Sections.pat(1, 1, new Sections.Program(1, Broadcast.PMT), new Sections.Program(2, 0x200));
        broadcast.section(100_000, 0, two);
        broadcast.run(500_000);
        assertThat(broadcast.raised()).isEmpty();
        broadcast.run(100_000);
        assertThat(broadcast.monitor.report().of(Indicator.PMT_ERROR_2).pids())
                .containsExactly(new MonitorReport.PidCount(0x200, 1));
    }

    @Test
    void theNetworkPidNeedsNoMapAndAProgramThatIsGoneNoneEither() {
        broadcast.run(SECOND);
        broadcast.pat.every(0);
        broadcast.pmt.every(0);
        broadcast.section(100_000, 0, Sections.pat(1, 1, new Sections.Program(0, 0x10)));
        broadcast.run(2 * SECOND);
        assertThat(broadcast.raised()).containsExactly(Indicator.UNREFERENCED_PID, Indicator.UNREFERENCED_PID_2);
    }

    @Test
    void aScrambledMapIsAPmtError() {
        broadcast
                .run(SECOND)
                .send(w -> w.packet(PacketBuilder.of(Broadcast.PMT).scrambled(3).payload(new byte[184])));
        assertThat(broadcast.count(Indicator.PMT_ERROR)).isEqualTo(1);
        assertThat(broadcast.count(Indicator.PMT_ERROR_2)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"5000000, 0", "5001000, 3"})
    void aNamedPidIsMissedAfterThePeriod(long periodUs, int errors) {
        broadcast.audio.every(periodUs);
        broadcast.run(20 * SECOND);
        assertThat(broadcast.count(Indicator.PID_ERROR)).isEqualTo(errors);
    }

    @Test
    void aNamedPidThatNeverComesIsMissed() {
        broadcast.audio.every(0);
        broadcast.run(5 * SECOND);
        assertThat(broadcast.count(Indicator.PID_ERROR)).isZero();
        broadcast.run(200_000);
        assertThat(broadcast.monitor.report().of(Indicator.PID_ERROR).pids())
                .containsExactly(new MonitorReport.PidCount(Broadcast.AUDIO, 1));
    }
}
