// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors of the reference, of RFC 3394 and of RFC 6070. */
class CryptoVectorsTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] SALT = HEX.parseHex("101112131415161718191a1b1c1d1e1f");
    private static final Passphrase PASSPHRASE = new Passphrase("srt-test-passphrase");

    @ParameterizedTest
    @CsvSource({
        "16, 6c9d1610ea3bff291b1ef9980962ec2f, 2c39a0ef4fdc8e89f06041caaa87f3888adeed7f7f530c9e",
        "24, 6c9d1610ea3bff291b1ef9980962ec2f0fdf040cc4371bdc,"
                + " 0baa881d1a05d82d604858c05774d64672f3743ecc319fbec04d16504ae8566b",
        "32, 6c9d1610ea3bff291b1ef9980962ec2f0fdf040cc4371bdc4fbd0d898016a431,"
                + " 3b4095e5c7627f8fc8d5aea4976dea726d3ef7fe15a9b0b2dd51572d72efc5b376ec798b963fcaa7"
    })
    void theKekIsDerivedAndWrapsTheStreamKey(int keyLength, String kek, String wrapped) {
        assertThat(PASSPHRASE.deriveKek(SALT, keyLength)).isEqualTo(HEX.parseHex(kek));
        assertThat(KeyWrap.wrap(HEX.parseHex(kek), evenKey(keyLength))).isEqualTo(HEX.parseHex(wrapped));
        assertThat(KeyWrap.unwrap(HEX.parseHex(kek), HEX.parseHex(wrapped))).isEqualTo(evenKey(keyLength));
    }

    @Test
    void bothKeysAreWrappedAsOne() {
        byte[] both = HEX.parseHex(HEX.formatHex(evenKey(16)) + HEX.formatHex(oddKey(16)));
        String wrapped = "f28fd5a2e62f9cc5c2b3ec76535fc9c42a13a39ec9158feed7c354edd4490eb1f58cc833d6675c15";
        assertThat(KeyWrap.wrap(PASSPHRASE.deriveKek(SALT, 16), both)).isEqualTo(HEX.parseHex(wrapped));
    }

    @Test
    void keyWrapIsThatOfRfc3394Section4() {
        byte[] kek = HEX.parseHex("000102030405060708090a0b0c0d0e0f");
        byte[] data = HEX.parseHex("00112233445566778899aabbccddeeff");
        assertThat(KeyWrap.wrap(kek, data)).isEqualTo(HEX.parseHex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"));
    }

    @Test
    void theMessageHasTheDocumentedBytes() {
        KeySet keys = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_CTR, 16, SALT);
        KeyRefresh refresh = KeyRefresh.begin(keys, n -> evenKey(n), 1000, 100);
        assertThat(refresh.firstMessage().encode())
                .isEqualTo(HEX.parseHex("12202901000000000200020000000404101112131415161718191a1b1c1d1e1f"
                        + "2c39a0ef4fdc8e89f06041caaa87f3888adeed7f7f530c9e"));
    }

    @ParameterizedTest
    @CsvSource({
        "2, 16, 3ead13d0af92dfa618ac6d367c9c26b57c312847b0358f3c290700951b988ae20d1033dea033cbaf",
        "2, 24, 8b113a46839074811ebfd16b27ada762b678b7fec4ab8e60f7235239a67a4d790fee30b10dae6523",
        "2, 32, 7d5f501695f8be05e81577f1aef805e42f8979f681bd3829bb44e9429df093137c8589c3936f1522",
        "4, 16, ab185d0c4382b3dbed0602f78d715bdac219079d9f8e8a92658c2d280f491c89113f88daf3361bc1"
                + "02c84e5df0dd3c27ee4cb8d7e59d0233",
        "4, 32, 0a18f4a5941691acd82cdb3df86fafab114aa1c01b504765fd919151287a5cfb3d161a57bceb76b0"
                + "89ce93f128e1baec018a2655c850f836"
    })
    void aPacketIsEncryptedInPlaceAndBack(int mode, int keyLength, String cipherText) {
        PayloadCipher cipher = PayloadCipher.of(mode, evenKey(keyLength), SALT, new CipherWorkspace());
        for (ByteBuf packet : new ByteBuf[] {Unpooled.buffer(100), Unpooled.directBuffer(100)}) {
            writePacket(packet, 0x12345678, DataPacket.KK_EVEN);
            String plain = ByteBufUtil.hexDump(packet);
            cipher.encrypt(packet);
            assertThat(ByteBufUtil.hexDump(packet)).isEqualTo(plain.substring(0, 32) + cipherText);
            DataPacket.markRetransmitted(packet);
            assertThat(cipher.decrypt(packet)).isTrue();
            assertThat(ByteBufUtil.hexDump(packet).substring(32)).isEqualTo(plain.substring(32));
            packet.release();
            cipher = PayloadCipher.of(mode, evenKey(keyLength), SALT, new CipherWorkspace());
        }
    }

    @Test
    void theOddKeyHasItsOwnVector() {
        PayloadCipher cipher = PayloadCipher.of(KeyMaterial.CIPHER_CTR, oddKey(16), SALT, new CipherWorkspace());
        ByteBuf packet = Unpooled.buffer(100);
        writePacket(packet, 0x12345679, DataPacket.KK_ODD);
        cipher.encrypt(packet);
        assertThat(ByteBufUtil.hexDump(packet).substring(32))
                .isEqualTo("8e6f54c2d86a0fa24883624ab1cc1b4fbc14f89eb0596459b2c060ae7d2381030170e75de4ba1093");
    }

    @Test
    void oneFlippedBitAnywhereFailsTheGcmTag() {
        PayloadCipher cipher = PayloadCipher.of(KeyMaterial.CIPHER_GCM, evenKey(16), SALT, new CipherWorkspace());
        ByteBuf good = Unpooled.buffer(100);
        writePacket(good, 5, DataPacket.KK_EVEN);
        cipher.encrypt(good);
        for (int bit = 0; bit < 8 * good.readableBytes(); bit++) {
            ByteBuf bad = good.copy();
            bad.setByte(bit / 8, bad.getByte(bit / 8) ^ 1 << bit % 8);
            boolean isRetransmissionFlag = bit == 4 * 8 + 2;
            assertThat(cipher.decrypt(bad)).as("bit %d", bit).isEqualTo(isRetransmissionFlag);
        }
    }

    @Test
    void aPassphraseIsTenToEightyBytesAndNeverShown() {
        assertThatThrownBy(() -> new Passphrase("123456789")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Passphrase("x".repeat(81))).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Passphrase("1234567890").toString()).doesNotContain("123");
        assertThat(new Passphrase("x".repeat(80))).isEqualTo(new Passphrase("x".repeat(80)));
    }

    private static void writePacket(ByteBuf packet, int seqNo, int keyFlags) {
        DataPacket.writeHeader(packet, seqNo, keyFlags, 7, 0x00012345, 0x2b3c4d5e);
        for (int i = 0x41; i <= 0x68; i++) {
            packet.writeByte(i);
        }
    }

    private static byte[] evenKey(int length) {
        return count(0xa0, length);
    }

    private static byte[] oddKey(int length) {
        return count(0x40, length);
    }

    private static byte[] count(int first, int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (first + i);
        }
        return key;
    }
}
