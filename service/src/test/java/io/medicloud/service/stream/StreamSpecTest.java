// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.service.config.Secret;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamSpecTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "live", "0", "-", "_", "A.b-c_9", "cam..1"})
    void theseAreLiveIds(String liveId) {
        assertThatCode(() -> StreamSpec.requireLiveId(liveId)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "a/b", "../a", "a b", "a\n", "ü", "%2e", "a\0", "a\\b"})
    void theseAreNot(String liveId) {
        assertThatThrownBy(() -> StreamSpec.requireLiveId(liveId))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("live_id: ");
    }

    @Property
    void whatIsALiveIdIsAFolderOfTheBucketAndWhatIsNoneIsNot(@ForAll String any) {
        boolean isLiveId = true;
        try {
            StreamSpec.requireLiveId(any);
        } catch (StreamException e) {
            isLiveId = false;
        }
        assertThat(ObjectKeys.isName(any)).isEqualTo(isLiveId);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"0123456789, true", "012345678, false", "'', false", "ten€€€chars, true"})
    void aPassphraseHasTenCharactersOrMore(String passphrase, boolean isRight) {
        check(new StreamSpec("live", Secret.of(passphrase), false, null, null), isRight, "passphrase: ");
    }

    @ParameterizedTest
    @CsvSource({"79, true", "80, false"})
    void aPassphraseHas79CharactersOrFewer(int length, boolean isRight) {
        check(new StreamSpec("live", Secret.of("x".repeat(length)), false, null, null), isRight, "passphrase: ");
    }

    @ParameterizedTest
    @CsvSource({"99, false", "100, true", "3600000, true", "3600001, false"})
    void aSegmentsDurationHasItsRange(long millis, boolean isRight) {
        check(
                new StreamSpec("live", Secret.NONE, true, Duration.ofMillis(millis), null),
                isRight,
                "segment_duration_ms: ");
    }

    @ParameterizedTest
    @CsvSource({"19, false", "20, true", "60000, true", "60001, false"})
    void theLatencyHasItsRange(long millis, boolean isRight) {
        check(new StreamSpec("live", Secret.NONE, true, null, Duration.ofMillis(millis)), isRight, "latency_ms: ");
    }

    private static void check(StreamSpec spec, boolean isRight, String message) {
        if (isRight) {
            assertThatCode(spec::check).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(spec::check).hasMessageStartingWith(message);
        }
        assertThat(spec.toString()).doesNotContain("0123456789");
    }
}
