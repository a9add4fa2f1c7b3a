// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStats;
import io.medicloud.testdata.Impairment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole sessions with a packet filter, over links that lose packets. */
class FecSessionTest {
    private static final Impairment RTT_60 = Impairment.NONE.withDelayUs(30_000);
    private Simulation sim;

    @AfterEach
    void nothingLeaks() {
        assertThat(sim.allocator.metric().usedDirectMemory()).isZero();
        assertThat(sim.allocator.metric().usedHeapMemory()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1; fec,cols:5,rows:5,layout:even,arq:never; 0",
                "2; fec,cols:6,rows:4,arq:never; 0",
                "3; fec,cols:4,rows:-4,arq:never; 1",
                "4; fec,cols:3,rows:1,arq:never; 0",
                "5; fec,cols:6,rows:4,layout:even,arq:never; 2"
            })
    void withoutRetransmissionOnlyWhatCannotBeRebuiltIsMissing(long seed, String filter, int cipher) {
        run(seed, secured(options(filter, 400), cipher), SrtOptions.STANDARD, 0.01);
        SrtStats.Counters sent = sent();
        SrtStats.Counters received = received();
        assertThat(sent.pktRetrans()).isZero();
        assertThat(received.pktSentNak()).isZero();
        assertThat(received.pktRcvFilterSupply()).isGreaterThan(received.pktRcvLoss() * 7 / 10);
        // After the first matrix, and before the last, all but a few are covered.
        assertThat(sim.listener.delivered).isGreaterThan(sim.caller.submitted * 997 / 1000);
        // Only nobody misses the last one.
        assertThat(sim.caller.submitted - sim.listener.delivered)
                .isBetween(
                        received.pktRcvLoss() - received.pktRcvFilterSupply(),
                        received.pktRcvLoss() - received.pktRcvFilterSupply() + 1);
        assertThat(received.pktRcvFilterExtra())
                .isBetween(sent.pktSndFilterExtra() * 95 / 100, sent.pktSndFilterExtra());
        assertThat(sent.pktSent()).isEqualTo(sent.pktSentUnique() + sent.pktSndFilterExtra());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "1; fec,cols:5,rows:5,layout:even,arq:onreq; 0; 0.05",
                "2; fec,cols:6,rows:4; 1; 0.05",
                "3; fec,cols:10,rows:1,arq:onreq; 0; 0.05",
                "4; fec,cols:5,rows:4,arq:always; 2; 0.05",
                "5; fec,cols:4,rows:-4; 0; 0.02"
            })
    void withRetransmissionNothingIsMissing(long seed, String filter, int cipher, double loss) {
        run(seed, secured(options(filter, 700), cipher), SrtOptions.STANDARD, loss);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        assertThat(received().pktRcvFilterSupply()).isPositive();
    }

    @Test
    void onRequestAsksForWhatCouldNotBeRebuiltAlone() {
        run(7, options("fec,cols:5,rows:5,layout:even", 700), SrtOptions.STANDARD, 0.03);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        SrtStats.Counters received = received();
        assertThat(received.pktRcvFilterLoss()).isLessThan(received.pktRcvLoss() / 3);
        assertThat(sent().pktSndLoss()).isLessThanOrEqualTo(2 * received.pktRcvFilterLoss());
    }

    @Test
    void aGapLongerThanTheMatrixIsAskedForAtOnce() {
        Impairment out = RTT_60.withBlackouts(List.of(new Impairment.Blackout(11_000_000, 11_200_000)));
        sim = new Simulation(Simulation.Setup.of(3)
                .options(options("fec,cols:5,rows:3", 800), SrtOptions.STANDARD)
                .links(out)
                .back(RTT_60));
        assertThat(sim.connect(1_000_000)).isTrue();
        sim.stream(3_000_000);
        sim.idle(1_000_000);
        sim.close(5_000_000);
        assertThat(sim.listener.delivered).isEqualTo(sim.caller.submitted);
        assertThat(received().pktRcvLoss()).isGreaterThan(100);
    }

    @Test
    void bothDirectionsHaveTheirOwn() {
        SrtOptions options = secured(options("fec,cols:5,rows:4,arq:never", 400), 1);
        sim = new Simulation(Simulation.Setup.of(11)
                .options(options, options)
                .links(RTT_60.withLoss(0.005))
                .twoWay());
        assertThat(sim.connect(2_000_000)).isTrue();
        sim.stream(5_000_000);
        sim.idle(1_000_000);
        sim.close(5_000_000);
        assertThat(received().pktRcvFilterSupply()).isPositive();
        assertThat(sent().pktRcvFilterSupply()).isPositive();
        assertThat(sim.caller.delivered).isGreaterThan(sim.listener.submitted * 995 / 1000);
    }

    @Test
    void aStreamThatWrapsIsProtectedToo() {
        SrtOptions options = options("fec,cols:5,rows:4,arq:never", 400);
        sim = new Simulation(Simulation.Setup.of(12)
                .beginning(0x7FFF_FFFF - 1000, (1L << 32) - 2_000_000)
                .options(options, SrtOptions.STANDARD)
                .links(RTT_60.withLoss(0.01)));
        assertThat(sim.connect(2_000_000)).isTrue();
        sim.stream(5_000_000);
        sim.idle(1_000_000);
        sim.close(5_000_000);
        assertThat(sim.listener.delivered).isGreaterThan(sim.caller.submitted * 997 / 1000);
        assertThat(sim.listener.damaged).isZero();
    }

    @Test
    void damagedPacketsEndNothing() {
        run(13, secured(options("fec,cols:5,rows:4,arq:always", 500), 2), SrtOptions.STANDARD, 0.01, 0.02);
        assertThat(sim.listener.damaged).isZero();
        assertThat(sim.listener.delivered).isGreaterThan(sim.caller.submitted * 99 / 100);
    }

    @Test
    void aFilterTakesFourBytesOfThePayload() {
        SrtOptions most = SrtOptions.STANDARD.with(SrtOption.PAYLOADSIZE, 0);
        run(1, most.with(SrtOption.PACKETFILTER, "fec,cols:5"), SrtOptions.STANDARD, 0);
        assertThat(sim.caller.session.payloadSize()).isEqualTo(1452);
        run(1, secured(most.with(SrtOption.PACKETFILTER, "fec,cols:5"), 2), SrtOptions.STANDARD, 0);
        assertThat(sim.caller.session.payloadSize()).isEqualTo(1436);
    }

    private static SrtOptions options(String filter, int latencyMs) {
        return SrtOptions.STANDARD.withLatencyMs(latencyMs).with(SrtOption.PACKETFILTER, filter);
    }

    private static SrtOptions secured(SrtOptions options, int cipher) {
        return cipher == 0
                ? options
                : options.withPassphrase("correct-horse-battery").with(SrtOption.CRYPTOMODE, cipher);
    }

    private void run(long seed, SrtOptions caller, SrtOptions listener, double loss) {
        run(seed, caller, listener, loss, 0);
    }

    private void run(long seed, SrtOptions caller, SrtOptions listener, double loss, double damage) {
        SrtOptions answering = caller.passphrase().isEmpty() ? listener : listener.withPassphrase(caller.passphrase());
        sim = new Simulation(Simulation.Setup.of(seed)
                .options(caller, answering)
                .links(RTT_60.withLoss(loss).withDamage(damage)));
        assertThat(sim.connect(3_000_000)).isTrue();
        sim.stream(8_000_000);
        sim.idle(1_000_000);
        sim.close(5_000_000);
    }

    private SrtStats.Counters sent() {
        return sim.caller.session.stats(sim.nowUs()).total();
    }

    private SrtStats.Counters received() {
        return sim.listener.session.stats(sim.nowUs()).total();
    }
}
