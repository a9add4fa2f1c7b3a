// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The shared secret of an encrypted connection (draft 6.1.4). Immutable, safe for any thread; its text form does not show it. */
public final class Passphrase {
    /** Fewest bytes of a passphrase. */
    public static final int SHORTEST = 10;
    /** Most bytes of a passphrase. */
    public static final int LONGEST = 80;

    private static final int ITERATIONS = 2048;
    private static final int SALT_USED = 8;
    private static final String PRF = "HmacSHA1";

    private final byte[] secret;

    /** Takes the text's UTF-8 bytes; throws {@link IllegalArgumentException} unless they are 10 to 80. */
    public Passphrase(String text) {
        secret = text.getBytes(StandardCharsets.UTF_8);
        if (secret.length < SHORTEST || secret.length > LONGEST) {
            throw new IllegalArgumentException("a passphrase has " + SHORTEST + " to " + LONGEST + " bytes");
        }
    }

    /**
     * Derives the key encrypting key: PBKDF2 with HMAC-SHA1, 2048 iterations, over the last 8 of the 16 salt bytes. Takes about a
     * millisecond.
     *
     * @param keyLength 16, 24 or 32 bytes
     */
    public byte[] deriveKek(byte[] salt, int keyLength) {
        Mac mac = Jce.must(this::prf);
        byte[] kek = new byte[keyLength];
        int hashLength = mac.getMacLength();
        for (int block = 1, at = 0; at < keyLength; block++, at += hashLength) {
            byte[] sum = deriveBlock(mac, salt, block);
            System.arraycopy(sum, 0, kek, at, Math.min(hashLength, keyLength - at));
        }
        return kek;
    }

    private Mac prf() throws GeneralSecurityException {
        Mac mac = Mac.getInstance(PRF);
        mac.init(new SecretKeySpec(secret, PRF));
        return mac;
    }

    // RFC 8018, 5.2. The runtime's own PBKDF2 takes characters and refuses some byte strings that are legal here.
    private static byte[] deriveBlock(Mac mac, byte[] salt, int block) {
        mac.update(salt, salt.length - SALT_USED, SALT_USED);
        mac.update(new byte[] {(byte) (block >>> 24), (byte) (block >>> 16), (byte) (block >>> 8), (byte) block});
        byte[] u = mac.doFinal();
        byte[] sum = u.clone();
        for (int i = 1; i < ITERATIONS; i++) {
            u = mac.doFinal(u);
            for (int k = 0; k < sum.length; k++) {
                sum[k] ^= u[k];
            }
        }
        return sum;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Passphrase that && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(secret);
    }

    @Override
    public String toString() {
        return "Passphrase[hidden]";
    }
}
