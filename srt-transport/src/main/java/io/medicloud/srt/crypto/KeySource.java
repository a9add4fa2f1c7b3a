// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import java.security.SecureRandom;

/** Where salts and keys come from; called on the connection's thread. */
@FunctionalInterface
public interface KeySource {
    /** That many unpredictable bytes. */
    byte[] next(int length);

    /** The runtime's strong generator. */
    static KeySource secure() {
        SecureRandom random = new SecureRandom();
        return length -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            return bytes;
        };
    }
}
