// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TsPacketTest {
    private static TsPacket view(PacketBuilder packet) {
        return new TsPacket(Unpooled.wrappedBuffer(new TsWriter().packet(packet).toByteArray()), 0);
    }

    private static int flags(TsPacket packet) {
        return AdaptationField.flags(packet.data(), packet.start(), packet.header());
    }

    @Test
    void theFieldsAreThoseOfTheHeader() {
        TsPacket packet = view(PacketBuilder.of(0x1ABC)
                .payloadUnitStart()
                .scrambled(3)
                .counter(11)
                .payload(new byte[184]));
        assertThat(packet.isInSync()).isTrue();
        assertThat(packet.hasTransportError()).isFalse();
        assertThat(packet.isUnitStart()).isTrue();
        assertThat(packet.pid()).isEqualTo(0x1ABC);
        assertThat(packet.scramblingControl()).isEqualTo(3);
        assertThat(packet.hasAdaptationField()).isFalse();
        assertThat(packet.hasPayload()).isTrue();
        assertThat(packet.continuityCounter()).isEqualTo(11);
        assertThat(packet.payloadStart()).isEqualTo(4);
        assertThat(packet.end()).isEqualTo(188);
    }

    @Test
    void theAdaptationFieldIsReadAsFarAsItIsThere() {
        var field = new io.medicloud.testdata.AdaptationField().randomAccess().pcr(123_456_789);
        TsPacket packet = view(PacketBuilder.of(5).adaptationField(field).payload(new byte[100]));
        assertThat(AdaptationField.pcr(packet.data(), 0, packet.header())).isEqualTo(123_456_789);
        assertThat(AdaptationField.isRandomAccess(packet.data(), 0, packet.header()))
                .isTrue();
        assertThat(AdaptationField.isDiscontinuity(packet.data(), 0, packet.header()))
                .isFalse();
        assertThat(packet.payloadStart()).isEqualTo(88);
    }

    @Test
    void aFieldOfLengthZeroHasNoFlags() {
        TsPacket packet = view(PacketBuilder.of(5).payload(filled()));
        packet.data().setByte(3, 0x30).setByte(4, 0).setByte(5, 0xFF);
        packet.wrap(packet.data(), 0);
        assertThat(flags(packet)).isZero();
        assertThat(packet.payloadStart()).isEqualTo(5);
        assertThat(AdaptationField.isSound(packet.data(), 0, packet.header())).isTrue();
    }

    @Test
    void aFieldThatDoesNotFitIsNotThere() {
        TsPacket packet = view(PacketBuilder.of(5).payload(filled()));
        packet.data().setByte(3, 0x30).setByte(4, 184);
        packet.wrap(packet.data(), 0);
        assertThat(flags(packet)).isZero();
        assertThat(packet.payloadStart()).isEqualTo(188);
        assertThat(AdaptationField.isSound(packet.data(), 0, packet.header())).isFalse();
    }

    @Test
    void aClockReferenceNeedsSevenBytes() {
        TsPacket packet = view(PacketBuilder.of(5).payload(filled()));
        packet.data().setByte(3, 0x30).setByte(4, 6).setByte(5, 0x10);
        packet.wrap(packet.data(), 0);
        assertThat(AdaptationField.pcr(packet.data(), 0, packet.header())).isEqualTo(Pcr.NONE);
        packet.data().setByte(4, 7);
        assertThat(AdaptationField.pcr(packet.data(), 0, packet.header())).isNotEqualTo(Pcr.NONE);
    }

    @Property
    void nothingIsReadBeyondThePacket(@ForAll @Size(188) byte[] bytes) {
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        TsPacket packet = new TsPacket(data, 0);
        assertThat(packet.payloadStart()).isBetween(4, 188);
        assertThat(AdaptationField.length(data, 0, packet.header())).isBetween(0, 183);
        AdaptationField.pcr(data, 0, packet.header());
    }

    private static byte[] filled() {
        byte[] payload = new byte[184];
        Arrays.fill(payload, (byte) 0xFF);
        return payload;
    }
}
