// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static io.medicloud.mpegts.monitor.Broadcast.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TR 101 290, table 5.0b: each indicator at its threshold, below and above. */
class SecondPriorityTest {
    private final Broadcast broadcast = new Broadcast();

    @Test
    void aPacketWithAnErrorIsThatErrorAndNoOther() {
        broadcast
                .run(SECOND)
                .send(w -> w.packet(PacketBuilder.of(0)
                        .transportError()
                        .counter(3)
                        .scrambled(2)
                        .payload(new byte[184])));
        assertThat(broadcast.raised()).containsExactly(Indicator.TRANSPORT_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x10, 0x11, 0x12, 0x14, Broadcast.PMT})
    void aWrongCrcIsAnErrorOnEachPidOfATable(int pid) {
        byte[] section = Sections.section(0x42, 1, 0, true, 0, 0, new byte[8]);
        broadcast.run(SECOND).send(w -> w.section(pid, Sections.withBadCrc(section)));
        assertThat(broadcast.raised()).containsExactly(Indicator.CRC_ERROR);
        assertThat(broadcast.monitor.report().of(Indicator.CRC_ERROR).pids())
                .containsExactly(new MonitorReport.PidCount(pid, 1));
    }

    @Test
    void otherTablesMayHaveAnyCrc() {
        byte[] section = Sections.section(0xC0, 1, 0, true, 0, 0, new byte[8]);
        broadcast.run(SECOND).send(w -> w.section(0x1000, Sections.withBadCrc(section)));
        assertThat(broadcast.raised()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"100000, 0", "101000, 9"})
    void aClockReferenceIsMissedAfterATenthOfASecond(long periodUs, int errors) {
        broadcast.pcr.every(periodUs);
        broadcast.run(SECOND);
        assertThat(broadcast.count(Indicator.PCR_REPETITION_ERROR)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.PCR_DISCONTINUITY_INDICATOR_ERROR)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.PCR_ERROR)).isEqualTo(2L * errors);
    }

    @ParameterizedTest
    @CsvSource({
        "2700000, false, 0",
        "2700001, false, 1",
        "0, false, 0",
        "-1, false, 1",
        "2700001, true, 0",
        "-1, true, 0"
    })
    void aClockMayStepByATenthOfASecondOrAnnounceAJump(long step, boolean announced, int errors) {
        broadcast.run(SECOND);
        broadcast.pcr.every(0);
        broadcast.send(Broadcast.reference(50_000_000, true));
        broadcast.send(Broadcast.reference(50_000_000 + step, announced));
        assertThat(broadcast.count(Indicator.PCR_DISCONTINUITY_INDICATOR_ERROR)).isEqualTo(errors);
        assertThat(broadcast.count(Indicator.PCR_ERROR)).isEqualTo(errors);
    }

    @Test
    void aClockThatWrapsDoesNotJump() {
        broadcast.run(SECOND);
        broadcast.pcr.every(0);
        long wrap = (1L << 33) * 300;
        broadcast.send(Broadcast.reference(wrap - 1_000_000, true));
        broadcast.send(Broadcast.reference(wrap + 1_000_000, false));
        assertThat(broadcast.raised()).isEmpty();
    }

    /** 3 Mbit/s: 13,536 ticks of 27 MHz a packet. */
    private static TsMonitor constantRate(int offTicks, boolean stuffed, int unevenPackets) {
        TsMonitor monitor = new TsMonitor();
        TsWriter writer = new TsWriter();
        int packets = 0;
        for (int reference = 0; reference < 200; reference++) {
            writer.pat(1, new Sections.Program(1, Broadcast.PMT));
            writer.pmt(Broadcast.PMT, 1, Broadcast.VIDEO, Broadcast.streams());
            long clock = 13_536L * (packets + 2) + (reference == 100 ? offTicks : 0);
            writer.pcr(Broadcast.VIDEO, clock);
            packets += 3;
            for (int i = 0; i < 40 + reference % 2 * unevenPackets; i++) {
                if (stuffed) {
                    writer.nullPacket();
                } else {
                    writer.packet(PacketBuilder.of(Broadcast.AUDIO).payload(new byte[184]));
                }
                packets++;
            }
            if (unevenPackets != 0) {
                packets -= reference % 2 * unevenPackets;
            }
            monitor.onData(Unpooled.wrappedBuffer(writer.drain()), packets * 13_536L / 27);
        }
        return monitor;
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "13, 0", "14, 1", "-13, 0", "-14, 1", "2000, 1"})
    void aClockReferenceLiesWithin500NanosecondsOfItsPlace(int offTicks, int errors) {
        MonitorReport report = constantRate(offTicks, true, 0).report();
        assertThat(report.of(Indicator.PCR_ACCURACY_ERROR).count() > 0).isEqualTo(errors > 0);
        assertThat(report.of(Indicator.PCR_ACCURACY_ERROR).state()).isNotEqualTo(IndicatorState.NOT_MEASURED);
        MonitorReport.PcrReport clock = report.clocks().get(0);
        assertThat(clock.accuracyNs())
                .isCloseTo(Math.abs(offTicks) / 0.027, org.assertj.core.api.Assertions.within(1.0));
        assertThat(clock.transportRate()).isCloseTo(3_000_000, org.assertj.core.api.Assertions.within(200.0));
    }

    @Test
    void aPackedStreamOfConstantRateIsMeasuredToo() {
        assertThat(constantRate(14, false, 0)
                        .report()
                        .of(Indicator.PCR_ACCURACY_ERROR)
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aRateThatIsNotConstantHasNoAccuracy() {
        MonitorReport report = constantRate(0, false, 2).report();
        assertThat(report.of(Indicator.PCR_ACCURACY_ERROR).state()).isEqualTo(IndicatorState.NOT_MEASURED);
        assertThat(report.clocks().get(0).accuracyNs()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"700000, 0", "701000, 7"})
    void aTimeStampIsMissedAfterSevenTenthsOfASecond(long periodUs, int errors) {
        broadcast.audio.every(periodUs);
        broadcast.run(5 * SECOND);
        assertThat(broadcast.count(Indicator.PTS_ERROR)).isEqualTo(errors);
    }

    @Test
    void scrambledPacketsNeedACat() {
        broadcast.run(SECOND);
        broadcast.every(
                50_000,
                b -> b.writer.packet(
                        PacketBuilder.of(Broadcast.AUDIO).scrambled(2).payload(new byte[184])));
        broadcast.run(500_000);
        assertThat(broadcast.count(Indicator.CAT_ERROR)).isZero();
        broadcast.run(600_000);
        assertThat(broadcast.count(Indicator.CAT_ERROR)).isEqualTo(2);
        broadcast.section(500_000, 1, cat());
        broadcast.run(2 * SECOND);
        assertThat(broadcast.count(Indicator.CAT_ERROR)).isEqualTo(2);
        assertThat(broadcast.state(Indicator.CAT_ERROR)).isEqualTo(IndicatorState.CLEARED);
    }

    @Test
    void anotherTableOnPidOneIsACatError() {
        broadcast.run(SECOND).send(w -> w.section(1, cat()));
        assertThat(broadcast.raised()).isEmpty();
        broadcast.send(w -> w.section(1, Sections.section(0x03, 1, 0, true, 0, 0, new byte[4])));
        assertThat(broadcast.raised()).containsExactly(Indicator.CAT_ERROR);
    }

    /** A CAT that names PID 0x500 for entitlement management messages. */
    static byte[] cat() {
        return Sections.section(0x01, 0xFFFF, 0, true, 0, 0, new byte[] {0x09, 4, 0x01, 0x00, (byte) 0xE5, 0x00});
    }
}
