// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static io.medicloud.mpegts.monitor.Broadcast.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.es.VideoFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ISO/IEC 13818-1, 2.4.2: the buffers of the system target decoder at their limits; TR 101 290, 3.3, 3.9 and 3.10. */
class TStdBufferTest {
    private static final long MS = 27_000;
    /** TB empties 10,000 bytes a second, MB 5,000; MB holds 1,000, EB 2,000; data may stay 1 s. */
    private static final TStdSizes SMALL = new TStdSizes(80_000, 40_000, 1000, 2000, SECOND);
    /** So fast and so large that TB alone, or a time, has a limit. */
    private static final TStdSizes LARGE = new TStdSizes(8e9, 8e9, 1e6, 1e6, SECOND);

    private final Alarms alarms = new Alarms(MonitorPolicy.DEFAULT, MonitorSink.NONE);

    private TStdBuffer buffer(TStdSizes sizes) {
        TStdBuffer buffer = new TStdBuffer(256, sizes, alarms);
        buffer.restart();
        buffer.startAt(0);
        return buffer;
    }

    private long count(Indicator indicator) {
        return alarms.report(false).stream()
                .filter(report -> report.indicator() == indicator)
                .mapToLong(MonitorReport.IndicatorReport::count)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"6, 0", "4, 1"})
    void theTransportBufferHolds512Bytes(long thirdMs, int overflows) {
        TStdBuffer buffer = buffer(SMALL);
        buffer.onPacket(0, 0, 0);
        buffer.onPacket(0, 0, 0);
        buffer.onPacket(thirdMs * MS, 0, 0);
        assertThat(count(Indicator.BUFFER_ERROR)).isEqualTo(overflows);
        assertThat(buffer.report().overflows()).isEqualTo(overflows);
        assertThat(buffer.report().mostTransportBytes()).isEqualTo(564 - 10 * thirdMs);
    }

    @ParameterizedTest
    @CsvSource({"9, 0", "13, 1"})
    void theMultiplexBufferHasItsSize(int packets, int overflows) {
        TStdBuffer buffer = buffer(SMALL);
        // 184 bytes each 18.8 ms come from TB; 94 of them leave.
        for (int i = 0; i <= packets; i++) {
            buffer.onPacket(i * 188L * MS / 10, 184, 0);
        }
        assertThat(count(Indicator.BUFFER_ERROR)).isEqualTo(overflows);
    }

    @Test
    void aFullElementaryBufferHoldsTheMultiplexBufferUp() {
        TStdBuffer buffer = buffer(SMALL);
        buffer.onUnit(0, 100_000 * MS, 1, 0);
        for (int i = 0; i < 18; i++) {
            buffer.onPacket(i * 40L * MS, 184, 0);
        }
        assertThat(buffer.report().mostElementaryBytes()).isEqualTo(2000);
        assertThat(buffer.report().mostMultiplexBytes()).isGreaterThan(1000);
        assertThat(count(Indicator.BUFFER_ERROR)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"20, 0", "11, 0", "9, 1", "5, 1"})
    void anAccessUnitIsWholeWhenItIsDue(long dueMs, int underflows) {
        TStdBuffer buffer = buffer(LARGE);
        buffer.onUnit(0, dueMs * MS, 1, 0);
        buffer.onPacket(0, 184, 0);
        buffer.onPacket(10 * MS, 184, 0);
        // The next one tells where this one ended.
        buffer.onUnit(12 * MS, 1000 * MS, 1, 0);
        buffer.onPacket(12 * MS, 184, 0);
        buffer.onPacket(30 * MS, 184, 0);
        assertThat(buffer.report().underflows()).isEqualTo(underflows);
        assertThat(count(Indicator.BUFFER_ERROR)).isEqualTo(underflows);
    }

    @ParameterizedTest
    @CsvSource({"4, 0", "1, 1"})
    void accessUnitsOfOnePesPacketAreDueOneAfterTheOther(int parts, int underflows) {
        TStdBuffer buffer = buffer(LARGE);
        buffer.onUnit(0, 5 * MS, 1, 0);
        for (int i = 0; i < 4; i++) {
            buffer.onPacket(4L * i * MS, 100, 0);
        }
        buffer.onUnit(20 * MS, 165 * MS, parts, 0);
        buffer.onPacket(20 * MS, 0, 0);
        assertThat(buffer.report().underflows()).isEqualTo(underflows);
    }

    @ParameterizedTest
    @CsvSource({"1000, 0", "1001, 1"})
    void dataStayNoLongerThanASecond(long delayMs, int errors) {
        TStdBuffer buffer = buffer(LARGE);
        buffer.onUnit(0, delayMs * MS, 1, 0);
        buffer.onPacket(0, 184, 0);
        buffer.onUnit(40 * MS, 50 * MS, 1, 0);
        assertThat(count(Indicator.DATA_DELAY_ERROR)).isEqualTo(errors);
        assertThat(buffer.report().mostDelayMs()).isCloseTo((double) delayMs, within(0.001));
    }

    @ParameterizedTest
    @CsvSource({"19, 0", "18, 1"})
    void theTransportBufferIsEmptyOnceASecond(int everyMs, int errors) {
        TStdBuffer buffer = buffer(SMALL);
        for (long t = 0; t < 1050; t += everyMs) {
            buffer.onPacket(t * MS, 0, 0);
        }
        assertThat(count(Indicator.EMPTY_BUFFER_ERROR)).isEqualTo(errors);
    }

    @ParameterizedTest(name = "{0} {1} {2}: Rx {3}, MB {4}, EB {5}")
    @CsvSource({
        "H264, High, 4.0, 36000000, 20000, 4687500",
        "H264, Main, 3.0, 14400000, 8000, 1500000",
        "H264, High 4:2:2, 4.1, 288000000, 160000, 37500000",
        "H264, Constrained Baseline, 1b, 184320, 1333, 52500",
        "HEVC, Main 10, 4.1, 26400000, 14667, 2750000",
        "MPEG2, Main, Main, 18000000, 10000, 229376",
        "MPEG2, Main, High, 96000000, 53333, 1222656",
        "MPEG2, 4:2:2, Main, 60000000, 33333, 1179648"
    })
    void sizesFollowFromProfileAndLevel(
            VideoCodec codec, String profile, String level, double in, long multiplex, long elementary) {
        TStdSizes sizes = TStdSizes.of(codec, new VideoFormat(profile, level, 720, 576, 25, false));
        assertThat(sizes).isNotNull();
        assertThat(sizes.inBitrate()).isCloseTo(in, within(1.0));
        assertThat(sizes.multiplexBytes()).isCloseTo((double) multiplex, within(1.0));
        assertThat(sizes.elementaryBytes()).isCloseTo((double) elementary, within(1.0));
        assertThat(sizes.longestDelayUs()).isEqualTo(codec == VideoCodec.MPEG2 ? SECOND : 10 * SECOND);
    }

    @Test
    void withoutALevelThereAreNoSizes() {
        assertThat(TStdSizes.of(VideoCodec.H264, new VideoFormat(null, null, 720, 576, 25, false)))
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({"200, 0, 0", "39, 0, 0", "1, 1, 0", "9900, 0, 0", "10100, 0, 1"})
    void aWholeStreamIsMeasured(long leadMs, int underflows, int delays) {
        Broadcast broadcast = new Broadcast();
        broadcast.leadUs = leadMs * 1000;
        broadcast.run(20 * SECOND);
        assertThat(broadcast.count(Indicator.BUFFER_ERROR) > 0).isEqualTo(underflows > 0);
        assertThat(broadcast.count(Indicator.DATA_DELAY_ERROR) > 0).isEqualTo(delays > 0);
        assertThat(broadcast.monitor.report().videos().get(0).buffers()).isNotNull();
    }
}
