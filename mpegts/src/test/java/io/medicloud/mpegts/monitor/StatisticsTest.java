// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static io.medicloud.mpegts.monitor.Broadcast.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.testdata.PacketBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is measured beside the indicators, and how their lamps go on and off. */
class StatisticsTest {
    private static final double PACKET_BITS = 188 * 8;

    @Test
    void eachPidHasItsBitrate() {
        Broadcast broadcast = new Broadcast().run(10 * SECOND);
        List<MonitorReport.PidReport> pids = broadcast.monitor.report().pids();
        assertThat(pids)
                .extracting(MonitorReport.PidReport::role)
                .containsExactly(PidRole.PAT, PidRole.PMT, PidRole.VIDEO, PidRole.AUDIO, PidRole.NULL);
        MonitorReport.PidReport pat = pids.get(0);
        assertThat(pat.packets()).isEqualTo(101);
        assertThat(pat.bitrate()).isCloseTo(10.1 * PACKET_BITS, within(1.0));
        assertThat(pat.leastBitrate()).isLessThanOrEqualTo(10 * PACKET_BITS);
        assertThat(pat.mostBitrate()).isBetween(10 * PACKET_BITS, 11 * PACKET_BITS);
        assertThat(broadcast.monitor.report().seconds()).isEqualTo(10.0);
    }

    @Test
    void aBurstShowsInTheSecondWithMost() {
        Broadcast broadcast = new Broadcast().run(5 * SECOND + 500_000);
        for (int i = 0; i < 1000; i++) {
            broadcast.send(w -> w.packet(PacketBuilder.of(Broadcast.AUDIO).payload(new byte[184])));
        }
        MonitorReport.PidReport audio =
                broadcast.run(5 * SECOND).monitor.report().pids().get(3);
        assertThat(audio.mostBitrate()).isCloseTo(1025 * PACKET_BITS, within(5 * PACKET_BITS));
        assertThat(audio.leastBitrate()).isCloseTo(25 * PACKET_BITS, within(5 * PACKET_BITS));
    }

    @Test
    void picturesAndTheirGroupsAreCounted() {
        MonitorReport.VideoReport video =
                new Broadcast().run(10 * SECOND).monitor.report().videos().get(0);
        assertThat(video.pictures()).isEqualTo(250);
        assertThat(video.frameRate()).isCloseTo(25.0, within(0.001));
        assertThat(video.leastFrameMs()).isCloseTo(40.0, within(0.001));
        assertThat(video.randomAccessPoints()).isEqualTo(10);
        assertThat(video.leastGop()).isEqualTo(25);
        assertThat(video.mostGop()).isEqualTo(25);
        assertThat(video.mostGopSeconds()).isCloseTo(1.0, within(0.001));
    }

    @Test
    void aPictureOfWhichPacketsAreMissingIsDamaged() {
        Broadcast broadcast = new Broadcast().run(5 * SECOND);
        // The next packet is one of a picture.
        broadcast.pcr.every(0);
        broadcast.run(40_000).writer.gap(Broadcast.VIDEO, 3);
        MonitorReport.VideoReport video =
                broadcast.run(5 * SECOND).monitor.report().videos().get(0);
        assertThat(video.damaged()).isEqualTo(1);
        assertThat(video.missing()).isLessThanOrEqualTo(1);
    }

    @Test
    void theClocksIntervalsAreMeasured() {
        MonitorReport.PcrReport clock =
                new Broadcast().run(10 * SECOND).monitor.report().clocks().get(0);
        assertThat(clock.pid()).isEqualTo(Broadcast.VIDEO);
        assertThat(clock.count()).isEqualTo(251);
        assertThat(clock.meanIntervalMs()).isCloseTo(40.0, within(0.001));
        assertThat(clock.mostIntervalMs()).isCloseTo(40.0, within(0.001));
        assertThat(clock.frequencyOffsetPpm()).isCloseTo(0.0, within(0.01));
        assertThat(clock.jitterUs()).isLessThan(1);
    }

    @Test
    void aClockThatRunsFastIsAheadOfTheArrivals() {
        ArrivalClock clock = new ArrivalClock();
        for (int i = 0; i < 3000; i++) {
            long us = i * 40_000L;
            clock.add(Math.round(us * 27 * 1.000_030), us + (i == 2000 ? 5000 : 0));
        }
        assertThat(clock.offsetPpm()).isCloseTo(30.0, within(0.5));
        assertThat(clock.jitterUs()).isCloseTo(5000, within(100.0));
    }

    @Test
    void aClockWhoseFrequencyRisesDrifts() {
        ArrivalClock clock = new ArrivalClock();
        // 36 ppm an hour: 0.01 ppm a second.
        for (int i = 0; i < 3000; i++) {
            double seconds = i * 0.04;
            clock.add(Math.round(27e6 * (seconds + 0.5 * 1e-8 * seconds * seconds)), i * 40_000L);
        }
        assertThat(clock.driftPpmPerHour()).isCloseTo(36.0, within(1.0));
    }

    @Test
    void aLampStaysOnForItsHoldTimeAndIsToldOnceEachTime() {
        List<String> told = new ArrayList<>();
        Broadcast broadcast = new Broadcast(MonitorPolicy.DEFAULT, new MonitorSink() {
            @Override
            public void onError(Indicator indicator, int pid, long nowUs, long packet) {
                told.add("error " + pid + " " + nowUs);
            }

            @Override
            public void onAlarm(Indicator indicator, int pid, long nowUs) {
                told.add("on " + indicator.title());
            }

            @Override
            public void onAlarmEnd(Indicator indicator, long nowUs) {
                told.add("off " + nowUs / 200_000);
            }
        });
        broadcast.run(SECOND);
        for (int i = 0; i < 2; i++) {
            broadcast.writer.gap(Broadcast.AUDIO, 3);
            broadcast.run(800_000);
        }
        assertThat(broadcast.state(Indicator.CONTINUITY_COUNT_ERROR)).isEqualTo(IndicatorState.ACTIVE);
        broadcast.run(SECOND);
        assertThat(broadcast.state(Indicator.CONTINUITY_COUNT_ERROR)).isEqualTo(IndicatorState.CLEARED);
        assertThat(told)
                .containsExactly("error 258 1040000", "on Continuity_count_error", "error 258 1840000", "off 14");
    }

    @Test
    void aLampStaysOnWhileSomethingIsMissing() {
        Broadcast broadcast = new Broadcast().run(SECOND);
        broadcast.audio.every(0);
        for (int i = 0; i < 70; i++) {
            broadcast.run(100_000);
            boolean late = i >= 50;
            assertThat(broadcast.state(Indicator.PID_ERROR) == IndicatorState.ACTIVE)
                    .isEqualTo(late);
        }
    }
}
