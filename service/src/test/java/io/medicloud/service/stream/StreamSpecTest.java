// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.security.AddressRanges;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamSpecTest {
    private static final String PASSPHRASE = "0123456789";
    private static final SegmentConfig CONFIGURED = new SegmentConfig(Duration.ofSeconds(10), Duration.ZERO, 64L << 20);

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
        check(spec(passphrase, Ingress.OWN_PORT, StreamSettings.CONFIGURED), isRight ? "" : "passphrase: ");
    }

    @ParameterizedTest
    @CsvSource({"79, true", "80, false"})
    void aPassphraseHas79CharactersOrFewer(int length, boolean isRight) {
        check(spec("x".repeat(length), Ingress.OWN_PORT, StreamSettings.CONFIGURED), isRight ? "" : "passphrase: ");
    }

    @ParameterizedTest
    @CsvSource({
        // target, longest, bytes, latency, window
        "99,         0,          0,       0,         0, segment_duration_ms: ",
        "100,        0,          0,       0,         0, ''",
        "3600000,    0,          0,       0,         0, ''",
        "3600001,    0,          0,       0,         0, segment_duration_ms: ",
        "4294967295, 0,          0,       0,         0, segment_duration_ms: ",
        "2000,    1999,          0,       0,         0, segment_max_duration_ms: ",
        "0,       9999,          0,       0,         0, segment_max_duration_ms: ",
        "0,      10000,          0,       0,         0, ''",
        "0,    7200001,          0,       0,         0, segment_max_duration_ms: ",
        "0,          0,     262143,       0,         0, segment_max_bytes: ",
        "0,          0,     262144,       0,         0, ''",
        "0,          0, 4294967297,       0,         0, segment_max_bytes: ",
        "0,          0,         -1,       0,         0, segment_max_bytes: ",
        "0,          0,          0,      19,         0, latency_ms: ",
        "0,          0,          0,      20,         0, ''",
        "0,          0,          0,   60001,         0, latency_ms: ",
        "0,          0,          0,       0,         1, ''",
        "0,          0,          0,       0,  86400001, reconnect_window_ms: ",
    })
    void eachSettingHasItsRange(long target, long longest, long bytes, long latency, long window, String fault) {
        check(
                spec(
                        PASSPHRASE,
                        Ingress.OWN_PORT,
                        new StreamSettings(
                                millis(target),
                                millis(longest),
                                bytes,
                                millis(latency),
                                "",
                                millis(window),
                                StreamRetention.CONFIGURED,
                                AddressRanges.of(""),
                                TakeoverPolicy.CONFIGURED,
                                StreamThresholds.CONFIGURED)),
                fault);
    }

    @ParameterizedTest
    @CsvSource({
        "'', live/",
        "tv, tv/",
        "tv/, tv/",
        "tv/news/2024.11, tv/news/2024.11/",
    })
    void segmentsGoBelowTheirPrefix(String prefix, String keyPrefix) {
        StreamSettings settings = settings(prefix);
        check(spec(PASSPHRASE, Ingress.OWN_PORT, settings), "");
        assertThat(settings.keyPrefix("live")).isEqualTo(keyPrefix);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/tv", "tv//news", "../tv", "tv/..", ".tv", "a b", "a\\b", "tv/\n"})
    void aPrefixStaysWithinTheBucket(String prefix) {
        check(spec(PASSPHRASE, Ingress.OWN_PORT, settings(prefix)), "storage_prefix: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:9000",
                "srt://127.0.0.1",
                "srt://:9000",
                "srt://127.0.0.1:9000?mode=listener",
                "srt://127.0.0.1:9000?mode=rendezvous",
                "srt://127.0.0.1:9000?latencyy=5",
                "srt://127.0.0.1:9000?adapter=127.0.0.1",
                "srt://127.0.0.1:9000?adapter=name.example",
                "srt://127.0.0.1:9000?port=9001",
                "srt://127.0.0.1:9000?latency=x",
                "srt://127.0.0.1:99999",
                "nonsense",
            })
    void aSourceThatCannotBeCalledIsNamed(String url) {
        assertThatThrownBy(() -> Ingress.of(url, ""))
                .isInstanceOf(StreamException.class)
                .hasMessageStartingWith("source_url: ");
    }

    @Test
    void aStreamComesInOneWay() throws Exception {
        assertThat(Ingress.of("", "")).isEqualTo(Ingress.OWN_PORT);
        assertThat(Ingress.of("", "live/cam-1")).isEqualTo(new Ingress.Shared("live/cam-1"));
        assertThat(Ingress.of("", "#!::r=live/cam-1,m=publish")).isEqualTo(new Ingress.Shared("live/cam-1"));
        assertThatThrownBy(() -> Ingress.of("srt://127.0.0.1:9000", "cam"))
                .hasMessageStartingWith("source_url and stream_id: ");
        for (String wrong : List.of("#!::m=publish", "#!::nonsense", "x".repeat(513))) {
            assertThatThrownBy(() -> Ingress.of("", wrong)).hasMessageStartingWith("stream_id: ");
        }
    }

    @Test
    void thePassphraseOfTheUrlCountsUnlessThereIsOneBesideIt() throws Exception {
        Ingress pull = Ingress.of("srt://127.0.0.1:9000?passphrase=of-the-url-0123456789", "");
        StreamSpec alone = spec("", pull, StreamSettings.CONFIGURED);
        check(alone, "");
        assertThat(alone.passphrase().reveal()).isEqualTo("of-the-url-0123456789");
        assertThat(spec(PASSPHRASE, pull, StreamSettings.CONFIGURED)
                        .passphrase()
                        .reveal())
                .isEqualTo(PASSPHRASE);
        check(spec("", Ingress.of("srt://127.0.0.1:9000", ""), StreamSettings.CONFIGURED), "passphrase: ");
    }

    private static StreamSpec spec(String passphrase, Ingress ingress, StreamSettings settings) {
        return new StreamSpec("live", Secret.of(passphrase), false, ingress, settings);
    }

    private static StreamSettings settings(String prefix) {
        return new StreamSettings(
                null,
                null,
                0,
                null,
                prefix,
                null,
                StreamRetention.CONFIGURED,
                AddressRanges.of(""),
                TakeoverPolicy.CONFIGURED,
                StreamThresholds.CONFIGURED);
    }

    private static @Nullable Duration millis(long millis) {
        return millis == 0 ? null : Duration.ofMillis(millis);
    }

    /** @param fault what the message begins with; empty: it is right */
    private static void check(StreamSpec spec, String fault) {
        if (fault.isEmpty()) {
            assertThatCode(() -> spec.check(CONFIGURED)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> spec.check(CONFIGURED)).hasMessageStartingWith(fault);
        }
        assertThat(spec.toString()).doesNotContain("0123456789");
    }
}
