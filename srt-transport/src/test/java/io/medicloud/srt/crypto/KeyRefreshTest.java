// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    private void send(int packets) {
        for (int i = 0; i < packets; i++) {
            assertThat(sendOne()).isTrue();
        }
    }

    @Test
    void aKeyIsAnnouncedAndUsedExactlyWhenTheOptionsSay() {
        send(RATE - PREANNOUNCE - 1);
        assertThat(refresh.isAnnouncing()).isFalse();
        assertThat(refresh.pollRequest(0, 10_000)).isNull();
        send(1);
        assertThat(refresh.isAnnouncing()).isTrue();
        byte[] request = refresh.pollRequest(0, 10_000);
        refresh.onResponse(new byte[request.length]);
        assertThat(refresh.isAnnouncing()).as("another answer confirms nothing").isTrue();
        assertThat(receiving.install(KeyMaterial.parse(request))).isTrue();
        refresh.onResponse(request);
        assertThat(refresh.isAnnouncing()).isFalse();
        assertThat(refresh.pollRequest(60_000_000, 10_000)).isNull();
        send(PREANNOUNCE - 1);
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_EVEN);
        send(1);
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_ODD);
        send(RATE - PREANNOUNCE);
        assertThat(refresh.isAnnouncing()).isTrue();
    }

    @Test
    void anAnnouncementIsRepeatedQuicklyTenTimesAndThenEachSecond() {
        send(RATE);
        for (int i = 0; i < 10; i++) {
            assertThat(refresh.pollRequest(i * 15_000L, 10_000)).isNotNull();
            assertThat(refresh.pollRequest(i * 15_000L + 14_999, 10_000)).isNull();
        }
        long lastUs = 9 * 15_000L;
        assertThat(refresh.pollRequest(lastUs + 999_999, 10_000)).isNull();
        assertThat(refresh.pollRequest(lastUs + 1_000_000, 10_000)).isNotNull();
        assertThat(refresh.pollRequest(lastUs + 1_999_999, 10_000)).isNull();
    }

    @Test
    void aKeyThatNobodyConfirmsIsUsedAllTheSameWhenTheOldOneHasServedTwice() {
        send(RATE);
        assertThat(receiving.install(KeyMaterial.parse(refresh.pollRequest(0, 10_000))))
                .isTrue();
        send(RATE - 1);
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_EVEN);
        send(1);
        assertThat(refresh.keyFlags()).isEqualTo(DataPacket.KK_ODD);
        send(10);
    }

    @Test
    void ratesThatLeaveNoTimeToAnnounceAreRefused() {
        for (int[] bad : new int[][] {{2, 1}, {200, 0}, {200, 100}, {4, 2}}) {
            assertThatThrownBy(() -> KeyRefresh.begin(sending, this::bytes, bad[0], bad[1]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(KeyRefresh.begin(sending, this::bytes, 3, 1).keyFlags()).isEqualTo(DataPacket.KK_EVEN);
        assertThat(KeyRefresh.begin(sending, this::bytes, 201, 100).overhead()).isZero();
    }

    @Test
    void bothDirectionsBeginWithTheKeyThatTheFirstMessageBrought() {
        for (int flags : new int[] {DataPacket.KK_EVEN, DataPacket.KK_ODD}) {
            KeySet peers = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_GCM, 16, new byte[16]);
            KeySet ours = KeySet.unwrap(PASSPHRASE, peers.wrap(flags, bytes(16)));
            KeyRefresh back = KeyRefresh.adopt(ours.fork(), this::bytes, RATE, PREANNOUNCE);
            assertThat(back.keyFlags()).isEqualTo(flags);
            assertThat(back.overhead()).isEqualTo(16);
            ByteBuf packet = Unpooled.buffer(64);
            DataPacket.writeHeader(packet, 1, flags, 1, 0, 1);
            back.encrypt(packet.writeLong(4711));
            assertThat(ours.cipher(flags).decrypt(packet)).isTrue();
            assertThat(packet.getLong(16)).isEqualTo(4711);
            assertThat(ours.cipher(flags ^ 3))
                    .as("the other key was never announced")
                    .isNull();
            assertThat(ours.cipher(DataPacket.KK_PLAIN)).isNull();
        }
    }

    @Test
    void whatIsNotForTheseKeysIsNotInstalled() {
        byte[] key = bytes(16);
        KeyMaterial good = sending.wrap(DataPacket.KK_ODD, key);
        byte[] otherSalt = new byte[16];
        otherSalt[0] = 1;
        assertThat(receiving.install(new KeyMaterial(2, KeyMaterial.CIPHER_GCM, 16, good.salt(), good.wrapped())))
                .isFalse();
        assertThat(receiving.install(new KeyMaterial(2, KeyMaterial.CIPHER_CTR, 16, otherSalt, good.wrapped())))
                .isFalse();
        KeySet longer = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_CTR, 32, new byte[16]);
        assertThat(receiving.install(longer.wrap(DataPacket.KK_ODD, bytes(32)))).isFalse();
        byte[] damaged = good.wrapped().clone();
        damaged[3] ^= 1;
        assertThat(receiving.install(new KeyMaterial(2, KeyMaterial.CIPHER_CTR, 16, good.salt(), damaged)))
                .isFalse();
        assertThat(receiving.cipher(DataPacket.KK_ODD)).isNull();
        assertThat(receiving.install(good)).isTrue();
        assertThat(receiving.cipher(DataPacket.KK_ODD)).isNotNull();
        assertThat(receiving.mode()).isEqualTo(KeyMaterial.CIPHER_CTR);
        assertThat(receiving.keyLength()).isEqualTo(16);
    }

    @Test
    void equalPassphrasesAreOne() {
        assertThat(PASSPHRASE)
                .isEqualTo(new Passphrase("correct-horse-battery"))
                .hasSameHashCodeAs(new Passphrase("correct-horse-battery"));
        assertThat(PASSPHRASE)
                .isNotEqualTo(new Passphrase("correct-horse-batterz"))
                .isNotEqualTo("correct-horse-battery");
        assertThat(PASSPHRASE.hashCode()).isNotEqualTo(new Passphrase("correct-horse-batterz").hashCode());
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
