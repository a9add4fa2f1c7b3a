// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
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

/** What caller and listener say at each step, when they say it again, and what they do not believe (draft 4.3.1). */
class HandshakeStepsTest {
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;
    private static final byte[] ADDRESS = {10, 0, 0, 7};
    private static final int PORT = 4711;
    private static final int CALLER = 0x11;
    private static final int ACCEPTED = 0x22;
    private static final int FIRST = 100;
    private static final int COOKIE = 0x5EED;
    private static final int LATER = 0x010600;
    private static final long START_US = 7_000_000;
    private static final KeySource KEYS = byte[]::new;

    // Where a handshake says what (draft 3.2.1).
    private static final int VERSION_AT = 16;
    private static final int ENCRYPTION_AT = 20;
    private static final int EXTENSION_AT = 22;
    private static final int SEQ_NO_AT = 24;
    private static final int MTU_AT = 28;
    private static final int SOCKET_AT = 40;
    private static final int HS_TYPE_AT = 64;
    private static final int HS_VERSION_AT = 68;
    private static final int HS_FLAGS_AT = 72;

    private final ListenerHandshake listener =
            new ListenerHandshake(HandshakeTerms.of(STANDARD), new SynCookie(KEYS, START_US), KEYS, START_US);

    private long nowUs = START_US;
    private CallerHandshake caller = caller(STANDARD);

    private static CallerHandshake caller(SrtOptions options) {
        return new CallerHandshake(HandshakeTerms.of(options), KEYS, CALLER, FIRST, ADDRESS, START_US);
    }

    /** What the caller sends at that time; empty if nothing. */
    private ByteBuf polled(long atUs) {
        nowUs = START_US + atUs;
        ByteBuf packet = Unpooled.buffer();
        boolean isSent = caller.poll(packet, nowUs);
        assertThat(packet.isReadable()).isEqualTo(isSent);
        return packet;
    }

    private static ByteBuf handshake(int type, int extension, int mtu, int socketId) {
        ByteBuf packet = Unpooled.buffer();
        HandshakePacket.Fields fields =
                new HandshakePacket.Fields(5, 0, extension, FIRST, mtu, 4000, type, socketId, COOKIE, ADDRESS);
        HandshakePacket.write(packet, fields, 250, CALLER);
        return packet;
    }

    private static ByteBuf inductionResponse() {
        return handshake(HandshakePacket.INDUCTION, HandshakePacket.EXT_MAGIC, 1500, CALLER);
    }

    private static ByteBuf conclusionResponse() {
        ByteBuf packet = handshake(HandshakePacket.CONCLUSION, HandshakePacket.EXT_HSREQ, 1400, ACCEPTED);
        ExtensionWriter.writeHs(packet, HandshakeExtensions.HSRSP, LATER, 0xBF, 300, 450);
        return packet;
    }

    /** The caller has sent its induction, and has the answer to it. */
    private void induce(long atUs) {
        polled(0);
        nowUs = START_US + atUs;
        assertThat(caller.onDatagram(inductionResponse(), nowUs)).isEqualTo(HandshakeVerdict.WAITING);
    }

    // The caller.

    @Test
    void aCallerAsksForACookieUntilItHasOne() {
        ByteBuf request = polled(0);
        assertThat(HandshakePacket.handshakeType(request)).isEqualTo(HandshakePacket.INDUCTION);
        assertThat(HandshakePacket.version(request)).isEqualTo(4);
        assertThat(HandshakePacket.extensionField(request)).isEqualTo(2);
        assertThat(HandshakePacket.encryptionField(request)).isZero();
        assertThat(HandshakePacket.initialSeqNo(request)).isEqualTo(FIRST);
        assertThat(HandshakePacket.mtu(request)).isEqualTo(1500);
        assertThat(HandshakePacket.flowWindow(request)).isEqualTo(8192);
        assertThat(HandshakePacket.socketId(request)).isEqualTo(CALLER);
        assertThat(HandshakePacket.synCookie(request)).isZero();
        assertThat(SrtPacket.destinationSocketId(request)).isZero();
        assertThat(SrtPacket.timestamp(request)).isZero();
        assertThat(polled(0).isReadable()).isFalse();
        assertThat(polled(249_999).isReadable()).isFalse();
        ByteBuf again = polled(250_000);
        assertThat(SrtPacket.timestamp(again)).isEqualTo(250_000);
        SrtPacket.setTimestamp(again, 0);
        assertThat(again).isEqualTo(request);
        assertThat(polled(499_999).isReadable()).isFalse();
        assertThat(polled(500_000).isReadable()).isTrue();
    }

    @Test
    void itConcludesAsSoonAsItHasItAndUntilItIsAnswered() {
        induce(20_000);
        ByteBuf request = polled(20_000);
        assertThat(HandshakePacket.handshakeType(request)).isEqualTo(HandshakePacket.CONCLUSION);
        assertThat(HandshakePacket.version(request)).isEqualTo(5);
        assertThat(HandshakePacket.extensionField(request)).isEqualTo(HandshakePacket.EXT_HSREQ);
        assertThat(HandshakePacket.synCookie(request)).isEqualTo(COOKIE);
        assertThat(HandshakePacket.socketId(request)).isEqualTo(CALLER);
        assertThat(SrtPacket.destinationSocketId(request)).isZero();
        HandshakeExtensions x = HandshakeExtensions.parse(request);
        assertThat(x.hsType()).isEqualTo(HandshakeExtensions.HSREQ);
        assertThat(x.srtVersion()).isEqualTo(0x010505);
        assertThat(x.flags()).isEqualTo(0xBF);
        assertThat(x.receiverLatencyMs()).isEqualTo(120);
        assertThat(x.senderLatencyMs()).isZero();
        assertThat(polled(269_999).isReadable()).isFalse();
        ByteBuf again = polled(270_000);
        assertThat(SrtPacket.timestamp(again)).isEqualTo(270_000);
        SrtPacket.setTimestamp(again, 20_000);
        assertThat(again).isEqualTo(request);
    }

    @Test
    void theExtensionFieldTellsOfAStreamIdAndAKey() {
        caller = caller(STANDARD.withStreamId("live/cam-1"));
        induce(0);
        ByteBuf request = polled(0);
        assertThat(HandshakePacket.extensionField(request)).isEqualTo(5);
        assertThat(HandshakeExtensions.parse(request).streamId()).isEqualTo("live/cam-1");
        caller = caller(STANDARD.withPassphrase("correct-horse-battery"));
        induce(0);
        request = polled(0);
        assertThat(HandshakePacket.extensionField(request)).isEqualTo(3);
        assertThat(HandshakePacket.encryptionField(request))
                .as("any length will do")
                .isZero();
        assertThat(HandshakeExtensions.parse(request).kmType()).isEqualTo(HandshakeExtensions.KMREQ);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "0, 1, 0", "0, 2, 2", "0, 3, 3", "0, 4, 4", "0, 5, 0", "32, 2, 4", "16, 4, 2"})
    void aKeyIsAsLongAsTheListenerSaysUnlessTheCallerHasAWishOfItsOwn(int wish, int advertised, int field) {
        caller = caller(STANDARD.withPassphrase("correct-horse-battery").with(SrtOption.PBKEYLEN, wish));
        polled(0);
        ByteBuf response = inductionResponse();
        response.setShort(ENCRYPTION_AT, advertised);
        caller.onDatagram(response, nowUs);
        ByteBuf request = polled(0);
        KeyMaterial km = KeyMaterial.parse(HandshakeExtensions.parse(request).km());
        assertThat(km.keyLength()).isEqualTo(field == 0 ? 16 : 8 * field);
        assertThat(HandshakePacket.encryptionField(request)).isEqualTo(field);
    }

    @Test
    void dataShowsThatTheAnswerWasLostAndTheCallerConcludesAtOnce() {
        polled(0);
        ByteBuf data = LoneSession.packet(0, 0);
        assertThat(caller.onDatagram(data, START_US + 10_000)).isEqualTo(HandshakeVerdict.WAITING);
        assertThat(polled(10_000).isReadable())
                .as("nobody can send data to who has not concluded")
                .isFalse();
        caller.onDatagram(inductionResponse(), START_US + 20_000);
        assertThat(polled(20_000).isReadable()).isTrue();
        assertThat(caller.onDatagram(data, START_US + 60_000)).isEqualTo(HandshakeVerdict.WAITING);
        ByteBuf again = polled(60_000);
        assertThat(HandshakePacket.handshakeType(again)).isEqualTo(HandshakePacket.CONCLUSION);
        assertThat(polled(60_000).isReadable()).isFalse();
    }

    @Test
    void aCallerGivesUpWhenNobodyAnswersForItsTime() {
        polled(0);
        assertThat(caller.onTick(START_US + 2_999_999)).isEqualTo(HandshakeVerdict.WAITING);
        assertThat(caller.onTick(START_US + 3_000_000)).isEqualTo(HandshakeVerdict.TIMED_OUT);
        assertThat(caller.onTick(START_US + 3_000_001)).as("it says so once").isEqualTo(HandshakeVerdict.WAITING);
        assertThat(polled(3_250_000).isReadable()).isFalse();
        assertThat(caller.onDatagram(inductionResponse(), nowUs)).isEqualTo(HandshakeVerdict.MALFORMED);
    }

    @Test
    void aGoodByeEndsTheCall() {
        ByteBuf goodBye = Unpooled.buffer();
        ControlPacket.writeShutdown(goodBye, 0, CALLER);
        assertThat(caller.onDatagram(goodBye, nowUs)).isEqualTo(new Rejected(RejectReason.CLOSE, true));
        assertThat(polled(0).isReadable()).isFalse();
        assertThat(caller.onTick(START_US + 3_000_000)).isEqualTo(HandshakeVerdict.WAITING);
    }

    @Test
    void aRejectionEndsTheCallInEitherStep() {
        Rejected conflict = new Rejected(RejectReason.CONFLICT, true);
        assertThat(caller.onDatagram(handshake(2409, 0, 1500, CALLER), nowUs)).isEqualTo(conflict);
        assertThat(polled(0).isReadable()).isFalse();
        caller = caller(STANDARD);
        induce(0);
        assertThat(caller.onDatagram(handshake(2409, 0, 1500, CALLER), nowUs)).isEqualTo(conflict);
        assertThat(polled(0).isReadable()).isFalse();
    }

    @Test
    void aListenerThatOnlySpeaksHsv4IsLeft() {
        ByteBuf old = inductionResponse();
        old.setInt(VERSION_AT, 4);
        assertThat(caller.onDatagram(old, nowUs)).isEqualTo(new Rejected(RejectReason.VERSION, false));
        assertThat(polled(0).isReadable()).isFalse();
        caller = caller(STANDARD);
        ByteBuf other = inductionResponse();
        other.setShort(EXTENSION_AT, 2);
        assertThat(caller.onDatagram(other, nowUs)).isEqualTo(new Rejected(RejectReason.VERSION, false));
    }

    @Test
    void answersOutOfTurnChangeNothing() {
        polled(0);
        assertThat(caller.onDatagram(conclusionResponse(), nowUs)).isEqualTo(HandshakeVerdict.UNEXPECTED);
        induce(0);
        ByteBuf request = polled(0);
        ByteBuf second = inductionResponse();
        second.setInt(SOCKET_AT + 4, COOKIE + 1);
        assertThat(caller.onDatagram(second, nowUs)).isEqualTo(HandshakeVerdict.UNEXPECTED);
        assertThat(polled(0).isReadable()).isFalse();
        assertThat(HandshakePacket.synCookie(polled(250_000))).isEqualTo(HandshakePacket.synCookie(request));
        assertThat(caller.onDatagram(handshake(HandshakePacket.AGREEMENT, 0, 1500, ACCEPTED), nowUs))
                .isEqualTo(HandshakeVerdict.UNEXPECTED);
        assertThat(caller.onDatagram(conclusionResponse(), nowUs)).isInstanceOf(Connected.class);
    }

    @ParameterizedTest
    @CsvSource({
        VERSION_AT + ", 4",
        SEQ_NO_AT + ", 101",
        MTU_AT + ", 1501",
        SOCKET_AT + ", 0",
        HS_TYPE_AT + ", 65539", // an HSREQ
    })
    void anAnswerThatIsNoneIsNotBelievedButTheNextOneIs(int at, int word) {
        induce(0);
        ByteBuf answer = conclusionResponse();
        answer.setInt(at, word);
        assertThat(caller.onDatagram(answer, nowUs)).isEqualTo(HandshakeVerdict.MALFORMED);
        answer = conclusionResponse();
        answer.setInt(MTU_AT, 1500);
        assertThat(caller.onDatagram(answer, nowUs)).isInstanceOf(Connected.class);
        assertThat(polled(250_000).isReadable()).isFalse();
        assertThat(caller.onTick(START_US + 3_000_000)).isEqualTo(HandshakeVerdict.WAITING);
    }

    @Test
    void aCallerLearnsFromTheAnswerWhatIsAgreed() {
        caller = caller(STANDARD.withStreamId("live/cam-1"));
        induce(20_000);
        ByteBuf answer = conclusionResponse();
        Connected connected = (Connected) caller.onDatagram(answer, START_US + 40_000);
        SessionParameters p = connected.parameters();
        assertThat(p.socketId()).isEqualTo(CALLER);
        assertThat(p.peerSocketId()).isEqualTo(ACCEPTED);
        assertThat(p.sendSeqNo()).isEqualTo(FIRST);
        assertThat(p.receiveSeqNo()).isEqualTo(FIRST);
        assertThat(p.mtu()).isEqualTo(1400);
        assertThat(p.wirePayloadSize()).isEqualTo(1356);
        assertThat(p.flowWindow()).isEqualTo(4000);
        assertThat(p.receiveLatencyMs()).as("what the peer's answer says of us").isEqualTo(450);
        assertThat(p.peerLatencyMs()).isEqualTo(300);
        assertThat(p.peerFlags()).isEqualTo(0xBF);
        assertThat(p.peerHas(SrtFlags.TLPKTDROP)).isTrue();
        assertThat(p.peerHas(SrtFlags.STREAM)).isFalse();
        assertThat(p.peerVersion()).isEqualTo(LATER);
        assertThat(p.deliversByTimestamp()).isTrue();
        assertThat(p.streamId()).isEqualTo("live/cam-1");
        assertThat(p.startUs()).isEqualTo(START_US);
        assertThat(p.peerBaseUs()).isEqualTo(START_US + 40_000 - 250);
        assertThat(p.receiveKeys()).isNull();
        assertThat(p.sendKeys()).isNull();
        assertThat(connected.answer()).isEmpty();
    }

    @Test
    void aListenerThatSendsAStreamOfBytesIsToldGoodBye() {
        induce(0);
        ByteBuf answer = conclusionResponse();
        answer.setInt(HS_FLAGS_AT, 0xFF);
        assertThat(caller.onDatagram(answer, nowUs)).isEqualTo(new Rejected(new RejectReason(12), false));
        ByteBuf last = polled(30_000);
        assertThat(ControlPacket.type(last)).isEqualTo(ControlType.SHUTDOWN);
        assertThat(SrtPacket.destinationSocketId(last)).isEqualTo(ACCEPTED);
        assertThat(SrtPacket.timestamp(last)).isEqualTo(30_000);
        assertThat(polled(30_000).isReadable()).isFalse();
    }

    // The listener.

    private HandshakeVerdict ask(ByteBuf packet, ByteBuf answer) {
        return listener.onDatagram(packet, ADDRESS, PORT, START_US + 90_000, answer);
    }

    /** A conclusion with the right cookie. */
    private ByteBuf proven() {
        ByteBuf answer = Unpooled.buffer();
        ask(polled(0), answer);
        caller.onDatagram(answer, nowUs);
        return polled(0);
    }

    @Test
    void aListenerAnswersAnInductionWithACookieAndTheSameNumbers() {
        ByteBuf answer = Unpooled.buffer();
        assertThat(ask(polled(0), answer)).isEqualTo(HandshakeVerdict.ANSWERED);
        assertThat(answer.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
        assertThat(HandshakePacket.version(answer)).isEqualTo(5);
        assertThat(HandshakePacket.extensionField(answer)).isEqualTo(0x4A17);
        assertThat(HandshakePacket.encryptionField(answer)).isZero();
        assertThat(HandshakePacket.initialSeqNo(answer)).isEqualTo(FIRST);
        assertThat(HandshakePacket.mtu(answer)).isEqualTo(1500);
        assertThat(HandshakePacket.flowWindow(answer)).isEqualTo(8192);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(HandshakePacket.INDUCTION);
        assertThat(HandshakePacket.socketId(answer)).isEqualTo(CALLER);
        assertThat(HandshakePacket.synCookie(answer)).isNotZero();
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(CALLER);
        assertThat(SrtPacket.timestamp(answer)).isEqualTo(90_000);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "16, 2", "32, 4"})
    void aListenerTellsOfNoKeyLengthThatItWasNotGiven(int wish, int field) {
        SrtOptions options = STANDARD.withPassphrase("correct-horse-battery").with(SrtOption.PBKEYLEN, wish);
        HandshakeTerms terms = HandshakeTerms.of(options);
        ByteBuf answer = Unpooled.buffer();
        new ListenerHandshake(terms, new SynCookie(KEYS, nowUs), KEYS, nowUs)
                .onDatagram(polled(0), ADDRESS, PORT, nowUs, answer);
        assertThat(HandshakePacket.encryptionField(answer)).isEqualTo(field);
        HandshakeVerdict.Asked asked = asked(options.with(SrtOption.PBKEYLEN, 24));
        assertThat(asked.request().isEncrypted()).isTrue();
        answer.clear();
        Connected connected = (Connected) listener.accept(asked.request(), terms, ACCEPTED, nowUs, answer);
        assertThat(HandshakePacket.encryptionField(answer)).isEqualTo(field);
        assertThat(HandshakePacket.extensionField(answer)).isEqualTo(3);
        assertThat(connected.parameters().receiveKeys().keyLength())
                .as("the caller decides")
                .isEqualTo(24);
    }

    @Test
    void whatIsNoHandshakeGetsNoAnswer() {
        ByteBuf answer = Unpooled.buffer();
        assertThat(ask(LoneSession.packet(0, 0), answer)).isEqualTo(HandshakeVerdict.MALFORMED);
        ByteBuf keepAlive = Unpooled.buffer();
        ControlPacket.writeKeepAlive(keepAlive, 0, 0);
        assertThat(ask(keepAlive, answer)).isEqualTo(HandshakeVerdict.MALFORMED);
        ByteBuf cut = polled(0);
        cut.writerIndex(HandshakePacket.LENGTH - 1);
        assertThat(ask(cut, answer)).isEqualTo(HandshakeVerdict.MALFORMED);
        for (int type : new int[] {HandshakePacket.WAVEAHAND, HandshakePacket.AGREEMENT, 1002}) {
            assertThat(ask(handshake(type, 0, 1500, CALLER), answer)).isEqualTo(HandshakeVerdict.UNEXPECTED);
        }
        assertThat(answer.isReadable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        SOCKET_AT + ", 0, 1004",
        HS_TYPE_AT + ", 131075, 1004", // an HSRSP
        HS_VERSION_AT + ", 66303, 1004", // 1.2.255
        HS_FLAGS_AT + ", 255, 1012",
        VERSION_AT + ", 4, 1008",
    })
    void aConclusionThatIsNotSoundIsRejected(int at, int word, int type) {
        ByteBuf request = proven();
        request.setInt(at, word);
        ByteBuf answer = Unpooled.buffer();
        HandshakeVerdict verdict = ask(request, answer);
        assertThat(verdict).isEqualTo(new Rejected(new RejectReason(type - 1000), false));
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(type);
        assertThat(HandshakePacket.version(answer)).isEqualTo(5);
        assertThat(HandshakePacket.synCookie(answer)).isEqualTo(HandshakePacket.synCookie(request));
        assertThat(HandshakePacket.extensionField(answer)).isEqualTo(HandshakePacket.extensionField(request));
        assertThat(HandshakePacket.initialSeqNo(answer)).isEqualTo(FIRST);
        assertThat(HandshakePacket.mtu(answer)).isEqualTo(1500);
        assertThat(HandshakePacket.flowWindow(answer)).isEqualTo(8192);
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(HandshakePacket.socketId(request));
        assertThat(SrtPacket.timestamp(answer)).isEqualTo(90_000);
        assertThat(answer.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
    }

    @Test
    void theOldestVersionThatSpeaksHsv5IsHeard() {
        ByteBuf request = proven();
        request.setInt(HS_VERSION_AT, 0x010300);
        HandshakeVerdict verdict = ask(request, Unpooled.buffer());
        assertThat(((HandshakeVerdict.Asked) verdict).request().srtVersion()).isEqualTo(0x010300);
    }

    @ParameterizedTest
    @CsvSource({"live, 0", "file, 1013", "LIVE, 1013"})
    void onlyLiveCongestionControlIsSpoken(String name, int type) {
        ByteBuf request = proven();
        ExtensionWriter.writeText(request, HandshakeExtensions.CONGESTION, name);
        ByteBuf answer = Unpooled.buffer();
        HandshakeVerdict verdict = ask(request, answer);
        assertThat(verdict instanceof HandshakeVerdict.Asked).isEqualTo(type == 0);
        assertThat(answer.isReadable() ? HandshakePacket.handshakeType(answer) : 0)
                .isEqualTo(type);
    }

    @Test
    void aListenerReadsUpToAnExtensionThatIsCutOff() {
        caller = caller(STANDARD.withStreamId("live/cam-1"));
        ByteBuf cut = proven();
        cut.writeShort(99).writeShort(2).writeInt(0);
        HandshakeVerdict.Asked asked = (HandshakeVerdict.Asked) ask(cut, Unpooled.buffer());
        assertThat(asked.request().streamId()).isEqualTo("live/cam-1");
        caller = caller(STANDARD);
        ByteBuf wordy = proven();
        ExtensionWriter.writeText(wordy, HandshakeExtensions.FILTER, "x".repeat(513));
        wordy.writeShort(99).writeShort(2).writeInt(0);
        ByteBuf answer = Unpooled.buffer();
        ask(wordy, answer);
        assertThat(HandshakePacket.handshakeType(answer)).as("wrong before it").isEqualTo(1004);
    }

    @Test
    void aGroupIsRejected() {
        ByteBuf answer = Unpooled.buffer();
        ByteBuf group = proven();
        group.writeShort(HandshakeExtensions.GROUP).writeShort(2).writeLong(0);
        answer.clear();
        ask(group, answer);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(1015);
    }

    private HandshakeVerdict.Asked asked(SrtOptions callers) {
        caller = caller(callers);
        ByteBuf request = proven();
        SrtPacket.setTimestamp(request, 40_000);
        return (HandshakeVerdict.Asked) ask(request, Unpooled.buffer());
    }

    @Test
    void aListenerTellsWhatIsAgreedAndKnowsItItself() {
        SrtOptions callers =
                STANDARD.withLatencyMs(200).with(SrtOption.FC, 3000).with(SrtOption.MSS, 1450);
        HandshakeTerms terms =
                HandshakeTerms.of(STANDARD.with(SrtOption.RCVLATENCY, 300).with(SrtOption.MSS, 1400));
        HandshakeVerdict.Asked asked = asked(callers.withStreamId("live/cam-1"));
        assertThat(asked.request().streamId()).isEqualTo("live/cam-1");
        assertThat(asked.request().isEncrypted()).isFalse();
        ByteBuf answer = Unpooled.buffer();
        Connected connected = (Connected) listener.accept(asked.request(), terms, ACCEPTED, START_US + 100_000, answer);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(HandshakePacket.CONCLUSION);
        assertThat(HandshakePacket.version(answer)).isEqualTo(5);
        assertThat(HandshakePacket.extensionField(answer)).isEqualTo(1);
        assertThat(HandshakePacket.mtu(answer)).isEqualTo(1400);
        assertThat(HandshakePacket.flowWindow(answer)).as("our own").isEqualTo(8192);
        assertThat(HandshakePacket.socketId(answer)).isEqualTo(ACCEPTED);
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(CALLER);
        assertThat(SrtPacket.timestamp(answer))
                .as("the new socket's clock begins")
                .isZero();
        HandshakeExtensions x = HandshakeExtensions.parse(answer);
        assertThat(x.hsType()).isEqualTo(HandshakeExtensions.HSRSP);
        assertThat(x.receiverLatencyMs()).as("the larger wish").isEqualTo(300);
        assertThat(x.senderLatencyMs()).isEqualTo(200);
        byte[] bytes = new byte[answer.readableBytes()];
        answer.getBytes(0, bytes);
        assertThat(connected.answer()).isEqualTo(bytes);
        SessionParameters p = connected.parameters();
        assertThat(p.socketId()).isEqualTo(ACCEPTED);
        assertThat(p.peerSocketId()).isEqualTo(CALLER);
        assertThat(p.sendSeqNo()).isEqualTo(FIRST);
        assertThat(p.receiveSeqNo()).isEqualTo(FIRST);
        assertThat(p.mtu()).isEqualTo(1400);
        assertThat(p.flowWindow()).as("the caller's").isEqualTo(3000);
        assertThat(p.receiveLatencyMs()).isEqualTo(300);
        assertThat(p.peerLatencyMs()).isEqualTo(200);
        assertThat(p.peerVersion()).isEqualTo(HandshakeTerms.VERSION);
        assertThat(p.streamId()).isEqualTo("live/cam-1");
        assertThat(p.startUs()).isEqualTo(START_US + 100_000);
        assertThat(p.peerBaseUs()).as("when the caller's clock began").isEqualTo(START_US + 90_000 - 40_000);
    }

    @Test
    void theSmallerMtuIsThatOfTheLink() {
        HandshakeVerdict.Asked asked =
                asked(STANDARD.with(SrtOption.PAYLOADSIZE, 1200).with(SrtOption.MSS, 1300));
        ByteBuf answer = Unpooled.buffer();
        listener.accept(asked.request(), listener.terms(), ACCEPTED, nowUs, answer);
        assertThat(HandshakePacket.mtu(answer)).isEqualTo(1300);
    }

    @Test
    void aCallerThatDoesNotReceiveByTimeIsNotSentByTime() {
        HandshakeVerdict.Asked asked = asked(STANDARD.with(SrtOption.TSBPD, false));
        HandshakeTerms terms = HandshakeTerms.of(STANDARD.withLatencyMs(400));
        ByteBuf answer = Unpooled.buffer();
        Connected connected = (Connected) listener.accept(asked.request(), terms, ACCEPTED, nowUs, answer);
        HandshakeExtensions x = HandshakeExtensions.parse(answer);
        assertThat(x.flags()).isEqualTo(0xBE);
        assertThat(x.receiverLatencyMs()).isEqualTo(400);
        assertThat(x.senderLatencyMs()).isZero();
        assertThat(connected.parameters().peerLatencyMs()).isZero();
        assertThat(connected.parameters().deliversByTimestamp()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x010505, 0x010506})
    void aCallerOlderThanAnOptionAllowsIsRejected(int least) {
        HandshakeVerdict.Asked asked = asked(STANDARD);
        HandshakeTerms terms = HandshakeTerms.of(STANDARD.with(SrtOption.MINVERSION, least));
        ByteBuf answer = Unpooled.buffer();
        HandshakeVerdict verdict = listener.accept(asked.request(), terms, ACCEPTED, nowUs, answer);
        boolean isOld = least > HandshakeTerms.VERSION;
        assertThat(verdict.equals(new Rejected(RejectReason.VERSION, false))).isEqualTo(isOld);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(isOld ? 1008 : HandshakePacket.CONCLUSION);
    }
}
