// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.time.Duration;

/** Real H.264 with AAC, made once: 8 s of it, a key frame every second. */
public final class Media {
    private static final byte[] EIGHT_SECONDS = new SyntheticEncoder(
                    SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
            .generate(Duration.ofSeconds(8));

    private Media() {}

    public static byte[] eightSeconds() {
        return EIGHT_SECONDS.clone();
    }
}
