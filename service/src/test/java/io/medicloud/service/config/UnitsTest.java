// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitsTest {
    @Test
    void durationsHaveUnitsAndABareNumberCountsSeconds() {
        assertThat(Units.duration("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Units.duration("6s")).isEqualTo(Duration.ofSeconds(6));
        assertThat(Units.duration("1.5s")).isEqualTo(Duration.ofMillis(1500));
        assertThat(Units.duration("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Units.duration("1h")).isEqualTo(Duration.ofHours(1));
        assertThat(Units.duration(" 10 ")).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void sizesArePowersOf1024UnlessTheyEndInB() {
        assertThat(Units.bytes("64MiB")).isEqualTo(64L << 20);
        assertThat(Units.bytes("64M")).isEqualTo(64L << 20);
        assertThat(Units.bytes("64MB")).isEqualTo(64_000_000L);
        assertThat(Units.bytes("1000")).isEqualTo(1000L);
        assertThat(Units.bitsPerSecond("8M")).isEqualTo(8_000_000L);
        assertThat(Units.bitsPerSecond("2.5M")).isEqualTo(2_500_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "6 parsecs", "-1s", "1e3", "0x10", "9999999999999999h", "1..5s", "6s6"})
    void whatIsNoDurationIsRefusedWithWhatIs(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Units.duration(text))
                .withMessageContaining("is not a duration such as 500ms, 6s or 2m");
    }

    @Property
    void aDurationIsReadAsItIsWritten(@ForAll @LongRange(min = 0, max = 1_000_000_000) long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(Units.duration(Units.text(duration))).isEqualTo(duration);
    }
}
