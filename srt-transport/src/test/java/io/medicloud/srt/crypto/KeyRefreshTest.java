// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyRefreshTest {
    private static final Passphrase PASSPHRASE = new Passphrase("correct-horse-battery");
    private static final int RATE = 200;
    private static final int PREANNOUNCE = 40;

    private final Random random = new Random(1);
    private final KeySet sending = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_CTR, 16, new byte[16]);
    private final KeyRefresh refresh = KeyRefresh.begin(sending, this::bytes, RATE, PREANNOUNCE);
    private final KeySet receiving = KeySet.unwrap(PASSPHRASE, refresh.firstMessage());
    private int seqNo;

    @Test
    void everyPacketDecryptsOverManySwitchesOfTheKey() {
        int switches = 0;
        int before = refresh.keyFlags();
        for (int i = 0; i < 2000; i++) {
            assertThat(sendOne()).isTrue();
            exchange(i * 1000L);
            switches += refresh.keyFlags() == before ? 0 : 1;
            before = refresh.keyFlags();
        }
        assertThat(switches).isBetween(9, 10);
    }

    @Test
    void anUnconfirmedAnnouncementIsRepeatedAndHoldsTheSwitchBack() {
        int requests = 0;
        for (int i = 0; i < 300; i++) {
            assertThat(sendOne()).isTrue();
            requests += refresh.pollRequest(i * 1000L, 10_000) == null ? 0 : 1;
        }
        assertThat(requests).isBetween(9, 11);
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_EVEN);
        exchange(10_000_000);
        sendOne();
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_ODD);
        assertThat(sendOne()).isTrue();
    }

    @Test
    void keysOfAnotherConnectionAreRefused() {
        KeySet other = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_CTR, 16, bytes(16));
        KeyMaterial foreign =
                KeyRefresh.begin(other, this::bytes, RATE, PREANNOUNCE).firstMessage();
        assertThat(receiving.install(foreign)).isFalse();
        assertThat(KeySet.unwrap(new Passphrase("another passphrase"), refresh.firstMessage()))
                .isNull();
    }

    private void exchange(long nowUs) {
        byte[] request = refresh.pollRequest(nowUs, 10_000);
        if (request != null) {
            assertThat(receiving.install(KeyMaterial.parse(request))).isTrue();
            refresh.onResponse(request);
        }
    }

    private boolean sendOne() {
        ByteBuf packet = Unpooled.buffer(64);
        DataPacket.writeHeader(packet, seqNo++, refresh.keyFlags(), 1, 0, 1);
        packet.writeLong(0x4711_0000_0000_0000L + seqNo);
        refresh.encrypt(packet);
        PayloadCipher cipher = receiving.cipher(DataPacket.keyFlags(packet));
        return cipher != null && cipher.decrypt(packet) && packet.getLong(16) == 0x4711_0000_0000_0000L + seqNo;
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
