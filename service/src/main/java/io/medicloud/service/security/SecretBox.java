// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import io.medicloud.service.config.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts secrets that must lie on disk: AES-256-GCM (SP 800-38D), each with a nonce of its own, bound to the place it is
 * for. Thread-safe.
 */
public final class SecretBox {
    /** The length of a key. */
    public static final int KEY_BYTES = 32;

    private static final String FORM = "v1:";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** Makes a box of a key of {@link #KEY_BYTES}; the array is not kept. */
    public SecretBox(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes");
        }
        this.key = new SecretKeySpec(key, "AES");
    }

    /**
     * The secret as text that may be stored.
     *
     * @param place what it is for; only there it can be read again
     */
    public String seal(Secret secret, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place)
                    .doFinal(secret.reveal().getBytes(StandardCharsets.UTF_8));
            byte[] whole = ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return FORM + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not at hand", e);
        }
    }

    /**
     * The secret of a text that {@link #seal} made.
     *
     * @throws GeneralSecurityException if it was made with another key or for another place, or was changed
     */
    public Secret open(String text, String place) throws GeneralSecurityException {
        if (!text.startsWith(FORM)) {
            throw new GeneralSecurityException("of an unknown form");
        }
        byte[] whole;
        try {
            whole = Base64.getDecoder().decode(text.substring(FORM.length()));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("not readable", e);
        }
        if (whole.length < NONCE_BYTES) {
            throw new GeneralSecurityException("too short");
        }
        byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
        byte[] plain =
                cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        return Secret.of(new String(plain, StandardCharsets.UTF_8));
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
