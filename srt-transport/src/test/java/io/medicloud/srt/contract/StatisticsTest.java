// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtStats.Counters;
import io.medicloud.srt.SrtStats.Instant;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.libsrt.LibSrtStack;
import io.medicloud.srt.netty.NettySrtStack;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One run, told by both stacks, one at each end: what the one sends the other receives, and both mean the same by it. */
@Timeout(60)
final class StatisticsTest {
    private static final int MESSAGES = 1500;
    private static final int LATENCY_MS = 300;
    private static final int MOST_BURSTS = 50;
    private static final int BURST = 200;
    private static final int AT_ONCE_MBPS = 1000;
    private static final long WIRE = PacedBytes.MESSAGE + 44;

    @BeforeAll
    static void libsrtIsThere() {
        String why = new LibSrtStack().unavailability();
        if (System.getenv("CI") != null) {
            assertThat(why).isNull();
        }
        Assumptions.assumeTrue(why == null, why);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bothEndsTellTheSame(boolean javaSends) throws Exception {
        RecordingSink receiving = new RecordingSink();
        RecordingSink sending = new RecordingSink();
        SrtOptions options = SrtOptions.STANDARD.withLatencyMs(LATENCY_MS);
        try (SrtStack java = new NettySrtStack();
                SrtStack libsrt = new LibSrtStack()) {
            SrtStack from = javaSends ? java : libsrt;
            SrtStack to = javaSends ? libsrt : java;
            SrtListener listener =
                    to.listen(SrtStackContract.ANY_PORT, options, request -> SrtVerdict.accept(receiving));
            try (LossyRelay relay = new LossyRelay(listener.localAddress(), 29, MESSAGES - 100)) {
                SrtConnection sender = from.connect(relay.address(), options.with(SrtOption.SNDDROPDELAY, -1), sending);
                sending.connection();
                SrtConnection receiver = receiving.connection();
                byte[] sent = PacedBytes.packets(7 * MESSAGES);
                sender.statsAndRestartInterval();
                receiver.statsAndRestartInterval();
                PacedBytes.send(sent, sender, 10);
                SrtStats busy = receiver.stats();
                await().atMost(SrtStackContract.SOON).until(() -> receiving.size() == sent.length);
                await().atMost(SrtStackContract.SOON)
                        .until(() -> sender.stats().instant().pktSndBuf() == 0);
                // The last acknowledgement is repeated until it is confirmed.
                await().atMost(SrtStackContract.SOON)
                        .untilAsserted(() -> assertThatTheyAgreeOnAcks(sender.stats(), receiver.stats(), relay));
                assertThatTheyAgree(sender.stats(), receiver.stats(), relay.lost());
                assertThat(busy.instant().pktRcvBuf()).isBetween(50, 400);
                assertThat(busy.instant().byteRcvBuf() / busy.instant().pktRcvBuf())
                        .isBetween(PacedBytes.MESSAGE, PacedBytes.MESSAGE + 44);
                assertThat(busy.instant().msRcvBuf()).isBetween(100, LATENCY_MS + 50);
                assertThatIntervalsBeginAnew(sender, receiver);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lightAcknowledgementsDoNotCount(boolean javaSends) throws Exception {
        RecordingSink receiving = new RecordingSink();
        RecordingSink sending = new RecordingSink();
        try (SrtStack java = new NettySrtStack();
                SrtStack libsrt = new LibSrtStack()) {
            SrtStack from = javaSends ? java : libsrt;
            SrtStack to = javaSends ? libsrt : java;
            SrtListener listener =
                    to.listen(SrtStackContract.ANY_PORT, SrtOptions.STANDARD, request -> SrtVerdict.accept(receiving));
            try (LossyRelay relay = new LossyRelay(listener.localAddress(), Integer.MAX_VALUE, 0)) {
                SrtConnection sender = from.connect(relay.address(), SrtOptions.STANDARD, sending);
                sending.connection();
                SrtConnection receiver = receiving.connection();
                byte[] burst = PacedBytes.packets(7 * BURST);
                int bursts = 0;
                // One that a busy machine draws out is acknowledged before it is long enough.
                while (bursts == 0 || (relay.lightAcks() == 0 && bursts < MOST_BURSTS)) {
                    PacedBytes.send(burst, sender, AT_ONCE_MBPS);
                    int sent = ++bursts * burst.length;
                    await().atMost(SrtStackContract.SOON).until(() -> receiving.size() == sent);
                }
                await().atMost(SrtStackContract.SOON)
                        .untilAsserted(() -> assertThatTheyAgreeOnAcks(sender.stats(), receiver.stats(), relay));
                assertThat(relay.lightAcks()).isPositive();
            }
        }
    }

    private static void assertThatTheyAgreeOnAcks(SrtStats sender, SrtStats receiver, LossyRelay relay) {
        assertThat(receiver.total().pktSentAck()).isEqualTo(relay.acks()).isPositive();
        assertThat(sender.total().pktRecvAck()).isEqualTo(relay.newAcks()).isPositive();
    }

    private static void assertThatTheyAgree(SrtStats sender, SrtStats receiver, int lost) {
        Counters s = sender.total();
        Counters r = receiver.total();
        assertThat(lost).isGreaterThan(40);
        assertThat(s.pktSentUnique()).isEqualTo(MESSAGES);
        assertThat(s.byteSentUnique()).isEqualTo(MESSAGES * WIRE);
        assertThat(s.pktSent()).isEqualTo(MESSAGES + s.pktRetrans());
        assertThat(s.byteSent()).isEqualTo(s.pktSent() * WIRE);
        assertThat(s.byteRetrans()).isEqualTo(s.pktRetrans() * WIRE);
        assertThat(s.pktRetrans()).isBetween((long) lost, 2L * lost);
        assertThat(s.pktSndLoss()).isGreaterThanOrEqualTo(lost);
        assertThat(r.pktRecv()).isEqualTo(s.pktSent() - lost);
        assertThat(r.byteRecv()).isEqualTo(r.pktRecv() * WIRE);
        assertThat(r.pktRecvUnique()).isEqualTo(MESSAGES);
        assertThat(r.byteRecvUnique()).isEqualTo(MESSAGES * WIRE);
        assertThat(r.pktRcvLoss()).isEqualTo(lost);
        assertThat(r.byteRcvLoss()).isCloseTo(lost * WIRE, within(lost * WIRE / 10));
        assertThat(receiver.interval()).isEqualTo(r);
        assertThat(receiver.instant().pktRcvRetrans()).isEqualTo(s.pktRetrans());
        assertThat(s.pktRecvNak()).isEqualTo(r.pktSentNak()).isPositive();
        assertThat(s.usSndDuration()).isBetween(100_000L, 4_000_000L);
        for (Counters c : new Counters[] {s, r}) {
            assertThat(c.pktSndDrop() + c.byteSndDrop()).isZero();
            assertThat(c.pktRcvDrop() + c.byteRcvDrop()).isZero();
            assertThat(c.pktRcvUndecrypt() + c.byteRcvUndecrypt()).isZero();
            assertThat(c.pktSndFilterExtra() + c.pktRcvFilterExtra()).isZero();
            assertThat(c.pktRcvFilterSupply() + c.pktRcvFilterLoss()).isZero();
        }
        // What is sent again though it had arrived counts as belated: the reason for it was a slow machine.
        assertThat(receiver.instant().pktRcvBelated()).isBetween(0L, s.pktRetrans() - lost);
        assertThatStatesAgree(sender.instant(), receiver.instant());
        assertThat(sender.msTimeStamp()).isCloseTo(receiver.msTimeStamp(), within(2000L));
    }

    private static void assertThatStatesAgree(Instant s, Instant r) {
        assertThat(s.msSndTsbPdDelay()).isEqualTo(r.msRcvTsbPdDelay()).isEqualTo(LATENCY_MS);
        assertThat(r.msSndTsbPdDelay()).isEqualTo(s.msRcvTsbPdDelay());
        assertThat(s.byteMss()).isEqualTo(r.byteMss()).isEqualTo(1500);
        assertThat(s.pktFlowWindow()).isBetween(7000, 8192);
        assertThat(s.pktCongestionWindow()).isEqualTo(8192);
        assertThat(s.pktFlightSize()).isZero();
        assertThat(s.msRtt()).isBetween(0.0, 100.0);
        assertThat(r.msRtt()).isBetween(0.0, 100.0);
        assertThat(s.mbpsMaxBw()).isGreaterThanOrEqualTo(1000);
        assertThat(s.usPktSndPeriod()).isBetween(1.0, 20.0);
        assertThat(s.byteAvailSndBuf()).isCloseTo(8192 * 1500, within(200_000));
        assertThat(r.byteAvailRcvBuf()).isCloseTo(8192 * 1500, within(200_000));
        assertThat(s.pktSndBuf() + s.byteSndBuf() + s.msSndBuf()).isZero();
        assertThat(r.pktRcvBuf() + r.byteRcvBuf() + r.msRcvBuf()).isZero();
        assertThat(s.mbpsSendRate()).isCloseTo(r.mbpsRecvRate(), within(s.mbpsSendRate() / 2));
        assertThat(r.pktReorderTolerance()).isZero();
    }

    private static void assertThatIntervalsBeginAnew(SrtConnection sender, SrtConnection receiver) {
        sender.statsAndRestartInterval();
        receiver.statsAndRestartInterval();
        assertThat(sender.stats().interval().pktSent()).isZero();
        assertThat(receiver.stats().interval().pktRecv()).isZero();
        assertThat(receiver.stats().total().pktRecv()).isPositive();
    }
}
