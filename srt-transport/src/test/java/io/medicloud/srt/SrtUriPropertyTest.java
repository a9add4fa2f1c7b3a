// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

final class SrtUriPropertyTest {

    @Property(tries = 2000)
    void anyTextIsAUrlOrAnErrorInOneLine(@ForAll("nearlyUrls") String text) {
        try {
            assertThat(SrtUri.parse(text)).isNotNull();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasNoCause();
            assertThat(e.getMessage()).isNotBlank().hasLineCount(1).hasSizeLessThan(250);
        }
    }

    @Property
    void anyTextAtAllIsAUrlOrAnErrorInOneLine(@ForAll String text) {
        anyTextIsAUrlOrAnErrorInOneLine(text);
        anyTextIsAUrlOrAnErrorInOneLine("srt://" + text);
        anyTextIsAUrlOrAnErrorInOneLine("srt://h:1?streamid=" + text);
    }

    @Property
    void whatAUrlSaysIsReadBack(@ForAll("uris") SrtUri uri) {
        assertThat(SrtUri.parse(uri.toUrl())).isEqualTo(uri);
    }

    @Property
    void anyStreamIdThatFitsIsCarriedUnchanged(@ForAll("streamIds") String streamId) {
        SrtUri uri = new SrtUri(SrtMode.CALLER, "h", 1, "", 0, SrtOptions.STANDARD.withStreamId(streamId));
        assertThat(SrtUri.parse(uri.toUrl()).options().streamId()).isEqualTo(streamId);
    }

    @Provide
    Arbitrary<String> nearlyUrls() {
        Arbitrary<String> piece = Arbitraries.oneOf(
                Arbitraries.of(
                        "srt://",
                        "h",
                        ":",
                        "1",
                        "9000",
                        "?",
                        "&",
                        "=",
                        "%",
                        "%2",
                        "%20",
                        "[",
                        "]",
                        "::1",
                        "/",
                        "#",
                        ",",
                        "mode",
                        "listener",
                        "caller",
                        "latency",
                        "passphrase",
                        "0123456789",
                        "streamid",
                        "port",
                        "-1"),
                Arbitraries.of(SrtOption.values()).map(option -> "&" + option.key() + "="),
                Arbitraries.strings().ofMaxLength(3));
        Arbitrary<String> beginning = Arbitraries.of("", "srt://", "srt://h:1?", "srt://:1?");
        return Combinators.combine(beginning, piece.list().ofMaxSize(12))
                .as((begin, pieces) -> begin + String.join("", pieces));
    }

    @Provide
    Arbitrary<String> streamIds() {
        return Arbitraries.strings()
                .excludeChars('\0')
                .ofMaxLength(120)
                .filter(text ->
                        java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }

    @Provide
    Arbitrary<SrtUri> uris() {
        return Combinators.combine(
                        Arbitraries.of(SrtMode.values()),
                        Arbitraries.of("h.example", "10.0.0.1", "::1", "fe80::1"),
                        Arbitraries.integers().between(1, 65_535),
                        Arbitraries.of("", "127.0.0.1", "::2"),
                        Arbitraries.integers().between(1, 65_535),
                        options())
                .as((mode, host, port, adapter, localPort, options) ->
                        new SrtUri(mode, host, port, adapter, mode == SrtMode.LISTENER ? 0 : localPort, options));
    }

    private static Arbitrary<SrtOptions> options() {
        return Arbitraries.maps(
                        Arbitraries.of(
                                SrtOption.LATENCY,
                                SrtOption.MAXBW,
                                SrtOption.PASSPHRASE,
                                SrtOption.STREAMID,
                                SrtOption.NAKREPORT,
                                SrtOption.MINVERSION),
                        Arbitraries.integers().between(0, 60_000))
                .map(values -> {
                    Map<SrtOption, String> texts = new EnumMap<>(SrtOption.class);
                    values.forEach((option, n) -> texts.put(option, text(option, n)));
                    return SrtOptions.parse(texts);
                });
    }

    private static String text(SrtOption option, int n) {
        return switch (option) {
            case PASSPHRASE -> "pass&phrase=" + n;
            case STREAMID -> "#!::r=live/" + n + ",m=publish";
            case NAKREPORT -> n % 2 == 0 ? "yes" : "off";
            case MINVERSION -> "1." + n % 256 + "." + n / 256;
            default -> String.valueOf(n);
        };
    }
}
