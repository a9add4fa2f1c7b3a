// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class FaultDigestTest {
    private final AtomicLong nanos = new AtomicLong();
    private final FaultDigest digest = new FaultDigest(nanos::get);

    @Test
    void oneLineASecondOfEachStreamAndKindIsLetThroughAndTheNextTellsHowManyWereNot() {
        assertThat(digest.admit("a", "lost")).isZero();
        assertThat(digest.admit("a", "lost")).isEqualTo(FaultDigest.LEFT_OUT);
        assertThat(digest.admit("a", "stalled")).isZero();
        assertThat(digest.admit("b", "lost")).isZero();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        assertThat(digest.admit("a", "lost")).isEqualTo(FaultDigest.LEFT_OUT);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(digest.admit("a", "lost")).isEqualTo(2);
        assertThat(digest.admit("a", "lost")).isEqualTo(FaultDigest.LEFT_OUT);
    }

    @Test
    void whatNobodyWillHearOfIsToldAtTheEndOfTheStream() {
        digest.admit("a", "lost");
        digest.admit("a", "lost");
        digest.admit("b", "lost");
        digest.admit("b", "lost");

        assertThat(digest.forget("a")).isEqualTo(1);
        assertThat(digest.forget("a")).isZero();
        assertThat(digest.admit("a", "lost")).isZero();
    }
}
