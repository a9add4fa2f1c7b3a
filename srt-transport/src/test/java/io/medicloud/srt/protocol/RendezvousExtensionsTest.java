// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.protocol.HandshakeVerdict.Connected;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What two ends of a rendezvous send each other beside the handshake itself (draft 4.3.2, 3.2.1.1). */
class RendezvousExtensionsTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int OWN_ID = 0x11;
    private static final int PEER_ID = 0x22;
    private static final String FILTER = "fec,cols:5,rows:4";
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;
    private static final long NOW_US = 1_000_000;

    private static RendezvousHandshake begun(SrtOptions options, int socketId, int cookie) {
        return new RendezvousHandshake(HandshakeTerms.of(options), byte[]::new, socketId, 100, cookie, ADDRESS, NOW_US);
    }

    private static ByteBuf polled(RendezvousHandshake handshake) {
        ByteBuf packet = Unpooled.buffer();
        assertThat(handshake.poll(packet, NOW_US)).isTrue();
        return packet;
    }

    @ParameterizedTest
    @CsvSource({"false, false, 1", "true, false, 3", "false, true, 5", "true, true, 7"})
    void theExtensionFieldTellsWhatFollows(boolean secured, boolean filtered, int field) {
        SrtOptions options = secured ? STANDARD.withPassphrase("correct-horse-battery") : STANDARD;
        options = filtered ? options.with(SrtOption.PACKETFILTER, FILTER) : options;
        RendezvousHandshake a = begun(options, OWN_ID, 7);
        RendezvousHandshake b = begun(options, PEER_ID, 3);
        ByteBuf waved = polled(a);
        assertThat(HandshakePacket.extensionField(waved)).isZero();
        assertThat(HandshakePacket.encryptionField(waved))
                .as("no key length was asked for")
                .isZero();
        a.onDatagram(polled(b), NOW_US);
        b.onDatagram(waved, NOW_US);
        ByteBuf bare = polled(b);
        assertThat(HandshakePacket.extensionField(bare)).isZero();
        assertThat(bare.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
        ByteBuf asked = polled(a);
        expectExtensions(asked, field, HandshakeExtensions.HSREQ, HandshakeExtensions.KMREQ);
        b.onDatagram(asked, NOW_US);
        ByteBuf answered = polled(b);
        expectExtensions(answered, field, HandshakeExtensions.HSRSP, HandshakeExtensions.KMRSP);
        assertThat(HandshakeExtensions.parse(answered).km())
                .isEqualTo(HandshakeExtensions.parse(asked).km());
        SessionParameters p = ((Connected) a.onDatagram(answered, NOW_US)).parameters();
        assertThat(p.receiveKeys() != null).isEqualTo(secured);
        assertThat(p.sendKeys() != null).isEqualTo(secured);
        assertThat(p.filter() != null).isEqualTo(filtered);
    }

    private static void expectExtensions(ByteBuf packet, int field, int hsType, int kmType) {
        HandshakeExtensions x = HandshakeExtensions.parse(packet);
        assertThat(HandshakePacket.extensionField(packet)).isEqualTo(field);
        assertThat(x.hsType()).isEqualTo(hsType);
        assertThat(x.kmType()).isEqualTo((field & HandshakePacket.EXT_KMREQ) != 0 ? kmType : 0);
        assertThat(x.filter()).isEqualTo((field & HandshakePacket.EXT_CONFIG) != 0 ? FILTER : "");
    }

    @ParameterizedTest
    @CsvSource({"0, 32, 4", "24, 0, 3", "0, 0, 0", "24, 32, 3"})
    void aKeyIsAsLongAsTheInitiatorAsksOrElseTheResponder(int initiators, int responders, int field) {
        SrtOptions options = STANDARD.withPassphrase("correct-horse-battery");
        RendezvousHandshake a = begun(options.with(SrtOption.PBKEYLEN, initiators), OWN_ID, 7);
        RendezvousHandshake b = begun(options.with(SrtOption.PBKEYLEN, responders), PEER_ID, 3);
        a.onDatagram(polled(b), NOW_US);
        ByteBuf asked = polled(a);
        assertThat(HandshakePacket.encryptionField(asked)).isEqualTo(field);
        KeyMaterial km = KeyMaterial.parse(HandshakeExtensions.parse(asked).km());
        assertThat(km.keyLength()).isEqualTo(field == 0 ? 16 : 8 * field);
    }

    @Test
    void aSecuredResponderSendsWithTheInitiatorsKey() {
        SrtOptions options = STANDARD.withPassphrase("correct-horse-battery");
        RendezvousHandshake a = begun(options, OWN_ID, 7);
        RendezvousHandshake b = begun(options, PEER_ID, 3);
        a.onDatagram(polled(b), NOW_US);
        ByteBuf asked = polled(a);
        b.onDatagram(asked, NOW_US);
        ByteBuf agreement = Unpooled.buffer();
        HandshakePacket.Fields fields =
                new HandshakePacket.Fields(5, 0, 0, 100, 1500, 8192, HandshakePacket.AGREEMENT, OWN_ID, 7, ADDRESS);
        HandshakePacket.write(agreement, fields, 0, PEER_ID);
        SessionParameters p = ((Connected) b.onDatagram(agreement, NOW_US)).parameters();
        assertThat(p.receiveKeys()).isNotNull();
        assertThat(p.sendKeys().firstMessage().encode())
                .isEqualTo(HandshakeExtensions.parse(asked).km());
    }
}
