// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose business a stream is. */
final class IdentityTest {
    @ParameterizedTest
    @CsvSource({
        "studio-1, studio-1, true",
        "studio-1, studio-10, false",
        "studio-1, studio-, false",
        "studio-*, studio-, true",
        "studio-*, studio-10, true",
        "studio-*, my-studio-10, false",
        "*-main, studio-main, true",
        "*-main, studio-main-2, false",
        "a*b*c, abbbc, true",
        "a*b*c, acb, false",
        "*, x, true",
        "'', x, false",
        "studio.1, studio-1, false",
    })
    void aPatternIsGoodForTheWholeOfAName(String pattern, String liveId, boolean isIts) {
        assertThat(of(pattern).sees(liveId)).isEqualTo(isIts);
    }

    /** Against the same pattern as a regular expression. */
    @Property
    void aStarStandsForAnyCharactersAndAllElseForItself(
            @ForAll @Chars({'a', 'b', '*'}) @StringLength(max = 8) String pattern,
            @ForAll @CharRange(from = 'a', to = 'b') @StringLength(max = 10) String liveId) {
        String expression =
                List.of(pattern.split("\\*", -1)).stream().map(Pattern::quote).collect(Collectors.joining(".*"));
        assertThat(of(pattern).sees(liveId)).isEqualTo(Pattern.matches(expression, liveId));
    }

    private static Identity of(String pattern) {
        return new Identity("one", Role.VIEWER, List.of(pattern));
    }
}
