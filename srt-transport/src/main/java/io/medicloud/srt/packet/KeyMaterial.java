// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A key material message (draft 3.2.2): which keys follow, for which cipher, with which salt, and the keys themselves, wrapped. All lengths
 * are checked before anything is copied. Immutable; its text form shows no key.
 */
public final class KeyMaterial {
    /** Bytes of a message with two 256-bit keys, the longest there is. */
    public static final int LONGEST = 104;

    public static final int SALT_LENGTH = 16;
    public static final int CIPHER_CTR = 2;
    public static final int CIPHER_GCM = 4;

    private static final int FIXED_LENGTH = 16;
    private static final int WRAP_OVERHEAD = 8;
    private static final int VERSION_AND_TYPE = 0x12;
    private static final int SIGNATURE_HIGH = 0x20;
    private static final int SIGNATURE_LOW = 0x29;
    private static final int ENCAPSULATION_SRT = 2;

    private final int keyFlags;
    private final int cipher;
    private final int keyLength;
    private final byte[] salt;
    private final byte[] wrapped;

    /**
     * Puts a message together.
     *
     * @param keyFlags {@link DataPacket#KK_EVEN}, {@link DataPacket#KK_ODD} or both
     * @param cipher {@link #CIPHER_CTR} or {@link #CIPHER_GCM}
     * @param keyLength 16, 24 or 32
     */
    public KeyMaterial(int keyFlags, int cipher, int keyLength, byte[] salt, byte[] wrapped) {
        if (salt.length != SALT_LENGTH || wrapped.length != wrappedLength(keyFlags, keyLength)) {
            throw new IllegalArgumentException("salt or wrapped keys have the wrong length");
        }
        this.keyFlags = keyFlags;
        this.cipher = cipher;
        this.keyLength = keyLength;
        this.salt = salt.clone();
        this.wrapped = wrapped.clone();
    }

    /** Whether these bytes are a message that {@link #parse} accepts. */
    public static PacketFault check(byte[] m) {
        boolean fixedPartIsRight = m.length > FIXED_LENGTH + SALT_LENGTH
                && m[0] == VERSION_AND_TYPE
                && m[1] == SIGNATURE_HIGH
                && m[2] == SIGNATURE_LOW
                && (m[3] & 3) != 0
                && ((m[8] == CIPHER_CTR && m[9] == 0) || (m[8] == CIPHER_GCM && m[9] == 1))
                && m[10] == ENCAPSULATION_SRT
                && m[14] * 4 == SALT_LENGTH
                && (m[15] == 4 || m[15] == 6 || m[15] == 8);
        boolean lengthIsRight =
                fixedPartIsRight && m.length == FIXED_LENGTH + SALT_LENGTH + wrappedLength(m[3] & 3, m[15] * 4);
        return lengthIsRight ? PacketFault.NONE : PacketFault.BAD_KEY_MATERIAL;
    }

    /** The message, or null when {@link #check} finds a fault. */
    public static @Nullable KeyMaterial parse(byte[] m) {
        if (check(m) != PacketFault.NONE) {
            return null;
        }
        int wrappedStart = FIXED_LENGTH + SALT_LENGTH;
        return new KeyMaterial(
                m[3] & 3,
                m[8],
                m[15] * 4,
                Arrays.copyOfRange(m, FIXED_LENGTH, wrappedStart),
                Arrays.copyOfRange(m, wrappedStart, m.length));
    }

    /** The message's bytes. */
    public byte[] encode() {
        byte[] m = new byte[FIXED_LENGTH + SALT_LENGTH + wrapped.length];
        m[0] = VERSION_AND_TYPE;
        m[1] = SIGNATURE_HIGH;
        m[2] = SIGNATURE_LOW;
        m[3] = (byte) keyFlags;
        m[8] = (byte) cipher;
        m[9] = (byte) (cipher == CIPHER_GCM ? 1 : 0);
        m[10] = ENCAPSULATION_SRT;
        m[14] = SALT_LENGTH / 4;
        m[15] = (byte) (keyLength / 4);
        System.arraycopy(salt, 0, m, FIXED_LENGTH, SALT_LENGTH);
        System.arraycopy(wrapped, 0, m, FIXED_LENGTH + SALT_LENGTH, wrapped.length);
        return m;
    }

    public int keyFlags() {
        return keyFlags;
    }

    public int cipher() {
        return cipher;
    }

    /** Bytes of each key. */
    public int keyLength() {
        return keyLength;
    }

    /** A copy. */
    public byte[] salt() {
        return salt.clone();
    }

    /** The wrapped keys, the even one first; a copy. */
    public byte[] wrapped() {
        return wrapped.clone();
    }

    @Override
    public String toString() {
        return "KeyMaterial[keyFlags=" + keyFlags + ", cipher=" + cipher + ", keyLength=" + keyLength + "]";
    }

    private static int wrappedLength(int keyFlags, int keyLength) {
        return WRAP_OVERHEAD + Integer.bitCount(keyFlags & 3) * keyLength;
    }
}
