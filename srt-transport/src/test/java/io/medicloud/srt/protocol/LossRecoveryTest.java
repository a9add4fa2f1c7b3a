// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.protocol.Simulation.Setup;
import io.medicloud.testdata.Impairment;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the receiver recovers from a sender that does what libsrt's does: answers each report once, and not again within a round trip. The bounds
 * are what libsrt's receiver reached with libsrt's sender over a real relay (half of it where latency is two round trips, three quarters of it where
 * disorder leaves time for one round only).
 */
@EnabledIf("io.medicloud.srt.BuildRuntime#isThis")
class LossRecoveryTest {
    private static final long SECOND = 1_000_000;
    private static final int SEEDS = 4;

    @ParameterizedTest(name = "RTT {0} ms, latency {1} ms, loss {2} %, reordering {3} ms")
    @CsvSource({
        // rtt, latency, loss, reordering, most undelivered %, most retransmitted %
        "20, 120,  1,  0, 0,     1.6",
        "20, 120,  5,  0, 0.004, 7.1",
        "20, 120, 10,  0, 0.026, 15.1",
        "20, 400,  1,  0, 0,     1.4",
        "20, 400,  5,  0, 0,     6.8",
        "20, 400, 10,  0, 0,     15.1",
        "60, 120,  1,  0, 0.003, 1.3",
        "60, 120,  5,  0, 0.12,  5.9",
        "60, 120, 10,  0, 0.5,   12.7",
        "60, 400,  1,  0, 0,     1.3",
        "60, 400,  5,  0, 0,     6.2",
        "60, 400, 10,  0, 0,     13.0",
        "20, 120,  0, 20, 0,     16",
        "20, 120,  1, 20, 0.002, 16.5",
        "20, 120,  5, 20, 0.013, 17.5",
        "20, 120, 10, 20, 0.105, 18.2",
        "20, 400,  1, 20, 0,     16.7",
        "20, 400,  5, 20, 0,     17.5",
        "20, 400, 10, 20, 0,     18.5",
        "60, 120,  1, 20, 0.015, 16",
        "60, 120,  5, 20, 0.3,   17",
        "60, 120, 10, 20, 1.2,   17",
        "60, 400,  1, 20, 0,     16.2",
        "60, 400,  5, 20, 0,     17",
        "60, 400, 10, 20, 0.004, 17.2",
    })
    void noMoreIsLostAndSentAgainThanWithLibsrt(
            int rttMs, int latencyMs, int lossPercent, int jitterMs, double mostUndelivered, double mostRetransmitted) {
        Impairment link = Impairment.NONE
                .withDelayUs(rttMs * 500L)
                .withLoss(lossPercent / 100.0)
                .withJitterUs(jitterMs * 1000L);
        long submitted = 0;
        long delivered = 0;
        long retransmitted = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            Simulation sim = new Simulation(Setup.of(seed)
                    .plainSender()
                    .tick(2000)
                    .options(SrtOptions.STANDARD.withLatencyMs(latencyMs))
                    .links(link));
            assertThat(sim.connect(30 * SECOND)).isTrue();
            sim.stream(30 * SECOND);
            sim.idle(SECOND);
            submitted += sim.caller.submitted;
            delivered += sim.listener.delivered;
            retransmitted += sim.caller.session.stats(sim.nowUs()).total().pktRetrans();
            sim.release();
        }
        assertThat(100.0 * (submitted - delivered) / submitted).isLessThanOrEqualTo(mostUndelivered);
        assertThat(100.0 * retransmitted / submitted).isLessThanOrEqualTo(mostRetransmitted);
    }
}
