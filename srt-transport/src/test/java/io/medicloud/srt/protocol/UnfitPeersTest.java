// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.protocol.HandshakeVerdict.Connected;
import io.medicloud.srt.protocol.HandshakeVerdict.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that are older than is allowed (MINVERSION), or want what is not done here: whoever calls whom, they are rejected with the reason. */
final class UnfitPeersTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int PORT = 4711;
    private static final int OWN_ID = 0x11;
    private static final int PEER_ID = 0x22;
    private static final int LEAST = 0x010400;
    private static final SrtOptions OPTIONS = SrtOptions.STANDARD.with(SrtOption.MINVERSION, LEAST);
    private static final int HS_VERSION_AT = 68;
    private static final int HS_FLAGS_AT = 72;
    private static final int STREAM = 0x40;

    private static Consumer<ByteBuf> fault(String name) {
        return switch (name) {
            case "old" -> packet -> packet.setInt(HS_VERSION_AT, LEAST - 1);
            case "just new enough" -> packet -> packet.setInt(HS_VERSION_AT, LEAST);
            case "messages" -> packet -> packet.setInt(HS_FLAGS_AT, packet.getInt(HS_FLAGS_AT) | STREAM);
            case "file" -> packet -> ExtensionWriter.writeText(packet, HandshakeExtensions.CONGESTION, "file");
            case "live" -> packet -> ExtensionWriter.writeText(packet, HandshakeExtensions.CONGESTION, "live");
            default -> packet -> ExtensionWriter.writeBytes(packet, HandshakeExtensions.GROUP, new byte[8]);
        };
    }

    private static HandshakeTerms terms() {
        return HandshakeTerms.of(OPTIONS);
    }

    private static RendezvousHandshake waving(int socketId, int cookie) {
        return new RendezvousHandshake(terms(), byte[]::new, socketId, 100, cookie, ADDRESS, 0);
    }

    private static ByteBuf polled(OutgoingHandshake handshake) {
        ByteBuf packet = Unpooled.buffer();
        assertThat(handshake.poll(packet, 0)).isTrue();
        return packet;
    }

    /** What a responder, or an initiator, in rendezvous makes of its peer's conclusion with this fault. */
    private static HandshakeVerdict meet(boolean isInitiator, Consumer<ByteBuf> fault, ByteBuf said) {
        RendezvousHandshake initiator = waving(OWN_ID, 7);
        RendezvousHandshake responder = waving(PEER_ID, 3);
        initiator.onDatagram(polled(responder), 0);
        ByteBuf asked = polled(initiator);
        if (!isInitiator) {
            fault.accept(asked);
        }
        HandshakeVerdict verdict = responder.onDatagram(asked, 0);
        if (isInitiator) {
            ByteBuf answer = polled(responder);
            fault.accept(answer);
            verdict = initiator.onDatagram(answer, 0);
        }
        (isInitiator ? initiator : responder).poll(said, 0);
        return verdict;
    }

    @ParameterizedTest
    @CsvSource({
        "false, old, 8",
        "false, messages, 12",
        "false, file, 13",
        "false, group, 15",
        "true, old, 8",
        "true, messages, 12",
    })
    void inRendezvousTheyAreRejectedByEitherSide(boolean isInitiator, String fault, int reason) {
        ByteBuf said = Unpooled.buffer();
        assertThat(meet(isInitiator, fault(fault), said)).isEqualTo(new Rejected(new RejectReason(reason), false));
        assertThat(HandshakePacket.handshakeType(said)).isEqualTo(1000 + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"just new enough", "live"})
    void inRendezvousOthersAreMet(String fault) {
        assertThat(meet(true, fault(fault), Unpooled.buffer())).isInstanceOf(Connected.class);
        ByteBuf said = Unpooled.buffer();
        meet(false, fault(fault), said);
        assertThat(HandshakePacket.handshakeType(said)).isEqualTo(HandshakePacket.CONCLUSION);
        assertThat(HandshakeExtensions.parse(said).hsType()).isEqualTo(HandshakeExtensions.HSRSP);
    }

    @ParameterizedTest
    @CsvSource({"old, 8", "messages, 12"})
    void aCallerLeavesAListenerThatIsUnfit(String fault, int reason) {
        CallerHandshake caller = new CallerHandshake(terms(), byte[]::new, OWN_ID, 100, ADDRESS, 0);
        assertThat(called(caller, fault(fault))).isEqualTo(new Rejected(new RejectReason(reason), false));
        ByteBuf last = polled(caller);
        assertThat(ControlPacket.type(last)).isEqualTo(ControlType.SHUTDOWN);
        assertThat(SrtPacket.destinationSocketId(last)).isEqualTo(PEER_ID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"just new enough", "live"})
    void aCallerTakesOthers(String fault) {
        CallerHandshake caller = new CallerHandshake(terms(), byte[]::new, OWN_ID, 100, ADDRESS, 0);
        assertThat(called(caller, fault(fault))).isInstanceOf(Connected.class);
    }

    @Test
    void whoSpeaksHsv5IsOf13AtLeastWhateverItSays() {
        HandshakeTerms standard = HandshakeTerms.of(SrtOptions.STANDARD);
        assertThat(standard.isTooOld(0x010203)).isFalse();
        assertThat(terms().isTooOld(0x010203)).isTrue();
        assertThat(terms().isTooOld(LEAST)).isFalse();
    }

    private static HandshakeVerdict called(CallerHandshake caller, Consumer<ByteBuf> fault) {
        ListenerHandshake listener = new ListenerHandshake(terms(), new SynCookie(byte[]::new, 0), byte[]::new, 0);
        ByteBuf answer = Unpooled.buffer();
        listener.onDatagram(polled(caller), ADDRESS, PORT, 0, answer);
        caller.onDatagram(answer, 0);
        answer.clear();
        HandshakeVerdict asked = listener.onDatagram(polled(caller), ADDRESS, PORT, 0, answer);
        listener.accept(((HandshakeVerdict.Asked) asked).request(), terms(), PEER_ID, 0, answer);
        fault.accept(answer);
        return caller.onDatagram(answer, 0);
    }
}
