// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeyRefresh;
import io.medicloud.srt.crypto.KeySet;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a secured session delivers, asks for again, and announces (draft 6). */
class SecuredPacketsTest {
    private static final Passphrase PASSPHRASE = new Passphrase("correct-horse-battery");
    private static final long RATE = 20;
    private static final long PREANNOUNCE = 5;

    private final Random random = new Random(3);
    private final KeySource source = n -> {
        byte[] bytes = new byte[n];
        random.nextBytes(bytes);
        return bytes;
    };
    private LoneSession end = LoneSession.standard();
    private KeyRefresh peer;

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    /** A session that has the peer's first key, and whose own sending begins with it. */
    private void secure(int cipher, int keyLength) {
        end.end();
        KeySet peerKeys = KeySet.create(PASSPHRASE, cipher, keyLength, source.next(KeyMaterial.SALT_LENGTH));
        peer = KeyRefresh.begin(peerKeys, source, RATE, PREANNOUNCE);
        KeySet own = KeySet.unwrap(PASSPHRASE, peer.firstMessage());
        assertThat(own).isNotNull();
        end = LoneSetup.of(SrtOptions.STANDARD.with(SrtOption.FC, 64))
                .keys(own, KeyRefresh.adopt(own.fork(), source, RATE, PREANNOUNCE))
                .begin();
    }

    private ByteBuf encrypted(int number, byte[] content) {
        ByteBuf packet = Unpooled.buffer(64);
        int seqNo = SeqNo.plus(LoneSession.FIRST, number);
        DataPacket.writeHeader(packet, seqNo, peer.keyFlags(), number + 1, (int) end.now(), LoneSession.SOCKET);
        packet.writeBytes(content);
        peer.encrypt(packet);
        return packet;
    }

    private ByteBuf encrypted(int number) {
        return encrypted(number, new byte[] {0, 0, 0, (byte) number});
    }

    @Test
    void whatIsEncryptedWithTheAgreedKeyIsDelivered() {
        secure(KeyMaterial.CIPHER_CTR, 16);
        end.say(encrypted(0));
        end.say(encrypted(1));
        end.pass(121_000);
        assertThat(end.delivered).containsExactly(0, 1);
        assertThat(end.total().pktRcvUndecrypt()).isZero();
        assertThat(end.session.isEncrypted()).isTrue();
    }

    @Test
    void aPlainSessionDeliversNothingThatIsEncrypted() {
        ByteBuf packet = LoneSession.packet(0, 0);
        packet.setInt(4, packet.getInt(4) | DataPacket.KK_EVEN << 27);
        end.say(packet);
        end.data(1);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(1);
        assertThat(end.total().pktRcvUndecrypt()).isEqualTo(1);
        assertThat(end.total().byteRcvUndecrypt()).isEqualTo(4);
        assertThat(end.total().pktRecvUnique()).isEqualTo(1);
        assertThat(end.reports()).as("it would come again as it is").isEmpty();
        assertThat(end.session.isEncrypted()).isFalse();
    }

    @Test
    void aSecuredSessionDeliversNothingPlain() {
        secure(KeyMaterial.CIPHER_CTR, 16);
        end.data(0);
        end.say(encrypted(1));
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(1);
        assertThat(end.total().pktRcvUndecrypt()).isEqualTo(1);
        assertThat(end.reports()).isEmpty();
    }

    @Test
    void whatIsDamagedOnTheWayIsAskedForAgain() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        ByteBuf good = encrypted(0);
        ByteBuf damaged = good.copy();
        damaged.setByte(17, damaged.getByte(17) ^ 1);
        end.say(damaged);
        end.pass(1000);
        assertThat(end.reports()).containsExactly("1: 0");
        assertThat(end.total().pktRcvUndecrypt()).isEqualTo(1);
        assertThat(end.total().byteRcvUndecrypt()).isEqualTo(4 + 16);
        end.say(damaged);
        DataPacket.markRetransmitted(good);
        end.say(good);
        end.pass(121_000);
        assertThat(end.delivered).containsExactly(0);
        assertThat(end.total().pktRcvUndecrypt()).isEqualTo(2);
        assertThat(end.total().pktRecvUnique()).isEqualTo(1);
        assertThat(end.total().byteRecvUnique()).as("as it is when decrypted").isEqualTo(4 + 44);
        assertThat(end.instant().pktRcvBuf()).isZero();
    }

    @Test
    void whatIsDamagedAndAheadIsAskedForWithTheGapBeforeIt() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        ByteBuf damaged = encrypted(2);
        damaged.setByte(17, damaged.getByte(17) ^ 1);
        end.say(damaged);
        assertThat(end.reports()).containsExactly("0: 0-1");
        end.pass(1000);
        assertThat(end.reports()).containsExactly("0: 0-1", "1: 2");
    }

    @Test
    void whatWasDamagedIsGivenUpWhenTheStreamGoesOnFarAhead() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        ByteBuf damaged = encrypted(0);
        damaged.setByte(17, damaged.getByte(17) ^ 1);
        end.say(damaged);
        end.pass(150_000);
        for (int i = 110; i < 113; i++) {
            end.say(encrypted(i));
        }
        end.sent.clear();
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(111, 112);
        assertThat(end.reports()).isEmpty();
        ByteBuf ack = end.sent(ControlType.ACK).get(0).bytes();
        assertThat(SeqNo.distance(LoneSession.FIRST, AckPacket.ackSeqNo(ack))).isEqualTo(113);
    }

    @Test
    void anEncryptedPayloadOfNothingIsNotDelivered() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        end.say(encrypted(0, new byte[0]));
        end.say(encrypted(1));
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(1);
        assertThat(end.total().pktRcvUndecrypt()).isEqualTo(1);
    }

    @Test
    void theLongestAnnouncementOfKeysIsAnsweredWithTheSameBytes() {
        secure(KeyMaterial.CIPHER_CTR, 32);
        for (int i = 0; i < RATE - PREANNOUNCE; i++) {
            end.say(encrypted(i));
        }
        byte[] announcement = peer.pollRequest(0, 1000);
        assertThat(announcement).hasSize(KeyMaterial.LONGEST);
        end.say(p -> ControlPacket.writeUser(
                p, ControlPacket.SUBTYPE_KMREQ, announcement, (int) end.now(), LoneSession.SOCKET));
        ByteBuf answer = end.sent(ControlType.USER).get(0).bytes();
        assertThat(ControlPacket.subtype(answer)).isEqualTo(ControlPacket.SUBTYPE_KMRSP);
        assertThat(ByteBufUtil.getBytes(answer, 16, KeyMaterial.LONGEST)).isEqualTo(announcement);
        peer.onResponse(announcement);
        for (int i = (int) (RATE - PREANNOUNCE); i < 2 * RATE; i++) {
            end.say(encrypted(i));
        }
        assertThat(peer.keyFlags()).as("switched").isNotEqualTo(DataPacket.KK_EVEN);
        end.pass(150_000);
        assertThat(end.delivered).hasSize((int) (2 * RATE));
    }

    @Test
    void anAnnouncementThatIsNoneIsNotAnswered() {
        secure(KeyMaterial.CIPHER_CTR, 16);
        end.say(p -> ControlPacket.writeUser(p, ControlPacket.SUBTYPE_KMREQ, new byte[56], 0, LoneSession.SOCKET));
        end.say(p -> ControlPacket.writeUser(p, 7, peer.firstMessage().encode(), (int) end.now(), LoneSession.SOCKET));
        byte[] message = peer.firstMessage().encode();
        for (int length = 1; length <= 2 * KeyMaterial.LONGEST; length++) {
            byte[] cut = Arrays.copyOf(message, length);
            if (length != message.length) {
                end.say(p -> ControlPacket.writeUser(p, ControlPacket.SUBTYPE_KMREQ, cut, 0, LoneSession.SOCKET));
            }
        }
        byte[] longerKey = message.clone();
        longerKey[15] = 8;
        end.say(p -> ControlPacket.writeUser(p, ControlPacket.SUBTYPE_KMREQ, longerKey, 0, LoneSession.SOCKET));
        assertThat(end.sent).isEmpty();
        end.end();
        end = LoneSession.standard();
        end.say(p -> ControlPacket.writeUser(p, ControlPacket.SUBTYPE_KMREQ, message, 0, LoneSession.SOCKET));
        assertThat(end.sent).as("a plain session has no use for keys").isEmpty();
    }

    @Test
    void aNewKeyIsAnnouncedUntilThePeerConfirmsItAndThenUsed() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        for (int i = 0; i < RATE - PREANNOUNCE; i++) {
            assertThat(end.sent(ControlType.USER)).isEmpty();
            end.submit(i);
            end.pass(1000);
        }
        end.ack(1, (int) (RATE - PREANNOUNCE), 20_000, 8192);
        assertThat(end.sent(ControlType.USER)).hasSize(1);
        assertThat(end.nextTick()).as("it is to be repeated").isEqualTo(end.now());
        end.pass(40_000);
        assertThat(end.sent(ControlType.USER)).hasSize(2);
        byte[] announcement =
                ByteBufUtil.getBytes(end.sent(ControlType.USER).get(0).bytes());
        byte[] keys = Arrays.copyOfRange(announcement, 16, announcement.length);
        end.say(p ->
                ControlPacket.writeUser(p, ControlPacket.SUBTYPE_KMRSP, keys, (int) end.now(), LoneSession.SOCKET));
        assertThat(end.nextTick()).isGreaterThan(end.now());
        end.pass(100_000);
        assertThat(end.sent(ControlType.USER)).hasSize(2);
        for (int i = 0; i < RATE; i++) {
            end.submit(i);
        }
        ByteBuf first = end.sentData().get(0);
        ByteBuf last = end.sentData().get(end.sentData().size() - 1);
        assertThat(DataPacket.keyFlags(first)).isEqualTo(DataPacket.KK_EVEN);
        assertThat(DataPacket.keyFlags(last)).isEqualTo(DataPacket.KK_ODD);
        assertThat(DataPacket.payloadLength(last)).as("with its tag").isEqualTo(4 + 16);
    }

    @Test
    void aTagTakesSixteenBytesOfThePayload() {
        secure(KeyMaterial.CIPHER_GCM, 16);
        assertThat(end.session.payloadSize()).as("PAYLOADSIZE").isEqualTo(1316);
        KeySet keys = KeySet.create(PASSPHRASE, KeyMaterial.CIPHER_GCM, 16, new byte[16]);
        SrtOptions most = SrtOptions.STANDARD.with(SrtOption.PAYLOADSIZE, 0);
        LoneSession secured = LoneSetup.of(most)
                .keys(null, KeyRefresh.begin(keys, source, RATE, PREANNOUNCE))
                .begin();
        assertThat(secured.session.payloadSize()).isEqualTo(1440);
        assertThat(secured.session.isEncrypted()).as("one direction alone").isFalse();
        secured.end();
        LoneSession plain = LoneSetup.of(most).begin();
        assertThat(plain.session.payloadSize()).isEqualTo(1456);
        plain.end();
    }
}
