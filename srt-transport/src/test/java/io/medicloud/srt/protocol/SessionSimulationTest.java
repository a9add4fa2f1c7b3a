// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.testdata.Impairment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSimulationTest {
    private static final long SECOND = 1_000_000;
    private static final Impairment RTT_60 = Impairment.NONE.withDelayUs(30_000);
    private Simulation sim;

    @AfterEach
    void nothingLeaks() {
        if (sim != null) {
            assertThat(sim.allocator.metric().usedDirectMemory()).isZero();
            assertThat(sim.allocator.metric().usedHeapMemory()).isZero();
        }
    }

    @Test
    void aPerfectLinkDeliversEverythingAtItsTime() {
        run(Simulation.Setup.of(1), 10);
        assertThatAllArrived();
        assertThat(sim.caller.session.stats(sim.nowUs()).total().pktRetrans()).isZero();
        assertThat(sim.listener.earliestUs).isBetween(120_000L, 123_000L);
        assertThat(sim.listener.latestUs).isBetween(120_000L, 124_000L);
        assertThat(sim.listener.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        assertThat(sim.caller.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_HERE);
    }

    @ParameterizedTest
    @CsvSource({"1, 16, 0", "2, 24, 1", "3, 32, 1", "4, 16, 2", "5, 32, 2"})
    void anEncryptedStreamSurvivesLossAndKeyRefreshesBothWays(long seed, int keyLength, int mode) {
        SrtOptions options = SrtOptions.STANDARD
                .withLatencyMs(400)
                .withPassphrase("correct-horse-battery")
                .with(SrtOption.PBKEYLEN, keyLength)
                .with(SrtOption.CRYPTOMODE, mode)
                .with(SrtOption.KMPREANNOUNCE, 100)
                .with(SrtOption.KMREFRESHRATE, 500);
        run(
                Simulation.Setup.of(seed)
                        .options(options)
                        .links(RTT_60.withLoss(0.02))
                        .twoWay(),
                20);
        assertThatAllArrived();
        assertThat(sim.caller.delivered).isEqualTo(sim.listener.submitted);
        assertThat(sim.listener.session.stats(sim.nowUs()).total().pktRcvUndecrypt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyKindOfTroubleAtOnceLosesNothingWithinTheLatency(long seed) {
        Impairment bad =
                RTT_60.withLoss(0.02).withBursts(0.001, 8).withJitterUs(15_000).withDuplication(0.05);
        run(
                Simulation.Setup.of(seed)
                        .options(SrtOptions.STANDARD.withLatencyMs(800))
                        .links(bad),
                20);
        assertThatAllArrived();
    }

    @Test
    void sequenceNumbersAndTimestampsWrapUnnoticed() {
        Simulation.Setup setup = Simulation.Setup.of(9)
                .beginning(0x7FFF_FFFF - 2000, (1L << 32) - 8 * SECOND)
                .options(SrtOptions.STANDARD.withLatencyMs(300))
                .links(RTT_60.withLoss(0.03))
                .twoWay();
        run(setup, 20);
        assertThatAllArrived();
        assertThat(sim.listener.latestUs).isLessThan(340_000);
    }

    @Test
    void theRightBandwidthIsUsedUnderReordering() {
        run(Simulation.Setup.of(4).links(RTT_60.withJitterUs(20_000)), 30);
        assertThatAllArrived();
        long retransmitted = sim.caller.session.stats(sim.nowUs()).total().pktRetrans();
        assertThat(retransmitted).isLessThan(sim.caller.submitted / 50);
    }

    @Test
    void aFlippedBitInOnePercentOfTheDatagramsNeverEndsTheConnection() {
        run(Simulation.Setup.of(5).links(RTT_60.withDamage(0.01)).twoWay(), 120);
        assertThat(sim.listener.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
        assertThat(sim.caller.submitted - sim.listener.delivered - sim.listener.damaged)
                .isLessThan(sim.caller.submitted / 1000);
        assertThat(sim.listener.outOfOrder).isZero();
        assertThat(sim.listener.percentileMs(0.999)).isLessThan(160);
    }

    @ParameterizedTest
    @ValueSource(longs = {50_000, 100_000, 250_000})
    void aBlackoutShorterThanTheLatencyLosesNothing(long lengthUs) {
        List<Impairment.Blackout> blackouts = List.of(
                new Impairment.Blackout(15 * SECOND, 15 * SECOND + lengthUs),
                new Impairment.Blackout(20 * SECOND, 20 * SECOND + lengthUs));
        Impairment link = Impairment.NONE.withDelayUs(10_000).withBlackouts(blackouts);
        run(
                Simulation.Setup.of(6)
                        .options(SrtOptions.STANDARD.withLatencyMs(400))
                        .links(link),
                15);
        assertThatAllArrived();
    }

    @Test
    void aLongBlackoutCostsItsOwnLengthAndNoMore() {
        List<Impairment.Blackout> blackouts = List.of(new Impairment.Blackout(15 * SECOND, 15 * SECOND + 2_000_000));
        Impairment link = Impairment.NONE.withDelayUs(10_000).withBlackouts(blackouts);
        run(
                Simulation.Setup.of(7)
                        .options(SrtOptions.STANDARD.withLatencyMs(400))
                        .links(link),
                15);
        long lost = sim.caller.submitted - sim.listener.delivered;
        assertThat(lost).isBetween(1L, 760L * 2);
        assertThat(sim.listener.outOfOrder).isZero();
    }

    @Test
    void aSilentPeerIsNoticedAfterTheIdleTimeout() {
        List<Impairment.Blackout> blackouts = List.of(new Impairment.Blackout(12 * SECOND, 100 * SECOND));
        sim = new Simulation(Simulation.Setup.of(8).links(RTT_60.withBlackouts(blackouts)));
        assertThat(sim.connect(SECOND)).isTrue();
        sim.stream(3 * SECOND);
        sim.idle(6 * SECOND);
        assertThat(sim.listener.closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
        assertThat(sim.caller.closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
    }

    @Test
    void anIdleConnectionIsKeptAlive() {
        sim = new Simulation(Simulation.Setup.of(8).links(RTT_60.withLoss(0.1)));
        assertThat(sim.connect(3 * SECOND)).isTrue();
        sim.idle(60 * SECOND);
        assertThat(sim.listener.closed).isNull();
        sim.stream(SECOND);
        sim.close(5 * SECOND);
        assertThat(sim.listener.delivered).isPositive();
    }

    @Test
    void aDriftingClockIsFollowed() {
        SrtOptions options = SrtOptions.STANDARD.withLatencyMs(250);
        run(
                Simulation.Setup.of(10)
                        .options(options)
                        .links(RTT_60.withLoss(0.02))
                        .drift(200),
                600);
        assertThatAllArrived();
        assertThat(sim.listener.percentileMs(0.999)).isLessThan(250 + 30 + 12);
    }

    @Test
    void theLastPacketOfAStreamIsRecoveredToo() {
        for (long seed = 0; seed < 20; seed++) {
            run(
                    Simulation.Setup.of(seed)
                            .options(SrtOptions.STANDARD.withLatencyMs(600))
                            .links(RTT_60.withLoss(0.3)),
                    1);
            assertThat(sim.listener.next).as("seed %d", seed).isEqualTo(sim.caller.submitted);
        }
    }

    @Test
    void aLinkThatIsTooSlowDoesNotCollapse() {
        // 0.9 of what the stream needs.
        Impairment slow = RTT_60.withBottleneck(760L * (Simulation.PAYLOAD + 44) * 8 * 9 / 10, 50_000);
        run(
                Simulation.Setup.of(11)
                        .options(SrtOptions.STANDARD.withLatencyMs(300))
                        .links(slow),
                30);
        assertThat(sim.listener.delivered).isGreaterThan(sim.caller.submitted * 9 * 8 / 100);
    }

    private void run(Simulation.Setup setup, int seconds) {
        sim = new Simulation(setup);
        assertThat(sim.connect(30 * SECOND)).isTrue();
        sim.stream(seconds * SECOND);
        sim.idle(SECOND);
        sim.close(10 * SECOND);
    }

    private void assertThatAllArrived() {
        assertThat(sim.caller.refused).isZero();
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        assertThat(sim.listener.outOfOrder).isZero();
        assertThat(sim.listener.damaged).isZero();
    }
}
