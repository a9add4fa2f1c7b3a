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
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.protocol.HandshakeVerdict.Connected;
import io.medicloud.srt.protocol.HandshakeVerdict.Rejected;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes of two ends of which one or both want to encrypt, if that is enforced and if it is not (draft 6.1.5). */
class KeyAgreementTest {
    private static final SrtOptions PLAIN = SrtOptions.STANDARD;
    private static final SrtOptions SECURED = PLAIN.withPassphrase("correct-horse-battery");
    private static final SrtOptions OTHERWISE = PLAIN.withPassphrase("another-passphrase");
    private static final SrtOptions GCM = SECURED.with(SrtOption.CRYPTOMODE, 2);
    private static final byte[] ADDRESS = {10, 0, 0, 7};
    private static final int PORT = 4711;
    private static final int CALLER = 0x11;
    private static final int ACCEPTED = 0x22;
    private static final int HS_VERSION_AT = 68;
    private static final int KM_AT = 84;
    private static final int LAST_BEFORE_GCM = 0x010503;
    private static final KeySource KEYS = byte[]::new;

    private final ByteBuf answer = Unpooled.buffer();
    private final ByteBuf request = Unpooled.buffer();
    private CallerHandshake caller = caller(PLAIN);

    private static CallerHandshake caller(SrtOptions options) {
        return new CallerHandshake(HandshakeTerms.of(options), KEYS, CALLER, 100, ADDRESS, 0);
    }

    private static SrtOptions lenient(SrtOptions options) {
        return options.with(SrtOption.ENFORCEDENCRYPTION, false);
    }

    /** The caller has sent its conclusion, which is in {@link #request}. */
    private void call(SrtOptions options, ListenerHandshake listener) {
        caller = caller(options);
        request.clear();
        caller.poll(request, 0);
        answer.clear();
        listener.onDatagram(request, ADDRESS, PORT, 0, answer);
        caller.onDatagram(answer, 0);
        request.clear();
        caller.poll(request, 0);
        answer.clear();
    }

    private static ListenerHandshake listener(SrtOptions options) {
        return new ListenerHandshake(HandshakeTerms.of(options), new SynCookie(KEYS, 0), KEYS, 0);
    }

    /** What the listener makes of the {@link #request}. */
    private HandshakeVerdict decide(ListenerHandshake listener) {
        HandshakeVerdict asked = listener.onDatagram(request, ADDRESS, PORT, 0, answer);
        ConclusionRequest conclusion = ((HandshakeVerdict.Asked) asked).request();
        return listener.accept(conclusion, listener.terms(), ACCEPTED, 0, answer);
    }

    private HandshakeVerdict meet(SrtOptions callers, SrtOptions listeners) {
        ListenerHandshake listener = listener(listeners);
        call(callers, listener);
        return decide(listener);
    }

    private static SrtOptions options(String name) {
        return switch (name) {
            case "plain" -> PLAIN;
            case "secured" -> SECURED;
            case "otherwise" -> OTHERWISE;
            case "gcm" -> GCM;
            default -> SECURED.with(SrtOption.CRYPTOMODE, 1);
        };
    }

    @ParameterizedTest
    @CsvSource({
        // the caller; the listener; the reason; what the listener's key exchange came to
        "plain, secured, 11, 0",
        "secured, plain, 11, 3",
        "secured, otherwise, 10, 4",
        "gcm, ctr, 17, 5",
        "ctr, gcm, 17, 5",
    })
    void whatDoesNotFitIsRejectedOrElseToldAndNothingIsRead(String callers, String listeners, int reason, int state) {
        HandshakeVerdict verdict = meet(options(callers), options(listeners));
        assertThat(verdict).isEqualTo(new Rejected(new RejectReason(reason), false));
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(1000 + reason);

        SessionParameters accepted =
                ((Connected) meet(lenient(options(callers)), lenient(options(listeners)))).parameters();
        assertThat(accepted.receiveKeys()).isNull();
        assertThat(accepted.sendKeys()).isNull();
        HandshakeExtensions x = HandshakeExtensions.parse(answer);
        assertThat(x.kmType()).isEqualTo(HandshakeExtensions.KMRSP);
        assertThat(x.km()).containsExactly(state, 0, 0, 0);
        assertThat(HandshakePacket.extensionField(answer)).isEqualTo(3);
        SessionParameters calling = ((Connected) caller.onDatagram(answer, 0)).parameters();
        assertThat(calling.receiveKeys()).isNull();
        assertThat(calling.sendKeys() != null)
                .as("what a caller with a passphrase sends stays encrypted")
                .isEqualTo(!callers.equals("plain"));
    }

    @ParameterizedTest
    @CsvSource({"plain, plain", "secured, secured", "gcm, secured", "gcm, gcm", "secured, ctr"})
    void whatFitsIsEncryptedWithTheCallersKeyBothWays(String callers, String listeners) {
        SessionParameters accepted = ((Connected) meet(options(callers), options(listeners))).parameters();
        SessionParameters calling = ((Connected) caller.onDatagram(answer, 0)).parameters();
        boolean isSecured = !callers.equals("plain");
        for (SessionParameters p : new SessionParameters[] {accepted, calling}) {
            assertThat(p.receiveKeys() != null).isEqualTo(isSecured);
            assertThat(p.sendKeys() != null).isEqualTo(isSecured);
        }
        assertThat(HandshakeExtensions.parse(answer).km())
                .isEqualTo(HandshakeExtensions.parse(request).km());
    }

    @Test
    void aesGcmOfAnOlderPeerIsOtherwiseAndRefused() {
        ListenerHandshake listener = listener(SECURED);
        call(GCM, listener);
        request.setInt(HS_VERSION_AT, LAST_BEFORE_GCM);
        assertThat(decide(listener)).isEqualTo(new Rejected(new RejectReason(17), false));
        call(GCM, listener);
        request.setInt(HS_VERSION_AT, LAST_BEFORE_GCM + 1);
        assertThat(decide(listener)).isInstanceOf(Connected.class);
        answer.setInt(HS_VERSION_AT, LAST_BEFORE_GCM);
        assertThat(caller.onDatagram(answer, 0)).isEqualTo(new Rejected(new RejectReason(17), false));
        call(GCM, listener);
        decide(listener);
        answer.setInt(HS_VERSION_AT, LAST_BEFORE_GCM + 1);
        assertThat(caller.onDatagram(answer, 0)).isInstanceOf(Connected.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKeyMessageThatIsNoneIsRejectedInAnyCase(boolean enforced) {
        ListenerHandshake listener = listener(SECURED.with(SrtOption.ENFORCEDENCRYPTION, enforced));
        call(SECURED, listener);
        request.setByte(KM_AT, 0x13);
        assertThat(decide(listener)).isEqualTo(new Rejected(RejectReason.ROGUE, false));
    }

    @ParameterizedTest
    @CsvSource({"0, 11", "1, 4", "2, 4", "3, 11", "4, 10", "5, 17", "6, 10"})
    void aCallerLeavesAListenerThatTellsOfAFailureAndSaysWhy(int state, int reason) {
        byte[] content = {(byte) state, 0, 0, 0};
        assertThat(answeredWith(SECURED, content)).isEqualTo(new Rejected(new RejectReason(reason), false));
        ByteBuf last = Unpooled.buffer();
        assertThat(caller.poll(last, 0)).isTrue();
        assertThat(ControlPacket.type(last)).isEqualTo(ControlType.SHUTDOWN);
        assertThat(SrtPacket.destinationSocketId(last)).isEqualTo(ACCEPTED);
    }

    @Test
    void anEchoOfAnotherKeyIsNone() {
        assertThat(answeredWith(SECURED, new byte[56])).isEqualTo(new Rejected(RejectReason.ROGUE, false));
    }

    @Test
    void aPlainCallerBelievesInNoKey() {
        assertThat(answeredWith(PLAIN, new byte[4])).isEqualTo(new Rejected(RejectReason.UNSECURE, false));
        SessionParameters p = ((Connected) answeredWith(lenient(PLAIN), new byte[4])).parameters();
        assertThat(p.receiveKeys()).isNull();
        assertThat(p.sendKeys()).isNull();
    }

    @Test
    void aListenerThatSaysNothingOfKeysHasNone() {
        assertThat(answeredWith(SECURED, new byte[0])).isEqualTo(new Rejected(RejectReason.UNSECURE, false));
        SessionParameters p = ((Connected) answeredWith(lenient(SECURED), new byte[0])).parameters();
        assertThat(p.receiveKeys()).isNull();
        assertThat(p.sendKeys()).isNotNull();
    }

    /** What a caller makes of an answer with this KMRSP; without one if it is empty. */
    private HandshakeVerdict answeredWith(SrtOptions callers, byte[] content) {
        ListenerHandshake plain = listener(lenient(PLAIN));
        call(lenient(PLAIN), plain);
        decide(plain);
        ByteBuf bare = answer.copy();
        call(callers, plain);
        if (content.length > 0) {
            ExtensionWriter.writeBytes(bare, HandshakeExtensions.KMRSP, content);
        }
        return caller.onDatagram(bare, 0);
    }
}
