// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How two ends come to one packet filter, or to none, or to no connection. */
class FilterHandshakeTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int PORT = 4711;
    private static final int CALLER = 0x11;
    private static final int ACCEPTED = 0x22;
    private static final RejectReason FILTER = new RejectReason(14);
    private static final KeySource KEYS = byte[]::new;

    private final ListenerHandshake listener;
    private final ByteBuf answer = Unpooled.buffer();

    FilterHandshakeTest() {
        listener = new ListenerHandshake(terms(""), new SynCookie(KEYS, 0), KEYS, 0);
    }

    private static HandshakeTerms terms(String filter) {
        SrtOptions options = SrtOptions.STANDARD;
        return HandshakeTerms.of(filter.isEmpty() ? options : options.with(SrtOption.PACKETFILTER, filter));
    }

    /** A caller that has sent its conclusion; {@link #answer} holds the listener's answer to it. */
    private CallerHandshake call(String own, String listeners) {
        CallerHandshake caller = new CallerHandshake(terms(own), KEYS, CALLER, 100, ADDRESS, 0);
        ByteBuf request = Unpooled.buffer();
        caller.poll(request, 0);
        answer.clear();
        listener.onDatagram(request, ADDRESS, PORT, 0, answer);
        caller.onDatagram(answer, 0);
        request.clear();
        caller.poll(request, 0);
        answer(request, listeners);
        return caller;
    }

    private HandshakeVerdict answer(ByteBuf request, String listeners) {
        answer.clear();
        HandshakeVerdict asked = listener.onDatagram(request, ADDRESS, PORT, 0, answer);
        assertThat(asked).isInstanceOf(HandshakeVerdict.Asked.class);
        ConclusionRequest conclusion = ((HandshakeVerdict.Asked) asked).request();
        return listener.accept(conclusion, terms(listeners), ACCEPTED, 0, answer);
    }

    private String answeredFilter() {
        return HandshakeExtensions.parse(answer).filter();
    }

    private static String filterOf(HandshakeVerdict verdict) {
        SrtPacketFilter filter =
                ((HandshakeVerdict.Connected) verdict).parameters().filter();
        return filter == null ? "" : filter.text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // the caller's; the listener's; what both work by
                "'';                     '';                                '';",
                "'';                     fec,cols:5;                        '';",
                "fec,cols:5,rows:4;      '';                                fec,cols:5,rows:4",
                "fec,cols:5;             fec;                               fec,arq:onreq,cols:5,layout:staircase,rows:1",
                "fec;                    fec,cols:5,arq:never;              fec,arq:never,cols:5,layout:staircase,rows:1",
                "fec,cols:5,rows:-4;     fec,layout:even,arq:always;        fec,arq:always,cols:5,layout:even,rows:-4",
                "fec,cols:5,rows:4;      fec,rows:4,cols:5;                 fec,arq:onreq,cols:5,layout:staircase,rows:4",
            })
    void whatOneLeavesOpenTheOtherFillsIn(String own, String listeners, String agreed) {
        String expected = agreed == null ? "" : agreed;
        CallerHandshake caller = call(own, listeners);
        assertThat(answeredFilter()).isEqualTo(expected);
        assertThat(HandshakePacket.extensionField(answer) & HandshakePacket.EXT_CONFIG)
                .isEqualTo(expected.isEmpty() ? 0 : HandshakePacket.EXT_CONFIG);
        assertThat(filterOf(caller.onDatagram(answer, 0))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "fec,cols:5;                   fec,cols:6",
                "fec,cols:5,rows:4;            fec,rows:-4",
                "fec,cols:5,layout:even;       fec,layout:staircase",
                "fec,cols:5,arq:never;         fec,arq:onreq",
                "fec;                          fec",
                "fec,rows:4;                   ''",
                "fec,cols:32767,rows:32767;    ''",
            })
    void aListenerRefusesWhatContradictsItOrIsNotEnough(String own, String listeners) {
        CallerHandshake caller = call(own, listeners);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(1014);
        assertThat(answer.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(CALLER);
        assertThat(caller.onDatagram(answer, 0)).isEqualTo(new HandshakeVerdict.Rejected(FILTER, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fec,cols:5"})
    void aRequestThatIsNoFilterIsRefused(String listeners) {
        CallerHandshake caller = call("fec,cols:5", listeners);
        ByteBuf request = Unpooled.buffer();
        caller.poll(request, 300_000);
        int at = request.readableBytes() - "fec,cols:5??".length();
        request.setByte(at, 'x'); // the texts' words are turned round: "fec," is now "fecx"
        assertThat(answer(request, listeners)).isEqualTo(new HandshakeVerdict.Rejected(FILTER, false));
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(1014);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // what was asked for; what was answered
                "fec,cols:5;               ''",
                "fec,cols:5;               fec,cols:6",
                "fec,cols:5,arq:never;     fec,cols:5",
                "fec,cols:5,arq:never;     fec,cols:5,arq:onreq",
            })
    void aCallerLeavesAListenerThatAnswersSomethingElse(String own, String answered) {
        call(answered, ""); // gets its wish
        ByteBuf other = answer.copy();
        CallerHandshake caller = call(own, "fec,cols:5");
        HandshakeVerdict verdict = caller.onDatagram(other, 0);
        assertThat(verdict).isEqualTo(new HandshakeVerdict.Rejected(FILTER, false));
        ByteBuf last = Unpooled.buffer();
        assertThat(caller.poll(last, 0)).isTrue();
        assertThat(ControlPacket.type(last)).isEqualTo(ControlType.SHUTDOWN);
        assertThat(SrtPacket.destinationSocketId(last)).isEqualTo(ACCEPTED);
    }

    @Test
    void aCallerThatAskedForNoneTakesWhatItIsTold() {
        call("fec,cols:7,arq:never", "");
        ByteBuf other = answer.copy();
        CallerHandshake caller = call("", "");
        assertThat(filterOf(caller.onDatagram(other, 0))).isEqualTo("fec,arq:never,cols:7");
    }

    @Test
    void anAnswerThatIsNoFilterEndsTheCall() {
        CallerHandshake caller = call("fec,cols:5", "");
        int at = answer.readableBytes() - "fec,cols:5??".length();
        answer.setByte(at, 'x');
        assertThat(caller.onDatagram(answer, 0)).isEqualTo(new HandshakeVerdict.Rejected(FILTER, false));
    }

    @Test
    void aPayloadLeavesRoomForWhatAFilterAdds() {
        CallerHandshake caller = call("fec,cols:5", "");
        HandshakeVerdict.Connected connected = (HandshakeVerdict.Connected) caller.onDatagram(answer, 0);
        assertThat(connected.parameters().wirePayloadSize()).isEqualTo(1452);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';                       '';                      true",
                "fec,cols:5;               fec,cols:5;              true",
                "fec,cols:5,arq:never;     fec,arq:never,cols:5;    true",
                "fec,cols:5;               fec,cols:6;              false",
                "fec,cols:5;               '';                      false",
                "'';                       fec,cols:5;              false",
                "fec;                      fec;                     false",
            })
    void inRendezvousBothMustWantTheSame(String initiators, String responders, boolean meet) {
        RendezvousHandshake initiator = new RendezvousHandshake(terms(initiators), KEYS, 1, 100, 7, ADDRESS, 0);
        RendezvousHandshake responder = new RendezvousHandshake(terms(responders), KEYS, 2, 200, -7, ADDRESS, 0);
        HandshakeVerdict ofInitiator = HandshakeVerdict.WAITING;
        HandshakeVerdict ofResponder = HandshakeVerdict.WAITING;
        for (long nowUs = 0; nowUs < 3_000_000; nowUs += 250_000) {
            ofResponder = pass(initiator, responder, ofResponder, nowUs);
            ofInitiator = pass(responder, initiator, ofInitiator, nowUs);
        }
        if (meet) {
            String expected = initiators.isEmpty()
                    ? ""
                    : SrtPacketFilter.parse(initiators).text();
            assertThat(filterOf(ofInitiator)).isEqualTo(expected);
        } else {
            assertThat(ofResponder).isEqualTo(new HandshakeVerdict.Rejected(FILTER, false));
            assertThat(ofInitiator).isEqualTo(new HandshakeVerdict.Rejected(FILTER, true));
        }
    }

    /** Hands what the one sends to the other, unless it has come to its verdict. */
    private static HandshakeVerdict pass(
            RendezvousHandshake from, RendezvousHandshake to, HandshakeVerdict verdict, long nowUs) {
        HandshakeVerdict latest = verdict;
        ByteBuf packet = Unpooled.buffer();
        while (from.poll(packet, nowUs)) {
            boolean isOpen = latest instanceof HandshakeVerdict.Waiting || latest instanceof HandshakeVerdict.Ignored;
            latest = isOpen ? to.onDatagram(packet, nowUs) : latest;
            packet.clear();
        }
        return latest;
    }
}
