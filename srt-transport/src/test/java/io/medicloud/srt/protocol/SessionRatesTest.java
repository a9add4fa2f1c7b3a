// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SeqNo;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session tells of itself per time, and how often it repeats what nobody confirms. */
class SessionRatesTest {
    private final LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    @Test
    void ratesAreThoseOfTheIntervalWithHeaders() {
        end.pass(10_000);
        end.session.restartStatsInterval(50_000_000 + end.now());
        for (int i = 0; i < 10; i++) {
            end.submit(i);
            end.pass(1_000);
        }
        end.dataFrom(0, 5);
        assertThat(end.instant().mbpsSendRate()).isEqualTo(10 * 48 * 8 / 10_000.0);
        assertThat(end.instant().mbpsRecvRate()).isEqualTo(5 * 48 * 8 / 10_000.0);
        assertThat(end.instant().msSndTsbPdDelay()).isEqualTo(120);
        assertThat(end.instant().msRcvTsbPdDelay()).isEqualTo(120);
    }

    @Test
    void theCapacityThatWasSeenIsToldToThePeerAndInTheStatistics() {
        end.data(0);
        end.pass(10_000);
        end.confirm(end.now());
        for (int number = 1; number <= 31; number++) {
            end.dataSince(number, 1000);
        }
        end.pass(2_000);
        end.dataSince(32, 1000);
        end.pass(20_000);

        List<LoneSession.Sent> acks = end.sent(ControlType.ACK);
        int told = AckPacket.linkCapacity(acks.get(acks.size() - 1).bytes());
        assertThat(told)
                .as("30 packets of 48 bytes in two milliseconds, in packets of 1500")
                .isEqualTo(480);
        assertThat(end.instant().mbpsBandwidth()).isEqualTo(480 * 1500 * 8 / 1e6);
    }

    @Test
    void whatThePeerTellsOfTheLinkToItGoesBeforeWhatIsSeenOfTheLinkFromIt() {
        for (int number = 0; number < 31; number++) {
            end.dataSince(number, 1000);
        }
        end.pass(2_000);
        end.dataSince(31, 1000);
        assertThat(end.instant().mbpsBandwidth()).isPositive();
        end.submit(0);
        end.say(p -> {
            AckPacket.writeSmall(
                    p, 1, SeqNo.plus(LoneSession.FIRST, 1), 1000, 100, 8000, (int) end.now(), LoneSession.SOCKET);
            AckPacket.writeRates(p, 100, 2000, 100_000);
        });
        assertThat(end.instant().mbpsBandwidth()).isEqualTo(2000 * 1500 * 8 / 1e6);
    }

    @Test
    void restDoesNotCountAsTimeWithSomethingToSend() {
        end.submit(0);
        end.pass(3_000);
        end.skip(500);
        end.ack(1, 1, 1000, 8000);
        assertThat(end.total().usSndDuration()).as("until it was acknowledged").isEqualTo(3_500);
        end.skip(900_000);
        end.submit(1);
        end.pass(2_000);
        assertThat(end.total().usSndDuration()).as("from its submission on").isEqualTo(5_500);
        end.submit(2);
        end.pass(1_000);
        assertThat(end.total().usSndDuration()).isEqualTo(6_500);
    }

    @Test
    void theToleranceForDisorderIsToldInPacketsOfTheRateThatCame() {
        end.measure();
        for (int i = 1; i <= 1100; i++) {
            end.data(i);
            end.pass(1_000);
        }
        assertThat(end.instant().pktReorderTolerance()).isZero();
        end.data(1102);
        end.pass(10_000);
        end.data(1101, end.now() - 10_000);
        assertThat(end.instant().pktReorderTolerance())
                .as("10 ms, an eighth of it and half a millisecond, of nearly a thousand packets a second")
                .isBetween(11, 12);
    }

    @Test
    void anAcknowledgementThatNobodyConfirmsIsRepeated() {
        end.data(0);
        end.pass(70_000);
        assertThat(end.sent(ControlType.ACK).stream().map(s -> s.atUs() / 1000)).containsExactly(1L, 22L, 43L, 64L);
    }
}
