// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.service.config.ConfigException;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.SrtConfig;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A libsrt with memory errors that callers can reach is not put where strangers call, unless somebody says that it may. */
final class OldLibsrtTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void needsAnOldLibsrt() throws Exception {
        // In CI one that is not there is a failure.
        String wanted = System.getenv("CI") == null ? SrtStacks.AUTO : "libsrt";
        try (SrtStack stack = SrtStacks.select(wanted).stack()) {
            assumeTrue(stack.risk() != null, "the libsrt here is not old, or not there");
        }
    }

    @Test
    void byItselfItIsTakenOnThisMachinesOwnAddressesOnly() throws Exception {
        assertThat(taken("srt.host=127.0.0.1")).isEqualTo("libsrt");
        assertThat(taken("srt.host=::1")).isEqualTo("libsrt");
        assertThat(taken("srt.host=0.0.0.0")).isEqualTo("java");
        assertThat(Wiring.srtStack(config("srt.host=0.0.0.0")).reason()).startsWith("java, because libsrt: libsrt 1.");
    }

    @Test
    void whoAsksForItIsToldAndMayInsist() throws Exception {
        assertThatThrownBy(() -> taken("srt.stack=libsrt"))
                .isInstanceOf(SrtUnavailableException.class)
                .hasMessageStartingWith("srt.stack: ")
                .hasMessageContaining("CVE-2026-55868")
                .hasMessageEndingWith(
                        "set srt.stack=java, or srt.libsrt.allowOld=true if libsrt is there and was mended");
        assertThat(taken("srt.stack=libsrt", "srt.host=127.0.0.1")).isEqualTo("libsrt");
        assertThat(taken("srt.stack=libsrt", "srt.libsrt.allowOld=true")).isEqualTo("libsrt");
        assertThat(taken("srt.libsrt.allowOld=true")).isEqualTo("libsrt");
    }

    private String taken(String... settings) throws Exception {
        try (SrtStack stack = Wiring.srtStack(config(settings)).stack()) {
            return stack.name();
        }
    }

    private SrtConfig config(String... settings) throws ConfigException {
        return new ConfigLoader(directory, Map.of())
                .load(null, List.of(settings))
                .service()
                .srt();
    }
}
