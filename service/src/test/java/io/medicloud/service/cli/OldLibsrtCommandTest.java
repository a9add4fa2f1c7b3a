// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A command, too, puts no libsrt with memory errors where strangers call, unless somebody says that it may. */
final class OldLibsrtCommandTest {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "srt://:0?mode=listener",
                "srt://0.0.0.0:0?mode=listener",
                "srt://[::]:0?mode=listener",
                "srt://127.0.0.1:9?mode=rendezvous&port=9"
            })
    void whereOthersReachItAnOldOneIsRefused(String url) {
        assertThat(receive(url))
                .contains("CVE-")
                .endsWith("use --stack java, or --allow-old-libsrt if libsrt is there and was mended")
                .hasLineCount(1);
    }

    @Test
    void onThisMachinesOwnAddressesItIsTakenAndWhereSomebodySaysThatItMay() {
        assertThat(receive("srt://127.0.0.1:0?mode=listener")).contains("nobody connected");
        assertThat(receive("srt://0.0.0.0:0?mode=listener", "--allow-old-libsrt"))
                .contains("nobody connected");
    }

    private String receive(String url, String... more) {
        List<String> words =
                new ArrayList<>(List.of("srt-receive", url, "--stack", "libsrt", "--for", "100ms", "--out"));
        words.add(directory.resolve("out.ts").toString());
        words.addAll(List.of(more));
        StringWriter err = new StringWriter();
        int status = CommandLineInterface.run(
                words.toArray(String[]::new),
                Interruption.none(),
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(err, true));
        assertThat(status).isEqualTo(1);
        return err.toString().strip();
    }
}
