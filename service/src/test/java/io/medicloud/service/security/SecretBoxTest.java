// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretBoxTest {
    private final SecretBox box = new SecretBox(new byte[SecretBox.KEY_BYTES]);

    @Property(tries = 200)
    void aSecretIsReadAsItWasSealed(@ForAll String text, @ForAll String place) throws Exception {
        Secret secret = Secret.of(text.replaceAll("[\\uD800-\\uDFFF]", "x"));
        String there = place.replaceAll("[\\uD800-\\uDFFF]", "x");

        assertThat(box.open(box.seal(secret, there), there)).isEqualTo(secret);
    }

    @Property(tries = 200)
    void aTextThatWasChangedIsRefused(@ForAll @IntRange(min = 3, max = 60) int at, @ForAll char with) {
        String sealed = box.seal(Secret.of("a passphrase of some length"), "live");
        StringBuilder changed = new StringBuilder(sealed);
        if (changed.charAt(at) == with) {
            return;
        }
        changed.setCharAt(at, with);

        assertThatThrownBy(() -> box.open(changed.toString(), "live")).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void noTwoTextsOfASecretAreTheSameAndNoneShowsIt() {
        Secret secret = Secret.of("canary-passphrase");

        assertThat(box.seal(secret, "live"))
                .isNotEqualTo(box.seal(secret, "live"))
                .doesNotContain("canary");
    }

    @Test
    void itIsReadOnlyWithItsKeyAndInItsPlace() {
        String sealed = box.seal(Secret.of("canary-passphrase"), "live/passphrase");
        byte[] other = new byte[SecretBox.KEY_BYTES];
        other[31] = 1;

        assertThatThrownBy(() -> new SecretBox(other).open(sealed, "live/passphrase"))
                .isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> box.open(sealed, "other/passphrase")).isInstanceOf(GeneralSecurityException.class);
        for (String junk : List.of("", "v1:", "v2:AAAA", "v1:*", "v1:AAAA")) {
            assertThatThrownBy(() -> box.open(junk, "live")).isInstanceOf(GeneralSecurityException.class);
        }
    }

    @Test
    void aKeyIsMadeOnceAndOnlyItsOwnerMayReadIt(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("record.key");
        byte[] made = KeyFile.readOrMake(file);

        assertThat(made).hasSize(SecretBox.KEY_BYTES).isNotEqualTo(new byte[SecretBox.KEY_BYTES]);
        assertThat(KeyFile.readOrMake(file)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.toFile().list()).containsExactly("record.key");
    }

    /** A file in a ZIP archive has no mode. */
    @Test
    void whereThereAreNoModesAKeyIsMadeAndReadAllTheSame(@TempDir Path folder) throws Exception {
        URI archive = URI.create("jar:" + folder.resolve("without-modes.zip").toUri());
        try (FileSystem files = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path file = files.getPath("/record.key");
            byte[] made = KeyFile.readOrMake(file);
            assertThat(made).hasSize(SecretBox.KEY_BYTES);
            assertThat(KeyFile.readOrMake(file)).isEqualTo(made);
        }
    }

    @Test
    void aKeyThatOthersMayReadOrThatIsNoneIsRefused(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("record.key");
        KeyFile.readOrMake(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyFile.readOrMake(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 600");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        for (String junk : List.of("", "c2hvcnQ=", "no Base64 at all!")) {
            Files.writeString(file, junk);
            assertThatThrownBy(() -> KeyFile.readOrMake(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("holds no key");
        }
    }
}
