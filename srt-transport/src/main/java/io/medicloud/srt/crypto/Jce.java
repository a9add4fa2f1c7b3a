// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import java.security.GeneralSecurityException;

/** Calls of the runtime's cryptography that cannot fail: what we need every Java runtime has. */
final class Jce {
    private Jce() {}

    /** A call that throws what it never should. */
    interface Call<T> {
        T run() throws GeneralSecurityException;
    }

    static <T> T must(Call<T> call) {
        try {
            return call.run();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime's cryptography is not as it must be", e);
        }
    }
}
