// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n", "\r", "\u001b", "\u0000", "\u007f", "\u0085", "\u009b", "\u00ad", "\u061c", "\u200b", "\u200e",
                "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff", "\ue000", "\ud800",
                "\udc00", "\uffff"
            })
    void whatEndsALineHidesOrTurnsItRoundIsAQuestionMark(String bad) {
        assertThat(OneLine.of("a" + bad + "b")).isEqualTo("a?b");
    }

    @Test
    void whatCanBeReadStays() {
        assertThat(OneLine.of("#!::r=live/Füße 東京 \ud83c\udfa5,m=publish"))
                .isEqualTo("#!::r=live/Füße 東京 \ud83c\udfa5,m=publish");
    }

    @Test
    void aLongTextIsCut() {
        assertThat(OneLine.of("x".repeat(80))).isEqualTo("x".repeat(80));
        assertThat(OneLine.of("x".repeat(512))).isEqualTo("x".repeat(80) + "…");
    }

    @Property
    void whateverItIsItIsOneShortLine(@ForAll String text) {
        String shown = OneLine.of(text);
        assertThat(shown.codePointCount(0, shown.length())).isLessThanOrEqualTo(81);
        assertThat(shown.codePoints()
                        .map(Character::getType)
                        .filter(type -> type == Character.CONTROL
                                || type == Character.FORMAT
                                || type == Character.LINE_SEPARATOR
                                || type == Character.PARAGRAPH_SEPARATOR
                                || type == Character.SURROGATE))
                .isEmpty();
    }
}
