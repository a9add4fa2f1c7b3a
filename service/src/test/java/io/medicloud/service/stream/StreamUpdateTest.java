// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.service.config.SegmentConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stream that was started with what was configured then, and a configuration that is another since. */
class StreamUpdateTest {
    private static final long MIB = 1 << 20;
    private static final SegmentPolicy RUNNING =
            new SegmentPolicy(Duration.ofSeconds(2), Duration.ofSeconds(4), 64 * MIB);
    private static final SegmentConfig SINCE = new SegmentConfig(Duration.ofSeconds(6), Duration.ZERO, 128 * MIB);

    private static SegmentPolicy policy(@Nullable Duration duration, @Nullable Long bytes) {
        StreamUpdate update = new StreamUpdate(
                "live",
                duration,
                null,
                bytes,
                null,
                null,
                null,
                null,
                null,
                null,
                StreamThresholds.Update.NONE,
                StreamUpdate.Fixed.NONE);
        StreamSettings next = new StreamSettings(
                duration == null || duration.isZero() ? null : duration,
                null,
                bytes == null ? 0 : bytes,
                null,
                "",
                null,
                StreamSettings.CONFIGURED.retention(),
                StreamSettings.CONFIGURED.allowFrom(),
                TakeoverPolicy.CONFIGURED,
                StreamThresholds.CONFIGURED);
        return next.policy(update.asRuns(SINCE, StreamSettings.CONFIGURED, RUNNING));
    }

    @Test
    void whatIsNotNamedStaysAsTheStreamWasStarted() {
        SegmentPolicy next = policy(null, 2 * MIB);

        assertThat(next.target()).isEqualTo(RUNNING.target());
        assertThat(next.longest()).isEqualTo(RUNNING.longest());
        assertThat(next.mostBytes()).isEqualTo(2 * MIB);
        assertThat(policy(Duration.ofSeconds(1), null).mostBytes()).isEqualTo(RUNNING.mostBytes());
    }

    @Test
    void zeroIsAsConfiguredNow() {
        assertThat(policy(Duration.ZERO, null).target()).isEqualTo(SINCE.duration());
        assertThat(policy(Duration.ZERO, null).longest())
                .isEqualTo(SINCE.duration().multipliedBy(2));
        assertThat(policy(null, 0L).mostBytes()).isEqualTo(SINCE.maxBytes());
    }
}
