// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.fail;

import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Programs and files from outside that these tests need: without them they are skipped, and in CI they fail. */
public final class Peers {
    private Peers() {}

    public static void require(String... programs) {
        for (String program : programs) {
            if (!PeerProgram.isInstalled(program)) {
                giveUp(program + " is not installed");
            }
        }
    }

    static void giveUp(String why) {
        if (System.getenv("CI") != null) {
            fail(why);
        }
        Assumptions.abort(why);
    }

    /** A sample stream, or null where there are none. */
    static @Nullable Path sample(String name) {
        return existing(name);
    }

    /** A program of the acceptance kit beside the samples, or null where there is none. */
    static @Nullable Path acceptance(String name) {
        return existing("../acceptance/" + name);
    }

    private static @Nullable Path existing(String name) {
        String folder = System.getenv("MEDICLOUD_SAMPLES");
        Path file = folder == null ? null : Path.of(folder).resolve(name);
        return file != null && Files.exists(file) ? file : null;
    }
}
