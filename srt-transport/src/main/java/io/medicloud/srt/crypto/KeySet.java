// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The even and the odd key of one direction, with their salt (draft 6.1.2). A key stays until another of its parity replaces it: late
 * retransmissions still need it. For one thread.
 */
public final class KeySet {
    private final CipherWorkspace workspace;
    private final byte[] kek;
    private final byte[] salt;
    private final int mode;
    private final int keyLength;
    private @Nullable PayloadCipher even;
    private @Nullable PayloadCipher odd;
    private byte @Nullable [] evenKey;
    private byte @Nullable [] oddKey;

    private KeySet(CipherWorkspace workspace, int mode, int keyLength, byte[] salt, byte[] kek) {
        this.workspace = workspace;
        this.mode = mode;
        this.keyLength = keyLength;
        this.salt = salt;
        this.kek = kek;
    }

    /** An empty set for keys of our own making. Derives a key, which takes about a millisecond. */
    public static KeySet create(Passphrase passphrase, int mode, int keyLength, byte[] salt) {
        return new KeySet(new CipherWorkspace(), mode, keyLength, salt.clone(), passphrase.deriveKek(salt, keyLength));
    }

    /** The keys of a peer's message, or null if the passphrase is not the peer's. Derives a key, which takes about a millisecond. */
    public static @Nullable KeySet unwrap(Passphrase passphrase, KeyMaterial km) {
        KeySet keys = create(passphrase, km.cipher(), km.keyLength(), km.salt());
        return keys.install(km) ? keys : null;
    }

    /** A set for the other direction, with the same keys, to be refreshed on its own; it shares this one's thread. */
    public KeySet fork() {
        KeySet other = new KeySet(workspace, mode, keyLength, salt, kek);
        other.even = even;
        other.odd = odd;
        other.evenKey = evenKey;
        other.oddKey = oddKey;
        return other;
    }

    /** Installs the keys of a refresh; false, and nothing changed, if they are not for this connection. */
    public boolean install(KeyMaterial km) {
        if (km.cipher() != mode || km.keyLength() != keyLength) {
            return false;
        }
        // A peer keeps its salt for a connection's life; that spares a key derivation on the event loop.
        if (!Arrays.equals(km.salt(), salt)) {
            return false;
        }
        byte[] keys = KeyWrap.unwrap(kek, km.wrapped());
        if (keys == null) {
            return false;
        }
        int at = 0;
        if ((km.keyFlags() & DataPacket.KK_EVEN) != 0) {
            put(DataPacket.KK_EVEN, Arrays.copyOfRange(keys, 0, keyLength));
            at = keyLength;
        }
        if ((km.keyFlags() & DataPacket.KK_ODD) != 0) {
            put(DataPacket.KK_ODD, Arrays.copyOfRange(keys, at, at + keyLength));
        }
        return true;
    }

    /** Puts one key of our own making. */
    void put(int keyFlags, byte[] key) {
        PayloadCipher cipher = PayloadCipher.of(mode, key, salt, workspace);
        if (keyFlags == DataPacket.KK_EVEN) {
            even = cipher;
            evenKey = key;
        } else {
            odd = cipher;
            oddKey = key;
        }
    }

    /** The key of this parity itself, or null. */
    byte @Nullable [] key(int keyFlags) {
        return keyFlags == DataPacket.KK_EVEN ? evenKey : oddKey;
    }

    /** Wraps keys into a message for the peer. */
    KeyMaterial wrap(int keyFlags, byte[] keys) {
        return new KeyMaterial(keyFlags, mode, keyLength, salt, KeyWrap.wrap(kek, keys));
    }

    /** The cipher for a packet with these key flags, or null if that key was never announced. */
    public @Nullable PayloadCipher cipher(int keyFlags) {
        return switch (keyFlags) {
            case DataPacket.KK_EVEN -> even;
            case DataPacket.KK_ODD -> odd;
            default -> null;
        };
    }

    /** {@link KeyMaterial#CIPHER_CTR} or {@link KeyMaterial#CIPHER_GCM}. */
    public int mode() {
        return mode;
    }

    public int keyLength() {
        return keyLength;
    }

    @Override
    public String toString() {
        return "KeySet[mode=" + mode + ", keyLength=" + keyLength + "]";
    }
}
