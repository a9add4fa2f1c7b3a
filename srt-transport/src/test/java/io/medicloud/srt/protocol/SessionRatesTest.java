// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.packet.ControlType;
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
