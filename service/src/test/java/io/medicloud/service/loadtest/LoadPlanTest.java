// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.loadtest.LoadPlan.Planned;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LoadPlanTest {
    private static final long SECOND_US = 1_000_000;

    @Property(tries = 200)
    void neverAreThereMoreThanAskedForAndNoneOutlastsTheTest(
            @ForAll @IntRange(min = 1, max = 60) int streams,
            @ForAll @IntRange(min = 2, max = 600) int seconds,
            @ForAll @IntRange(min = 0, max = 20) int churn,
            @ForAll @IntRange(min = 0, max = 20) int storm,
            @ForAll @IntRange(min = 1, max = 5) int steps,
            @ForAll long seed) {
        LoadSettings settings = settings(streams, seconds, shape(0, steps, atLeastTwo(churn), atLeastTwo(storm)), seed);

        List<Planned> plan = LoadPlan.of(settings);

        assertThat(plan).isNotEmpty().isEqualTo(LoadPlan.of(settings));
        for (int i = 0; i < plan.size(); i++) {
            Planned stream = plan.get(i);
            assertThat(stream.number()).isEqualTo(i);
            assertThat(stream.beginUs()).isNotNegative();
            assertThat(stream.endUs()).isLessThanOrEqualTo(seconds * SECOND_US);
            assertThat(stream.endUs() - stream.beginUs()).isGreaterThanOrEqualTo(SECOND_US / 2);
            assertThat(stream.hangUpsUs()).allMatch(at -> at > stream.beginUs() && at < stream.endUs());
            assertThat(atOnce(plan, stream.beginUs())).isLessThanOrEqualTo(streams);
        }
    }

    @Test
    void stepsAreEvenAndAllAreThereInTheLast() {
        List<Planned> plan = LoadPlan.of(settings(8, 40, shape(0, 4, 0, 0), 1));

        assertThat(atOnce(plan, 9 * SECOND_US)).isEqualTo(2);
        assertThat(atOnce(plan, 19 * SECOND_US)).isEqualTo(4);
        assertThat(atOnce(plan, 29 * SECOND_US)).isEqualTo(6);
        assertThat(atOnce(plan, 39 * SECOND_US)).isEqualTo(8);
    }

    @Test
    void aRampIsEven() {
        List<Planned> plan = LoadPlan.of(settings(10, 40, shape(20, 1, 0, 0), 1));

        assertThat(plan)
                .extracting(Planned::beginUs)
                .containsExactly(
                        0L,
                        2_000_000L,
                        4_000_000L,
                        6_000_000L,
                        8_000_000L,
                        10_000_000L,
                        12_000_000L,
                        14_000_000L,
                        16_000_000L,
                        18_000_000L);
    }

    @Test
    void anotherStreamTakesThePlaceOfOneThatHasLived() {
        List<Planned> plan = LoadPlan.of(settings(5, 100, shape(0, 1, 10, 0), 1));

        assertThat(plan.size()).isBetween(30, 100);
        assertThat(atOnce(plan, 50 * SECOND_US)).isEqualTo(5);
    }

    @Test
    void inAStormAllHangUpAtOnce() {
        List<Planned> plan = LoadPlan.of(settings(5, 20, shape(0, 1, 0, 6), 1));

        assertThat(plan)
                .extracting(Planned::hangUpsUs)
                .containsOnly(List.of(6 * SECOND_US, 12 * SECOND_US, 18 * SECOND_US));
    }

    @ParameterizedTest
    @CsvSource({"0, 60, --streams", "1001, 60, --streams", "1, 1, --for", "1, 90000, --for"})
    void whatIsOutOfBoundsIsNamed(int streams, int seconds, String option) {
        assertThatThrownBy(() -> settings(streams, seconds, shape(0, 1, 0, 0), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option);
    }

    private static int atLeastTwo(int seconds) {
        return seconds < 2 ? 0 : seconds;
    }

    private static long atOnce(List<Planned> plan, long us) {
        return plan.stream()
                .filter(stream -> stream.beginUs() <= us && us < stream.endUs())
                .count();
    }

    private static LoadSettings.Shape shape(int ramp, int steps, int churn, int storm) {
        return new LoadSettings.Shape(
                Duration.ofSeconds(ramp), steps, Duration.ofSeconds(churn), Duration.ofSeconds(storm));
    }

    private static LoadSettings settings(int streams, int seconds, LoadSettings.Shape shape, long seed) {
        return new LoadSettings(
                streams,
                Duration.ofSeconds(seconds),
                1_000_000,
                null,
                shape,
                seed,
                new LoadSettings.Srt("auto", Duration.ofMillis(120), true),
                LoadSettings.Network.NONE,
                Duration.ofSeconds(2),
                new LoadSettings.Target(null, null, 0, List.of()));
    }
}
