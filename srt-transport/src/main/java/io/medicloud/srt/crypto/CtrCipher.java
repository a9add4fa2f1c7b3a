// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.DataPacket;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES in counter mode (draft 6.2.2). The runtime's own counter mode would have to be set up again for every packet, which allocates; so the
 * counter blocks are encrypted as they are, in one call, and the result is XORed to the payload.
 */
final class CtrCipher extends PayloadCipher {
    private static final int BLOCK = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle BIG_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Cipher blocks;
    private final CipherWorkspace workspace;
    private final long nonceHigh;
    private final long nonceLow;

    CtrCipher(byte[] key, byte[] salt, CipherWorkspace workspace) {
        this.workspace = workspace;
        nonceHigh = (long) BIG_ENDIAN_LONG.get(salt, 0);
        // The last two salt bytes are not used: that is where the block counter is.
        nonceLow = (long) BIG_ENDIAN_LONG.get(salt, 8) & ~0xFFFFL;
        blocks = Jce.must(() -> blocks(key));
    }

    private static Cipher blocks(byte[] key) throws GeneralSecurityException {
        Cipher blocks = Cipher.getInstance("AES/ECB/NoPadding");
        blocks.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
        return blocks;
    }

    @Override
    public void encrypt(ByteBuf packet) {
        apply(packet);
    }

    @Override
    public boolean decrypt(ByteBuf packet) {
        apply(packet);
        return true;
    }

    private void apply(ByteBuf packet) {
        int length = DataPacket.payloadLength(packet);
        int start = DataPacket.payloadStart(packet);
        int padded = (length + BLOCK - 1) & -BLOCK;
        byte[] text = workspace.text(padded);
        byte[] keyStream = workspace.result(padded);
        writeCounterBlocks(text, padded, DataPacket.seqNo(packet));
        try {
            blocks.update(text, 0, padded, keyStream, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key stream has room", e);
        }
        packet.getBytes(start, text, 0, length);
        for (int i = 0; i < padded; i += Long.BYTES) {
            LONG.set(text, i, (long) LONG.get(text, i) ^ (long) LONG.get(keyStream, i));
        }
        packet.setBytes(start, text, 0, length);
    }

    private void writeCounterBlocks(byte[] text, int padded, int seqNo) {
        long low = nonceLow ^ ((seqNo & 0xFFFF_FFFFL) << 16);
        for (int at = 0, counter = 0; at < padded; at += BLOCK, counter++) {
            BIG_ENDIAN_LONG.set(text, at, nonceHigh);
            BIG_ENDIAN_LONG.set(text, at + 8, low | counter);
        }
    }
}
