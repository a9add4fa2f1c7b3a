// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.KeyMaterial;
import io.netty.buffer.ByteBuf;

/**
 * Encrypts and decrypts the payloads of data packets with one stream encrypting key, in place (draft 6.2, 6.3). The nonce is made of the salt
 * and the packet's sequence number. For one thread.
 */
public abstract sealed class PayloadCipher permits CtrCipher, GcmCipher {
    /**
     * Makes the cipher of one key.
     *
     * @param cipher {@link KeyMaterial#CIPHER_CTR} or {@link KeyMaterial#CIPHER_GCM}
     */
    public static PayloadCipher of(int cipher, byte[] key, byte[] salt, CipherWorkspace workspace) {
        return cipher == KeyMaterial.CIPHER_GCM
                ? new GcmCipher(key, salt, workspace)
                : new CtrCipher(key, salt, workspace);
    }

    /** Bytes by which encryption lengthens a payload. */
    public static int overhead(int cipher) {
        return cipher == KeyMaterial.CIPHER_GCM ? GcmCipher.TAG_LENGTH : 0;
    }

    /** Encrypts the payload of a complete data packet; the packet grows by the overhead, for which it must have room. */
    public abstract void encrypt(ByteBuf packet);

    /** Decrypts the payload of a data packet, which shrinks by the overhead; false, and the packet undefined, if it is not authentic. */
    public abstract boolean decrypt(ByteBuf packet);

    @Override
    public final String toString() {
        return getClass().getSimpleName();
    }
}
