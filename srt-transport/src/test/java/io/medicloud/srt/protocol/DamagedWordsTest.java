// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.protocol.Simulation.Setup;
import io.medicloud.testdata.Impairment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One word of one control packet is damaged on the way: nothing lasts of it. */
class DamagedWordsTest {
    private static final long SECOND = 1_000_000;
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;

    /** Of a peer that waits for what is missing. */
    private static final int WAITS = LoneSetup.ALL_FLAGS & ~SrtFlags.TLPKTDROP;

    private LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(LoneSetup setup) {
        end.end();
        end = setup.begin();
    }

    private void submitFrom(int first, int last) {
        for (int number = first; number < last; number++) {
            assertThat(end.submit(number)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 2", "2, 2", "-2147475456, 8192"})
    void aPeerThatHasEverythingIsSentMoreWhateverRoomItSays(int room, int window) {
        submitFrom(0, 3);
        end.pass(1000);
        end.ack(1, 3, 500, room);
        submitFrom(3, 5);
        end.pass(1000);
        assertThat(end.line()).isEqualTo("0 1 2 3 4");
        assertThat(end.instant().pktFlowWindow()).isEqualTo(window);
    }

    @ParameterizedTest
    @ValueSource(ints = {WAITS, LoneSetup.ALL_FLAGS, SrtFlags.REXMITFLG})
    void whatWasLostInAFullWindowIsSentAgainThoughMoreWaitsBehindIt(int peer) {
        begin(LoneSetup.of(STANDARD).peer(peer));
        submitFrom(0, 1);
        end.pass(1000);
        end.ack(1, 1, 20_000, 0);
        submitFrom(1, 5);
        end.pass(SECOND / 10);
        assertThat(end.line()).startsWith("0 1 2 ").contains("2r");
    }

    @Test
    void aRoundTripThatOnePacketAloneSaysDelaysNoRetransmission() {
        begin(LoneSetup.of(STANDARD).peer(WAITS));
        submitFrom(0, 5);
        end.pass(1000);
        end.ack(1, 1, 20_000, 8192);
        end.nak(3, 3);
        end.ack(2, 2, 20_000 | 1 << 23, 8192);
        assertThat(end.instant().msRtt()).isEqualTo(20.0);
        end.pass(30_000);
        end.nak(3, 3);
        assertThat(end.line()).isEqualTo("0 1 2 3 4 3r 3r");
    }

    @Test
    void aRoundTripThatTwoPacketsSayIsBelievedHoweverMuchLongerItIs() {
        submitFrom(0, 5);
        end.pass(1000);
        end.ack(1, 1, 20_000, 8192);
        end.ack(2, 2, 2_000_000, 8192);
        assertThat(end.instant().msRtt()).isEqualTo(20.0);
        end.ack(3, 3, 1_900_000, 8192);
        assertThat(end.instant().msRtt()).isEqualTo(1900.0);
    }

    @Test
    void whoSendsAgainWhatItSaidToKnowIsToldOnceMore() {
        end.measure();
        end.data(1);
        end.pass(20_000);
        end.confirm(end.now());
        end.pass(SECOND);
        int acks = end.sent(ControlType.ACK).size();
        end.dataAgain(1, end.now() - SECOND); // to it the acknowledgement said less
        end.pass(2_000);
        assertThat(end.sent(ControlType.ACK)).hasSize(acks + 1);
        end.confirm(end.now());
        end.pass(SECOND);
        assertThat(end.sent(ControlType.ACK)).hasSize(acks + 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 500})
    void aFlippedBitInOneOfTwentyDatagramsStallsNoSlowStreamOnTheShortestPath(long delayUs) {
        Impairment link = Impairment.NONE.withDelayUs(delayUs);
        Simulation sim = new Simulation(Setup.of(1).links(link).rate(100).twoWay());
        assertThat(sim.connect(SECOND)).isTrue();
        sim.there.become(link.withDamage(0.05));
        sim.back.become(link.withDamage(0.05));
        sim.stream(300 * SECOND);
        for (SimulatedEnd each : new SimulatedEnd[] {sim.caller, sim.listener}) {
            assertThat(each.longestSilenceUs).isLessThan(200_000);
            assertThat(each.closed).isNull();
        }
        sim.release();
    }
}
