// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration OFF = Duration.ZERO;
    private static final Class<?> NOTHING = Watchdog.Verdict.Nothing.class;
    private static final Class<?> STALLED = Watchdog.Verdict.Stalled.class;

    private static Watchdog dog(Duration noMedia, Duration stall, Duration longest) {
        return new Watchdog(new SourceLimits(noMedia, stall, longest, 0), 0, 0);
    }

    @Test
    void aStreamThatGetsNoMediaInTimeFails() {
        Watchdog dog = dog(Duration.ofSeconds(10), OFF, OFF);

        assertThat(dog.look(PipelineState.WAITING, false, 0, 9_999)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.CONNECTED, false, 0, 10_000))
                .isInstanceOfSatisfying(Watchdog.Verdict.End.class, end -> {
                    assertThat(end.failed()).isTrue();
                    assertThat(end.reason()).contains("stream.noMediaTimeout");
                });
        assertThat(dog.look(PipelineState.RECONNECTING, true, 5, 10_000)).isInstanceOf(NOTHING);
    }

    @Test
    void theLongestTimeGoesOnWhereAnEarlierProcessEnded() {
        Watchdog dog =
                new Watchdog(new SourceLimits(Duration.ofSeconds(10), OFF, Duration.ofHours(1), 0), 0, 3_590_000);

        assertThat(dog.look(PipelineState.WAITING, false, 0, 9_999)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.WAITING, true, 0, 10_000))
                .isInstanceOfSatisfying(
                        Watchdog.Verdict.End.class,
                        end -> assertThat(end.reason()).contains("stream.maxDuration"));
    }

    @Test
    void aStallIsToldOnceUntilMediaCameAgain() {
        Watchdog dog = dog(OFF, Duration.ofSeconds(2), OFF);

        assertThat(dog.look(PipelineState.STREAMING, true, 100, 1_000)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.STREAMING, true, 100, 2_999)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.STREAMING, true, 100, 3_000)).isInstanceOf(STALLED);
        assertThat(dog.look(PipelineState.STREAMING, true, 100, 9_000)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.STREAMING, true, 101, 9_500)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.STREAMING, true, 101, 11_500)).isInstanceOf(STALLED);
    }

    @Test
    void whoIsNotConnectedDoesNotStall() {
        Watchdog dog = dog(OFF, Duration.ofSeconds(2), OFF);

        assertThat(dog.look(PipelineState.RECONNECTING, true, 100, 60_000)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.CONNECTED, true, 100, 61_000)).isInstanceOf(NOTHING);
    }

    @Test
    void aStreamEndsAfterItsLongestTime() {
        Watchdog dog = dog(OFF, OFF, Duration.ofHours(1));

        assertThat(dog.look(PipelineState.STREAMING, true, 1, 3_599_999)).isInstanceOf(NOTHING);
        assertThat(dog.look(PipelineState.STREAMING, true, 2, 3_600_000))
                .isInstanceOfSatisfying(
                        Watchdog.Verdict.End.class,
                        end -> assertThat(end.failed()).isFalse());
        assertThat(dog.look(PipelineState.STOPPING, true, 2, 3_601_000)).isInstanceOf(NOTHING);
    }
}
