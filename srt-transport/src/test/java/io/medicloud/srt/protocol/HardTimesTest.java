// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.protocol.Simulation.Setup;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.Impairment.Blackout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long runs and bad networks, on virtual time. */
class HardTimesTest {
    private static final String BUILD_RUNTIME = "io.medicloud.srt.BuildRuntime#isThis";
    private static final long SECOND = 1_000_000;
    private static final long TICK = 2_000;
    private static final int PER_SECOND = 760;
    private static final long STREAM_BITS = PER_SECOND * (Simulation.PAYLOAD + 44) * 8L;
    private static final Impairment RTT_20 = Impairment.NONE.withDelayUs(10_000);
    private static final Impairment RTT_60 = Impairment.NONE.withDelayUs(30_000);
    private Simulation sim;

    @AfterEach
    void nothingLeaks() {
        sim.release();
        assertThat(sim.allocator.metric().usedDirectMemory()).isZero();
    }

    /** The seeds that once failed, for ever, and as many others as {@code simulation.seeds} says. */
    static LongStream seeds() throws IOException {
        try (InputStream in = HardTimesTest.class.getResourceAsStream("/simulation-seeds.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            LongStream kept = text.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .mapToLong(Long::parseLong);
            long first = System.nanoTime();
            return LongStream.concat(kept, LongStream.range(first, first + Integer.getInteger("simulation.seeds", 0)));
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyKindOfTroubleAtOnceLosesNothingWithinTheLatency(long seed) {
        Impairment bad =
                RTT_60.withLoss(0.02).withBursts(0.001, 8).withJitterUs(15_000).withDuplication(0.05);
        connect(Setup.of(seed).options(SrtOptions.STANDARD.withLatencyMs(800)).links(bad));
        sim.stream(20 * SECOND);
        long counts = sim.caller.submitted;
        sim.stream(2 * SECOND); // a burst at the very end would not be over in time
        sim.idle(SECOND);
        assertThat(sim.listener.missing(0, counts)).as("seed %d", seed).isZero();
        assertThat(sim.listener.outOfOrder).isZero();
        assertThat(sim.listener.damaged).isZero();
    }

    @Test
    @EnabledIf(BUILD_RUNTIME)
    void tenMinutesBothWaysWithKeyRefreshesLossAndDriftLoseNothingAndStaySteady() {
        SrtOptions options = SrtOptions.STANDARD
                .withLatencyMs(500)
                .withPassphrase("correct-horse-battery")
                .with(SrtOption.KMPREANNOUNCE, 400)
                .with(SrtOption.KMREFRESHRATE, 2000);
        connect(Setup.of(10)
                .tick(TICK)
                .options(options)
                .links(RTT_60.withLoss(0.02))
                .twoWay()
                .drift(200));
        for (int minute = 0; minute < 10; minute++) {
            sim.stream(60 * SECOND);
            for (SimulatedEnd end : List.of(sim.caller, sim.listener)) {
                assertThat(end.percentileMs(0.5)).as("minute %d", minute).isBetween(526, 536);
                assertThat(end.percentileMs(0.999)).as("minute %d", minute).isBetween(526, 540);
                end.forgetLatency();
            }
        }
        sim.idle(SECOND);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        assertThat(sim.caller.delivered).isEqualTo(sim.listener.submitted);
        assertThat(sim.listener.outOfOrder + sim.caller.outOfOrder).isZero();
    }

    @ParameterizedTest
    @EnabledIf(BUILD_RUNTIME)
    @ValueSource(ints = {-1, 1, 2}) // plain, CTR, GCM
    void aFlippedBitInOnePercentOfTheDatagramsForTenMinutesNeitherEndsNorStallsTheStream(int mode) {
        SrtOptions options = mode < 0
                ? SrtOptions.STANDARD
                : SrtOptions.STANDARD.withPassphrase("correct-horse-battery").with(SrtOption.CRYPTOMODE, mode);
        connect(Setup.of(5)
                .tick(TICK)
                .options(options)
                .links(RTT_60.withDamage(0.01))
                .twoWay());
        sim.stream(600 * SECOND);
        assertThat(sim.listener.closed).isNull();
        assertThat(sim.caller.closed).isNull();
        sim.idle(SECOND);
        for (SimulatedEnd end : List.of(sim.caller, sim.listener)) {
            long sent = end == sim.caller ? sim.listener.submitted : sim.caller.submitted;
            assertThat(sent - end.delivered - end.damaged).isLessThan(sent / 10_000);
            assertThat(end.longestGap).as("packets in a row").isLessThan(8);
            assertThat(end.outOfOrder).isZero();
            assertThat(end.percentileMs(0.9999)).isLessThan(120 + 30 + 15);
            assertThat(end.longestSilenceUs).isLessThan(40_000);
        }
        assertThat(sim.listener.damaged == 0)
                .as("GCM lets nothing damaged through")
                .isEqualTo(mode == 2);
    }

    @ParameterizedTest
    @CsvSource({"50, 20", "100, 20", "300, 20", "50, 60", "100, 60", "270, 60"})
    void aBlackoutShorterThanTheLatencyLosesNothing(long lengthMs, long rttMs) {
        connect(blackouts(lengthMs, rttMs));
        sim.stream(60 * SECOND);
        sim.idle(SECOND);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
    }

    @ParameterizedTest
    @CsvSource({"600, 20", "1000, 20", "1000, 60", "3000, 60"})
    void aLongerBlackoutCostsItsOwnLengthAndNoMore(long lengthMs, long rttMs) {
        connect(blackouts(lengthMs, rttMs));
        sim.stream(60 * SECOND);
        sim.idle(SECOND);
        long lost = sim.caller.submitted - sim.listener.delivered;
        assertThat(lost).isLessThanOrEqualTo(9 * PER_SECOND * (lengthMs + rttMs) / 1000);
        assertThat(sim.listener.outOfOrder).isZero();
        assertThat(sim.listener.closed).isNull();
        assertThat(sim.listener.longestSilenceUs).isLessThan((lengthMs + rttMs + 50 + 400) * 1000);
    }

    /** Nine blackouts of that length, five seconds apart. */
    private static Setup blackouts(long lengthMs, long rttMs) {
        List<Blackout> times = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            long fromUs = (15 + 5 * i) * SECOND;
            times.add(new Blackout(fromUs, fromUs + lengthMs * 1000));
        }
        Impairment link = Impairment.NONE.withDelayUs(rttMs * 500).withBlackouts(times);
        return Setup.of(6)
                .tick(TICK)
                .options(SrtOptions.STANDARD.withLatencyMs(400))
                .links(link);
    }

    @ParameterizedTest
    @CsvSource({"200, true", "500, true", "200, false", "500, false"})
    void aProcessThatIsStoppedForAWhileLosesNothing(long lengthMs, boolean isReceiver) {
        connect(Setup.of(3)
                .tick(TICK)
                .options(SrtOptions.STANDARD.withLatencyMs(400))
                .links(RTT_20)
                .twoWay());
        for (int i = 0; i < 6; i++) {
            sim.stream(3 * SECOND);
            (isReceiver ? sim.listener : sim.caller).stopUntil(sim.nowUs() + lengthMs * 1000);
        }
        sim.stream(3 * SECOND);
        sim.idle(SECOND);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        assertThat(sim.caller.delivered).isEqualTo(sim.listener.submitted);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProcessThatWasStoppedForAWhileRecoversLossesAsBefore(boolean isReceiver) {
        connect(Setup.of(4).links(Impairment.NONE.withDelayUs(20_000).withLoss(0.1)));
        sim.stream(5 * SECOND);
        (isReceiver ? sim.listener : sim.caller).stopUntil(sim.nowUs() + 400_000);
        sim.stream(SECOND);
        long from = sim.caller.submitted;
        sim.stream(3 * SECOND);
        long to = sim.caller.submitted;
        sim.stream(SECOND);
        assertThat(sim.listener.missing(from, to)).isLessThan((to - from) / 200);
    }

    @ParameterizedTest
    @ValueSource(ints = {120, 300, 1000})
    void aLinkThatIsTooSlowForAWhileIsFilledAndThenForgotten(int latencyMs) {
        connect(Setup.of(11)
                .tick(TICK)
                .options(SrtOptions.STANDARD.withLatencyMs(latencyMs))
                .links(RTT_60));
        sim.stream(10 * SECOND);
        sim.there.become(RTT_60.withBottleneck(STREAM_BITS * 9 / 10, 50_000));
        long before = sim.listener.delivered;
        sim.stream(30 * SECOND);
        assertThat(sim.listener.delivered - before).isGreaterThan(30L * PER_SECOND * 9 / 10 * 9 / 10);
        sim.there.become(RTT_60);
        sim.stream(5 * SECOND);
        long recovered = sim.caller.submitted;
        sim.stream(10 * SECOND);
        assertThat(sim.listener.missing(recovered, sim.listener.next)).isZero();
        assertThat(sim.listener.closed).isNull();
    }

    private void connect(Setup setup) {
        sim = new Simulation(setup);
        assertThat(sim.connect(30 * SECOND)).isTrue();
    }
}
