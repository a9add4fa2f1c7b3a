// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeysTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "A-1_b.c", "camera.1", "-", "_", "0"})
    void namesOfTheAllowedCharactersAreNames(String name) {
        assertThat(ObjectKeys.isName(name)).isTrue();
        assertThat(ObjectKeys.isName(name.repeat(129).substring(0, 128))).isTrue();
        assertThat(ObjectKeys.isName(name.repeat(129).substring(0, 129))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "a/b", "a\\b", "a b", "a\n", "ä", "a%2e", "a\u0000", "../x"})
    void whatCouldLeaveItsPlaceIsNoName(String name) {
        assertThat(ObjectKeys.isName(name)).isFalse();
        assertThatThrownBy(() -> ObjectKeys.requireName("live id", name)).hasMessageStartingWith("live id must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/", "/a/", "a//", "../", "a/../", "a/./b/"})
    void aPrefixThatIsNoRowOfNamesIsRefused(String prefix) {
        assertThatThrownBy(() -> ObjectKeys.requirePrefix(prefix)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 10_000)
    void noKeyLeavesItsFolder(@ForAll("hostile") String key) {
        Path root = Path.of("/store/root");
        try {
            Path resolved = root.resolve(ObjectKeys.requireKey(key)).normalize();
            assertThat(resolved).startsWithRaw(root).isNotEqualTo(root);
            assertThat(root.relativize(resolved)).hasToString(key);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("key");
        }
    }

    @Provide
    Arbitrary<String> hostile() {
        return Arbitraries.of("..", ".", "/", "//", "a", "b.ts", "\u0000", "%2e", "\\", " ", "~", "-", "A9", "\n")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }
}
