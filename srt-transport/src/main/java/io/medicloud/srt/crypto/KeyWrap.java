// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** AES key wrap (RFC 3394) of one key, or of the even and the odd key one behind the other (draft 6.1.5). */
public final class KeyWrap {
    private static final String AES = "AES";

    private KeyWrap() {}

    /** Wraps 16 to 64 bytes; the result is 8 longer. */
    public static byte[] wrap(byte[] kek, byte[] keys) {
        return Jce.must(() -> cipher(Cipher.WRAP_MODE, kek).wrap(new SecretKeySpec(keys, AES)));
    }

    /** The keys, or null when they were wrapped with another key encrypting key: a wrong passphrase. */
    public static byte @Nullable [] unwrap(byte[] kek, byte[] wrapped) {
        Cipher cipher = Jce.must(() -> cipher(Cipher.UNWRAP_MODE, kek));
        try {
            return cipher.unwrap(wrapped, AES, Cipher.SECRET_KEY).getEncoded();
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static Cipher cipher(int mode, byte[] kek) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AESWrap");
        cipher.init(mode, new SecretKeySpec(kek, AES));
        return cipher;
    }
}
