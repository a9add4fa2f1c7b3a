// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** How often one network's callers are listened to. */
final class ConclusionLimitTest {
    private static final byte[] CALLER = {10, 0, 0, 7};
    private static final long START_US = 7_000_000;

    private final ConclusionLimit limit = new ConclusionLimit(20, 64);

    private int allowed(byte[] address, int asked, long nowUs) {
        int allowed = 0;
        for (int i = 0; i < asked; i++) {
            allowed += limit.allows(address, nowUs) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void aNetworkIsHeardSixtyFourTimesAtOnceAndThenTwentyTimesASecond() {
        assertThat(allowed(CALLER, 100, START_US)).isEqualTo(64);
        int later = 0;
        for (long us = START_US + 1_000; us <= START_US + 10_000_000; us += 1_000) {
            later += allowed(CALLER, 1, us);
        }
        assertThat(later).isBetween(199, 200);
        assertThat(allowed(CALLER, 100, START_US + 3_600_000_000L))
                .as("what it did not use is not saved up")
                .isEqualTo(64);
    }

    @Test
    void halfAThousandEncodersBehindOneAddressMayStartTogether() {
        ConclusionLimit standard = new ConclusionLimit();
        int heard = 0;
        for (int i = 0; i < 600; i++) {
            heard += standard.allows(CALLER, START_US) ? 1 : 0;
        }
        assertThat(heard).isEqualTo(512);
        for (int i = 0; i < 100; i++) {
            heard += standard.allows(CALLER, START_US + 1_000_000) ? 1 : 0;
        }
        assertThat(heard).isEqualTo(562);
    }

    @Test
    void whoeverReadsTheLogLearnsWhichNetworkAndHowToAllowItMore() {
        assertThat(limit.line(CALLER))
                .contains("10.0.0.7", "64 at once", "20 a second", "io.medicloud.srt.callersAtOnce");
    }

    @Test
    void neighboursShareAndOthersDoNot() {
        allowed(CALLER, 64, START_US);
        assertThat(limit.allows(new byte[] {10, 0, 0, 8}, START_US)).isFalse();
        assertThat(limit.allows(new byte[] {10, 0, 1, 7}, START_US)).isTrue();
        byte[] host = new byte[16];
        host[7] = 1;
        allowed(host, 64, START_US);
        byte[] neighbour = host.clone();
        neighbour[8] = 1;
        assertThat(limit.allows(neighbour, START_US)).isFalse();
        byte[] other = host.clone();
        other[7] = 2;
        assertThat(limit.allows(other, START_US)).isTrue();
    }

    @Test
    void aNetworkIsForgottenWhenAThousandOthersHaveAskedSince() {
        allowed(CALLER, 64, START_US);
        askFromOthers(1_023);
        assertThat(limit.allows(CALLER, START_US)).isFalse();
        askFromOthers(1_024);
        assertThat(limit.allows(CALLER, START_US)).isTrue();
    }

    private void askFromOthers(int networks) {
        for (int i = 0; i < networks; i++) {
            byte[] address = ByteBuffer.allocate(4).putInt(0x0B00_0000 | i << 8).array();
            assertThat(limit.allows(address, START_US)).isTrue();
        }
    }
}
