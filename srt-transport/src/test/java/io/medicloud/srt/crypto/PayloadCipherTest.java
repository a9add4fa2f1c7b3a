// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payloads of every length, against the runtime's own counter and Galois counter modes. */
class PayloadCipherTest {
    private static final int SEQ_NO = 0x7ABC_DEF0;

    private final Random random = new Random(3);
    private final byte[] salt = bytes(16);

    private static IntStream lengths() {
        return IntStream.concat(IntStream.rangeClosed(1, 100), IntStream.of(1316, 1456, 1520, 1530, 1536, 1537, 9000));
    }

    @ParameterizedTest
    @CsvSource({"2, 16", "2, 24", "2, 32", "4, 16", "4, 24", "4, 32"})
    void aPayloadOfAnyLengthIsEncryptedAsTheRuntimeDoesItAndBack(int mode, int keyLength) {
        lengths().forEach(length -> {
            byte[] key = bytes(keyLength);
            byte[] plain = bytes(length);
            ByteBuf packet = packet(plain);
            byte[] header = ByteBufUtil.getBytes(packet, 0, SrtPacket.HEADER_LENGTH);
            PayloadCipher.of(mode, key, salt, new CipherWorkspace()).encrypt(packet);
            assertThat(payload(packet)).as("%d bytes", length).isEqualTo(reference(mode, key, plain, header));
            assertThat(payload(packet)).hasSize(length + PayloadCipher.overhead(mode));
            assertThat(PayloadCipher.of(mode, key, salt, new CipherWorkspace()).decrypt(packet))
                    .isTrue();
            assertThat(payload(packet)).as("%d bytes", length).isEqualTo(plain);
            assertThat(ByteBufUtil.getBytes(packet, 0, SrtPacket.HEADER_LENGTH)).isEqualTo(header);
        });
    }

    private byte[] reference(int mode, byte[] key, byte[] plain, byte[] header) {
        byte[] nonce = Arrays.copyOf(salt, mode == KeyMaterial.CIPHER_GCM ? 12 : 14);
        for (int i = 0; i < 4; i++) {
            nonce[nonce.length - 4 + i] ^= (byte) (SEQ_NO >>> (24 - 8 * i));
        }
        try {
            SecretKeySpec aes = new SecretKeySpec(key, "AES");
            if (mode == KeyMaterial.CIPHER_GCM) {
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.ENCRYPT_MODE, aes, new GCMParameterSpec(128, nonce));
                cipher.updateAAD(header);
                return cipher.doFinal(plain);
            }
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, aes, new IvParameterSpec(Arrays.copyOf(nonce, 16)));
            return cipher.doFinal(plain);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anEmptyAuthenticPayloadIsNone() {
        for (int length = 0; length <= 16; length++) {
            ByteBuf packet = packet(new byte[length]);
            if (length == 0) {
                cipher(KeyMaterial.CIPHER_GCM).encrypt(packet);
            }
            assertThat(cipher(KeyMaterial.CIPHER_GCM).decrypt(packet)).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 9216", "4, 9200"})
    void aPayloadIsAtMostAJumboFrames(int mode, int longest) {
        ByteBuf packet = packet(bytes(longest));
        cipher(mode).encrypt(packet);
        assertThat(cipher(mode).decrypt(packet)).isTrue();
        assertThatThrownBy(() -> cipher(mode).encrypt(packet(bytes(longest + 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("payload");
    }

    @Test
    void noTextFormShowsAnything() {
        assertThat(cipher(KeyMaterial.CIPHER_CTR)).hasToString("CtrCipher");
        assertThat(cipher(KeyMaterial.CIPHER_GCM)).hasToString("GcmCipher");
        KeySet keys = KeySet.create(new Passphrase("correct-horse-battery"), KeyMaterial.CIPHER_CTR, 24, salt);
        assertThat(keys).hasToString("KeySet[mode=2, keyLength=24]");
    }

    @Test
    void theRuntimesSourceGivesAsManyBytesAsAskedForAndNeverTheSame() {
        KeySource source = KeySource.secure();
        assertThat(source.next(16)).hasSize(16).isNotEqualTo(source.next(16)).isNotEqualTo(new byte[16]);
        assertThat(source.next(32)).hasSize(32);
    }

    private PayloadCipher cipher(int mode) {
        return PayloadCipher.of(mode, new byte[16], salt, new CipherWorkspace());
    }

    private static ByteBuf packet(byte[] payload) {
        ByteBuf packet = Unpooled.buffer(SrtPacket.HEADER_LENGTH + payload.length + 16);
        DataPacket.writeHeader(packet, SEQ_NO, DataPacket.KK_EVEN, 7, 0x12345, 0x2b3c4d5e);
        return packet.writeBytes(payload);
    }

    private static byte[] payload(ByteBuf packet) {
        return ByteBufUtil.getBytes(packet, DataPacket.payloadStart(packet), DataPacket.payloadLength(packet));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
