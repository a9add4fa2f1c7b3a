// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.protocol.HandshakeVerdict.Connected;
import io.medicloud.srt.protocol.HandshakeVerdict.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One end of a rendezvous, whose peer says exactly what the test says (draft 4.3.2). W is a WAVEAHAND, C a CONCLUSION, with an HSREQ or an HSRSP or neither, A
 * an AGREEMENT, K a keepalive, D data, U key material, S a SHUTDOWN, N a loss report, L an acknowledgement.
 */
class RendezvousStatesTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int OWN_ID = 0x11;
    private static final int PEER_ID = 0x22;
    private static final long START_US = 1_000_000;
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;

    private long nowUs = START_US;
    private int peerCookie;
    private RendezvousHandshake handshake;
    private HandshakeVerdict verdict = HandshakeVerdict.WAITING;

    private void begin(SrtOptions options, int cookie, int cookieOfPeer) {
        handshake = new RendezvousHandshake(
                HandshakeTerms.of(options), byte[]::new, OWN_ID, 100, cookie, ADDRESS, START_US);
        peerCookie = cookieOfPeer;
        nowUs = START_US;
        assertThat(reply()).as("at once").isEqualTo("W");
        nowUs += 7_000;
    }

    private void initiator() {
        begin(STANDARD, 7, 3);
    }

    private void responder() {
        begin(STANDARD, 3, 7);
    }

    // What the peer says.

    private ByteBuf handshakePacket(int type, int version, int socketId) {
        ByteBuf packet = Unpooled.buffer();
        HandshakePacket.Fields fields =
                new HandshakePacket.Fields(version, 0, 0, 200, 1400, 4000, type, socketId, peerCookie, ADDRESS);
        HandshakePacket.write(packet, fields, 5_000, OWN_ID);
        return packet;
    }

    private void hear(ByteBuf packet) {
        verdict = handshake.onDatagram(packet, nowUs);
    }

    private void hear(int type) {
        hear(handshakePacket(type, 5, PEER_ID));
    }

    private void hearConclusion(int hsType, int flags) {
        ByteBuf packet = handshakePacket(HandshakePacket.CONCLUSION, 5, PEER_ID);
        ExtensionWriter.writeHs(packet, hsType, HandshakeTerms.VERSION, flags, 300, 80);
        hear(packet);
    }

    private void hear(String what) {
        switch (what) {
            case "W" -> hear(HandshakePacket.WAVEAHAND);
            case "C" -> hear(HandshakePacket.CONCLUSION);
            case "C+REQ" -> hearConclusion(HandshakeExtensions.HSREQ, 0xBF);
            case "C+RSP" -> hearConclusion(HandshakeExtensions.HSRSP, 0xBF);
            case "A" -> hear(HandshakePacket.AGREEMENT);
            default -> hear(traffic(what));
        }
    }

    private static ByteBuf traffic(String what) {
        ByteBuf packet = Unpooled.buffer();
        switch (what) {
            case "D" -> {
                DataPacket.writeHeader(packet, 200, 0, 1, 5_000, OWN_ID);
                packet.writeInt(7);
            }
            case "U" -> ControlPacket.writeUser(packet, ControlPacket.SUBTYPE_KMREQ, new byte[56], 5_000, OWN_ID);
            case "S" -> ControlPacket.writeShutdown(packet, 5_000, OWN_ID);
            case "N" -> {
                ControlPacket.writeHeader(packet, ControlType.NAK, 0, 0, 5_000, OWN_ID);
                packet.writeInt(100);
            }
            case "L" -> AckPacket.writeLight(packet, 100, 5_000, OWN_ID);
            default -> ControlPacket.writeKeepAlive(packet, 5_000, OWN_ID);
        }
        return packet;
    }

    // What we say.

    /** What is sent now: as the peer's words, or {@code -}. */
    private String reply() {
        ByteBuf packet = Unpooled.buffer();
        return handshake.poll(packet, nowUs) ? words(packet) : "-";
    }

    private String words(ByteBuf packet) {
        assertThat(SrtPacket.timestamp(packet)).isEqualTo((int) (nowUs - START_US));
        assertThat(HandshakePacket.socketId(packet)).isEqualTo(OWN_ID);
        int hsType = HandshakeExtensions.parse(packet).hsType();
        assertThat(HandshakePacket.extensionField(packet)).isEqualTo(hsType == 0 ? 0 : HandshakePacket.EXT_HSREQ);
        String extension = hsType == HandshakeExtensions.HSREQ ? "+REQ" : hsType == 0 ? "" : "+RSP";
        return switch (HandshakePacket.handshakeType(packet)) {
            case HandshakePacket.WAVEAHAND -> "W" + extension;
            case HandshakePacket.CONCLUSION -> "C" + extension;
            default -> "" + HandshakePacket.handshakeType(packet);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "W>C+REQ C>C+REQ C+RSP>connected",
                "W>C+REQ W>C+REQ C+REQ>C+REQ C+RSP>connected",
                "W>C+REQ A>unexpected C+RSP>connected",
                "C>C+REQ W>unexpected C>C+REQ A>unexpected C+RSP>connected",
                "C>C+REQ K>unexpected C+RSP>connected",
                "S>unexpected W>C+REQ N>unexpected L>unexpected C+RSP>connected",
                "W>C+REQ S>closed C+RSP>malformed"
            })
    void anInitiatorAsksUntilItIsAnswered(String story) {
        initiator();
        tell(story);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "W>C W>C C>C C+REQ>C+RSP A>connected",
                "W>C C+REQ>C+RSP C+REQ>C+RSP W>unexpected K>connected",
                "W>C K>unexpected A>unexpected C+REQ>C+RSP A>connected",
                "C>C W>unexpected C+RSP>C C+REQ>C+RSP C>C+RSP A>connected",
                "C+REQ>C+RSP C+REQ>C+RSP K>connected",
                "C+REQ>C+RSP A>connected",
                "C+REQ>C+RSP N>unexpected L>unexpected D>connected",
                "C+REQ>C+RSP U>connected",
                "C+REQ>C+RSP S>closed K>malformed"
            })
    void aResponderAnswersWhenItIsAsked(String story) {
        responder();
        tell(story);
    }

    private void tell(String story) {
        for (String step : story.split(" ", -1)) {
            String[] heardAndReply = step.split(">", -1);
            hear(heardAndReply[0]);
            switch (heardAndReply[1]) {
                case "connected" -> assertThat(verdict).as(step).isInstanceOf(Connected.class);
                case "malformed" -> assertThat(verdict).as(step).isEqualTo(HandshakeVerdict.MALFORMED);
                case "closed" -> assertThat(verdict).as(step).isEqualTo(new Rejected(RejectReason.CLOSE, true));
                case "unexpected" -> assertThat(verdict).as(step).isEqualTo(HandshakeVerdict.UNEXPECTED);
                default -> {
                    assertThat(verdict).as(step).isEqualTo(HandshakeVerdict.WAITING);
                    assertThat(reply()).as(step).isEqualTo(heardAndReply[1]);
                }
            }
            assertThat(reply()).as(step).isEqualTo("-");
            nowUs += 1_000;
        }
    }

    @Test
    void whatWasSaidLastIsRepeatedEveryQuarterOfASecond() {
        initiator();
        nowUs = START_US + 249_999;
        assertThat(reply()).isEqualTo("-");
        nowUs++;
        assertThat(reply()).isEqualTo("W");
        hear("W");
        assertThat(reply()).isEqualTo("C+REQ");
        nowUs += 249_999;
        assertThat(reply()).isEqualTo("-");
        nowUs++;
        assertThat(reply()).isEqualTo("C+REQ");
    }

    @Test
    void anAgreementIsKeptForThePeersRepetitions() {
        initiator();
        hear("W");
        hear("C+RSP");
        ByteBuf answer = Unpooled.wrappedBuffer(((Connected) verdict).answer());
        assertThat(answer.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
        assertThat(words(answer)).isEqualTo("" + HandshakePacket.AGREEMENT);
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(PEER_ID);
        hear("C+RSP");
        assertThat(verdict).as("the session's business").isEqualTo(HandshakeVerdict.MALFORMED);
        assertThat(handshake.onTick(nowUs + 60_000_000)).isEqualTo(HandshakeVerdict.WAITING);
    }

    @Test
    void bothLearnTheSameOfEachOther() {
        initiator();
        hear("W");
        hear("C+RSP");
        SessionParameters p = ((Connected) verdict).parameters();
        assertThat(p.receiveLatencyMs()).as("what the responder decided").isEqualTo(80);
        assertThat(p.peerLatencyMs()).isEqualTo(300);
        responder();
        hear("W");
        hear("C+REQ");
        hear("A");
        SessionParameters r = ((Connected) verdict).parameters();
        assertThat(r.receiveLatencyMs()).as("the larger wish").isEqualTo(120);
        assertThat(r.peerLatencyMs()).isEqualTo(300);
        for (SessionParameters each : new SessionParameters[] {p, r}) {
            assertThat(each.socketId()).isEqualTo(OWN_ID);
            assertThat(each.peerSocketId()).isEqualTo(PEER_ID);
            assertThat(each.sendSeqNo()).isEqualTo(100);
            assertThat(each.receiveSeqNo()).isEqualTo(200);
            assertThat(each.mtu()).isEqualTo(1400);
            assertThat(each.flowWindow()).isEqualTo(4000);
            assertThat(each.startUs()).isEqualTo(START_US);
            assertThat(each.peerBaseUs()).isEqualTo(START_US + 7_000 - 5_000);
            assertThat(each.receiveKeys()).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({"5, 3, true", "3, 5, false", "0x40000000, -0x40000000, true", "-0x40000000, 0x40000000, false"})
    void theLargerCookieInitiatesAndOfTwoThatAreOppositeThePositiveOne(String own, String peer, boolean initiates) {
        begin(STANDARD, Integer.decode(own), Integer.decode(peer));
        hear("W");
        assertThat(reply()).isEqualTo(initiates ? "C+REQ" : "C");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void equalCookiesDecideNothing(int type) {
        begin(STANDARD, 5, 5);
        hear(type);
        assertThat(verdict).isEqualTo(new Rejected(new RejectReason(9), false));
        assertThat(reply()).isEqualTo("1009");
        assertThat(reply()).as("said once").isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource({"0, 4, 34", "0, 5, 0", "-1, 4, 34", "-1, 5, 0"})
    void anotherVersionOrNoSocketIsIgnored(int type, int version, int socketId) {
        initiator();
        hear(handshakePacket(type, version, socketId));
        assertThat(verdict).isEqualTo(HandshakeVerdict.MALFORMED);
        assertThat(reply()).isEqualTo("-");
        tell("W>C+REQ C+RSP>connected");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void aPeerBeforeHsv5IsRefused(int type) {
        initiator();
        ByteBuf packet = handshakePacket(type, 4, PEER_ID);
        packet.setShort(SrtPacket.HEADER_LENGTH + 6, 2); // the kind of its socket: datagrams
        hear(packet);
        assertThat(verdict).isEqualTo(new Rejected(RejectReason.VERSION, false));
        assertThat(handshake.isPeerOld()).isTrue();
        assertThat(reply()).isEqualTo("1008");
        assertThat(reply()).isEqualTo("-");
        initiator();
        tell("W>C+REQ");
        hear(packet);
        assertThat(verdict).as("no longer: it is damaged").isEqualTo(HandshakeVerdict.MALFORMED);
        tell("C+RSP>connected");
        assertThat(handshake.isPeerOld()).isFalse();
    }

    @Test
    void whatIsNoPacketOrNoMessageOfARendezvousIsIgnored() {
        responder();
        hear(Unpooled.wrappedBuffer(new byte[3]));
        assertThat(verdict).isEqualTo(HandshakeVerdict.MALFORMED);
        hear(-3);
        assertThat(verdict).isEqualTo(HandshakeVerdict.UNEXPECTED);
        assertThat(reply()).isEqualTo("-");
        tell("C+REQ>C+RSP A>connected");
    }

    @Test
    void aCallerIsNoPeer() {
        responder();
        hear(HandshakePacket.INDUCTION);
        assertThat(verdict).isEqualTo(new Rejected(RejectReason.ROGUE, false));
        assertThat(reply()).isEqualTo("1004");
        hear("C+REQ");
        assertThat(verdict).isEqualTo(HandshakeVerdict.MALFORMED);
        assertThat(reply()).isEqualTo("-");
    }

    @Test
    void thePeersRejectionEndsIt() {
        responder();
        hear(1010);
        assertThat(verdict).isEqualTo(new Rejected(RejectReason.BAD_SECRET, true));
        nowUs += 1_000_000;
        assertThat(reply()).isEqualTo("-");
    }

    @Test
    void aStreamOfBytesIsRejected() {
        responder();
        hearConclusion(HandshakeExtensions.HSREQ, 0xBF | SrtFlags.STREAM);
        assertThat(verdict).isEqualTo(new Rejected(new RejectReason(12), false));
        assertThat(reply()).isEqualTo("1012");
    }

    @ParameterizedTest
    @CsvSource({"'', 'fec,cols:5'", "'fec,cols:5', ''", "'fec,cols:5', 'fec,cols:6'"})
    void filtersThatDifferAreRejected(String own, String peers) {
        begin(own.isEmpty() ? STANDARD : STANDARD.with(SrtOption.PACKETFILTER, own), 3, 7);
        ByteBuf packet = handshakePacket(HandshakePacket.CONCLUSION, 5, PEER_ID);
        ExtensionWriter.writeHs(packet, HandshakeExtensions.HSREQ, HandshakeTerms.VERSION, 0xBF, 300, 80);
        if (!peers.isEmpty()) {
            ExtensionWriter.writeText(packet, HandshakeExtensions.FILTER, peers);
        }
        hear(packet);
        assertThat(verdict).isEqualTo(new Rejected(new RejectReason(14), false));
    }

    @Test
    void itTimesOutAfterTenConnectTimeouts() {
        initiator();
        assertThat(handshake.onTick(START_US + 29_999_999)).isEqualTo(HandshakeVerdict.WAITING);
        assertThat(handshake.onTick(START_US + 30_000_000)).isEqualTo(HandshakeVerdict.TIMED_OUT);
        nowUs = START_US + 30_000_000;
        assertThat(reply()).isEqualTo("-");
    }
}
