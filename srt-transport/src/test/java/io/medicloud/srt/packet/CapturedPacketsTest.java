// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CapturedPacketsTest {
    static List<String> names() {
        return Capture.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyWellFormedPacketIsReEncodedToTheSameBytes(String name) {
        int packets = 0;
        for (Capture.Datagram d : Capture.read(name)) {
            ByteBuf in = d.buf();
            if (SrtPacket.check(in) != PacketFault.NONE) {
                assertThat(d.isMutated() || d.note().contains("INJECTED"))
                        .as("only the relay makes malformed packets: %s", d)
                        .isTrue();
                continue;
            }
            ByteBuf out = Unpooled.buffer(2048);
            reEncode(in, out);
            assertThat(ByteBufUtil.hexDump(out)).as(d.toString()).isEqualTo(ByteBufUtil.hexDump(in));
            packets++;
        }
        assertThat(packets).isPositive();
    }

    @Test
    void theDecodedFieldsAreThoseOfTheIndependentDecoder() {
        Capture.readAll().filter(d -> d.note().startsWith("DATA")).forEach(d -> {
            ByteBuf in = d.buf();
            assertThat(d.note())
                    .as(d.toString())
                    .startsWith("DATA seq=%d pp=%d o=%d kk=%d r=%d msg=%d ts=%d dst=%#x paylen=%d"
                            .formatted(
                                    DataPacket.seqNo(in),
                                    DataPacket.position(in),
                                    DataPacket.isInOrder(in) ? 1 : 0,
                                    DataPacket.keyFlags(in),
                                    DataPacket.isRetransmitted(in) ? 1 : 0,
                                    DataPacket.msgNo(in),
                                    Integer.toUnsignedLong(SrtPacket.timestamp(in)),
                                    SrtPacket.destinationSocketId(in),
                                    DataPacket.payloadLength(in)));
        });
    }

    @Test
    void theDecodedLossListsAreThoseOfTheIndependentDecoder() {
        LossList list = new LossList();
        Capture.readAll().filter(d -> d.note().startsWith("NAK")).forEach(d -> {
            list.wrap(d.buf());
            StringBuilder text = new StringBuilder();
            while (list.next()) {
                text.append(text.isEmpty() ? "" : ", ").append("(%d, %d)".formatted(list.first(), list.last()));
            }
            assertThat(d.note()).contains("loss=[" + text + "]");
        });
    }

    @Test
    void theDecodedHandshakesAreThoseOfTheIndependentDecoder() {
        Capture.readAll().filter(d -> d.note().startsWith("HANDSHAKE")).forEach(d -> {
            ByteBuf in = d.buf();
            HandshakeExtensions x = HandshakeExtensions.parse(in);
            if (x.hsType() != 0) {
                assertThat(d.note())
                        .contains("v=%#x flags=%#x rcv=%dms snd=%dms"
                                .formatted(x.srtVersion(), x.flags(), x.receiverLatencyMs(), x.senderLatencyMs()));
            }
            if (!x.streamId().isEmpty()) {
                assertThat(d.note()).contains("[SID '" + x.streamId() + "'");
            }
            if (!x.filter().isEmpty()) {
                assertThat(d.note()).contains("[FILTER '" + x.filter() + "'");
            }
            assertThat(d.note().contains("[GROUP")).isEqualTo(x.hasGroup());
            assertThat(d.note().contains("[KMREQ") || d.note().contains("[KMRSP"))
                    .isEqualTo(x.kmType() != 0);
        });
    }

    @Test
    void injectedGarbageGetsItsVerdict() {
        assertThat(injected("74-inj-ack_bit31")).isEqualTo(PacketFault.BAD_SEQUENCE_RANGE);
        assertThat(injected("75-inj-unknown_ctrl")).isEqualTo(PacketFault.UNKNOWN_CONTROL_TYPE);
        assertThat(injected("79-inj-empty_data")).isEqualTo(PacketFault.EMPTY_PAYLOAD);
        assertThat(injected("80-inj-tiny")).isEqualTo(PacketFault.TRUNCATED_HEADER);
    }

    private static PacketFault injected(String name) {
        return Capture.read(name).stream()
                .filter(d -> d.note().contains("INJECTED"))
                .map(d -> SrtPacket.check(d.buf()))
                .findFirst()
                .orElseThrow();
    }

    private static void reEncode(ByteBuf in, ByteBuf out) {
        int ts = SrtPacket.timestamp(in);
        int dst = SrtPacket.destinationSocketId(in);
        if (!SrtPacket.isControl(in)) {
            DataPacket.writeHeader(out, DataPacket.seqNo(in), DataPacket.keyFlags(in), DataPacket.msgNo(in), ts, dst);
            if (DataPacket.isRetransmitted(in)) {
                DataPacket.markRetransmitted(out);
            }
            if (DataPacket.isInOrder(in)) {
                out.setByte(4, out.getByte(4) | 0x20); // asked for by ffmpeg; we never do
            }
            out.writeBytes(in, DataPacket.payloadStart(in), DataPacket.payloadLength(in));
            return;
        }
        switch (ControlPacket.type(in)) {
            case HANDSHAKE -> reEncodeHandshake(in, out, ts, dst);
            case KEEPALIVE -> ControlPacket.writeKeepAlive(out, ts, dst);
            case SHUTDOWN -> ControlPacket.writeShutdown(out, ts, dst);
            case ACKACK -> ControlPacket.writeAckAck(out, ControlPacket.info(in), ts, dst);
            case ACK -> reEncodeAck(in, out, ts, dst);
            case DROPREQ ->
                ControlPacket.writeDropRequest(
                        out, ControlPacket.info(in), ControlPacket.dropFirst(in), ControlPacket.dropLast(in), ts, dst);
            case NAK -> {
                ControlPacket.writeHeader(out, ControlType.NAK, 0, 0, ts, dst);
                LossList list = new LossList();
                list.wrap(in);
                while (list.next()) {
                    LossList.write(out, list.first(), list.last());
                }
            }
            case USER -> {
                byte[] content = new byte[ControlPacket.cifLength(in)];
                in.getBytes(ControlPacket.cifStart(in), content);
                KeyMaterial km = KeyMaterial.parse(content);
                ControlPacket.writeUser(out, ControlPacket.subtype(in), km.encode(), ts, dst);
            }
            default -> throw new AssertionError("not in the captures");
        }
        if (in.readableBytes() == SrtPacket.HEADER_LENGTH) {
            out.writerIndex(SrtPacket.HEADER_LENGTH); // the relay cut the four padding bytes off
        }
    }

    private static void reEncodeAck(ByteBuf in, ByteBuf out, int ts, int dst) {
        if (AckPacket.isLight(in)) {
            AckPacket.writeLight(out, AckPacket.ackSeqNo(in), ts, dst);
            return;
        }
        AckPacket.writeSmall(
                out,
                ControlPacket.info(in),
                AckPacket.ackSeqNo(in),
                AckPacket.rttUs(in),
                AckPacket.rttVarUs(in),
                AckPacket.freeBuffer(in),
                ts,
                dst);
        if (AckPacket.hasRates(in)) {
            AckPacket.writeRates(out, AckPacket.packetRate(in), AckPacket.linkCapacity(in), AckPacket.byteRate(in));
        }
    }

    private static void reEncodeHandshake(ByteBuf in, ByteBuf out, int ts, int dst) {
        byte[] address = new byte[16];
        for (int i = 0; i < 16; i++) {
            address[i] = in.getByte(ControlPacket.cifStart(in) + 32 + (i ^ 3));
        }
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                HandshakePacket.version(in),
                HandshakePacket.encryptionField(in),
                HandshakePacket.extensionField(in),
                HandshakePacket.initialSeqNo(in),
                HandshakePacket.mtu(in),
                HandshakePacket.flowWindow(in),
                HandshakePacket.handshakeType(in),
                HandshakePacket.socketId(in),
                HandshakePacket.synCookie(in),
                address);
        HandshakePacket.write(out, fields, ts, dst);
        HandshakeExtensions x = HandshakeExtensions.parse(in);
        int at = HandshakePacket.LENGTH;
        while (at < in.writerIndex()) {
            int type = in.getUnsignedShort(at);
            int length = 4 * in.getUnsignedShort(at + 2);
            byte[] content = new byte[length];
            in.getBytes(at + 4, content);
            switch (type) {
                case HandshakeExtensions.HSREQ, HandshakeExtensions.HSRSP ->
                    ExtensionWriter.writeHs(
                            out, type, x.srtVersion(), x.flags(), x.receiverLatencyMs(), x.senderLatencyMs());
                case HandshakeExtensions.SID -> ExtensionWriter.writeText(out, type, x.streamId());
                case HandshakeExtensions.FILTER -> ExtensionWriter.writeText(out, type, x.filter());
                case HandshakeExtensions.KMREQ, HandshakeExtensions.KMRSP -> {
                    if (length == 4) {
                        ExtensionWriter.writeKmState(out, KmState.of(content[0]));
                    } else {
                        ExtensionWriter.writeBytes(
                                out, type, KeyMaterial.parse(x.km()).encode());
                    }
                }
                default -> ExtensionWriter.writeBytes(out, type, content);
            }
            at += 4 + length;
        }
    }
}
