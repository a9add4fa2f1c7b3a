// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM as libsrt 1.5.4 and later have it: the header, without its retransmission bit, is authenticated too. */
final class GcmCipher extends PayloadCipher {
    static final int TAG_LENGTH = 16;

    private static final int NONCE_LENGTH = 12;
    private static final int SEQ_NO_AT = 8;

    private final SecretKeySpec key;
    private final Cipher cipher;
    private final byte[] salt;
    private final byte[] nonce = new byte[NONCE_LENGTH];
    private final byte[] header = new byte[SrtPacket.HEADER_LENGTH];
    private final CipherWorkspace workspace;

    GcmCipher(byte[] key, byte[] salt, CipherWorkspace workspace) {
        this.key = new SecretKeySpec(key, "AES");
        this.salt = salt.clone();
        this.workspace = workspace;
        cipher = Jce.must(() -> Cipher.getInstance("AES/GCM/NoPadding"));
    }

    @Override
    public void encrypt(ByteBuf packet) {
        int length = DataPacket.payloadLength(packet);
        int start = DataPacket.payloadStart(packet);
        byte[] text = workspace.text(length + TAG_LENGTH);
        byte[] result = workspace.result(length + TAG_LENGTH);
        packet.getBytes(start, text, 0, length);
        try {
            begin(Cipher.ENCRYPT_MODE, packet);
            cipher.doFinal(text, 0, length, result, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a sequence number was used twice with one key", e);
        }
        packet.writerIndex(start + length + TAG_LENGTH);
        packet.setBytes(start, result, 0, length + TAG_LENGTH);
    }

    @Override
    public boolean decrypt(ByteBuf packet) {
        int length = DataPacket.payloadLength(packet);
        int start = DataPacket.payloadStart(packet);
        if (length <= TAG_LENGTH) {
            return false;
        }
        byte[] text = workspace.text(length);
        byte[] result = workspace.result(length);
        packet.getBytes(start, text, 0, length);
        try {
            begin(Cipher.DECRYPT_MODE, packet);
            cipher.doFinal(text, 0, length, result, 0);
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the plain text has room", e);
        }
        packet.setBytes(start, result, 0, length - TAG_LENGTH);
        packet.writerIndex(start + length - TAG_LENGTH);
        return true;
    }

    private void begin(int mode, ByteBuf packet) throws GeneralSecurityException {
        int seqNo = DataPacket.seqNo(packet);
        System.arraycopy(salt, 0, nonce, 0, NONCE_LENGTH);
        for (int i = 0; i < 4; i++) {
            nonce[SEQ_NO_AT + i] ^= (byte) (seqNo >>> (24 - 8 * i));
        }
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, nonce));
        packet.getBytes(packet.readerIndex(), header);
        int word1 = DataPacket.firstTransmissionWord(packet);
        header[4] = (byte) (word1 >>> 24);
        cipher.updateAAD(header);
    }
}
