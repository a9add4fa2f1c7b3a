// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtUri;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.KeyWrap;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.Capture;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Our handshakes in the place of libsrt's: what the recorded peer was told, it is told by us. */
class HandshakeReplayTest {
    static final byte[] ADDRESS = {127, 0, 0, 1};
    static final int PORT = 4711;
    static final int COOKIE_AT = SrtPacket.HEADER_LENGTH + 28;

    /** The cookie is wrong, an old listener knows no AES-GCM, or the application refused. */
    private static final Set<String> OTHERWISE = Set.of(
            "63-mut-bad-cookie-ignored",
            "26-gcm-caller155-listener151-rejected",
            "41-v155-app-reject-1403",
            "42-v155-app-reject-2005",
            "40-v155-stream-flag-mismatch");

    static List<String> recordings() {
        return Capture.names().stream()
                .filter(name -> options(name, "listener_opts|lopts|listener opts") != null)
                .filter(name -> !OTHERWISE.contains(name))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aCallerIsAnsweredAsLibsrtAnsweredIt(String name) {
        SrtOptions options = options(name, "listener_opts|lopts|listener opts");
        ListenerHandshake listener = listener(options);
        ByteBuf answer = Unpooled.buffer();
        HandshakeVerdict verdict = listener.onDatagram(
                sent(name, "c2s", t -> t == HandshakePacket.INDUCTION), ADDRESS, PORT, 1000, answer);
        assertThat(verdict).isEqualTo(HandshakeVerdict.ANSWERED);
        ByteBuf induction = sent(name, "s2c", t -> t == HandshakePacket.INDUCTION);
        assertThat(HandshakePacket.encryptionField(answer)).isEqualTo(HandshakePacket.encryptionField(induction));
        int cookie = HandshakePacket.synCookie(answer);
        ByteBuf request = sent(name, "c2s", t -> t == HandshakePacket.CONCLUSION);
        request.setInt(COOKIE_AT, cookie);
        answer.clear();
        verdict = listener.onDatagram(request, ADDRESS, PORT, 2000, answer);
        if (verdict instanceof HandshakeVerdict.Asked asked) {
            verdict = listener.accept(asked.request(), listener.terms(), 0x77, 2000, answer);
        }
        ByteBuf recorded = sent(name, "s2c", t -> t == HandshakePacket.CONCLUSION || HandshakePacket.isRejection(t));
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(HandshakePacket.handshakeType(recorded));
        assertThat(HandshakePacket.initialSeqNo(answer)).isEqualTo(HandshakePacket.initialSeqNo(recorded));
        assertThat(HandshakePacket.mtu(answer)).isEqualTo(HandshakePacket.mtu(recorded));
        assertThat(SrtPacket.destinationSocketId(answer)).isEqualTo(SrtPacket.destinationSocketId(recorded));
        if (verdict instanceof HandshakeVerdict.Connected) {
            assertThat(HandshakePacket.flowWindow(answer)).isEqualTo(HandshakePacket.flowWindow(recorded));
            assertThat(HandshakePacket.encryptionField(answer)).isEqualTo(HandshakePacket.encryptionField(recorded));
            if (!name.startsWith("6")) {
                assertThatExtensionsAgree(HandshakeExtensions.parse(answer), HandshakeExtensions.parse(recorded));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void aListenerIsCalledAsLibsrtCalledItAndBelieved(String name) {
        SrtOptions options = options(name, "caller_opts|copts|caller opts");
        ByteBuf recorded = sent(name, "c2s", t -> t == HandshakePacket.CONCLUSION);
        HandshakeExtensions asked = HandshakeExtensions.parse(recorded);
        ByteBuf induction = sent(name, "s2c", t -> t == HandshakePacket.INDUCTION);
        ByteBuf answer = sent(name, "s2c", t -> t == HandshakePacket.CONCLUSION || HandshakePacket.isRejection(t));
        CallerHandshake caller = new CallerHandshake(
                HandshakeTerms.of(options),
                recordedKeys(options, asked),
                SrtPacket.destinationSocketId(answer),
                HandshakePacket.initialSeqNo(recorded),
                ADDRESS,
                0);
        ByteBuf out = Unpooled.buffer();
        assertThat(caller.poll(out, 0)).isTrue();
        assertThat(out.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
        assertThat(caller.onDatagram(induction, 1000)).isEqualTo(HandshakeVerdict.WAITING);
        out.clear();
        assertThat(caller.poll(out, 1000)).isTrue();
        if (!name.startsWith("6")) {
            assertThat(HandshakePacket.synCookie(out)).isEqualTo(HandshakePacket.synCookie(recorded));
            assertThat(HandshakePacket.extensionField(out)).isEqualTo(HandshakePacket.extensionField(recorded));
            assertThat(HandshakePacket.encryptionField(out)).isEqualTo(HandshakePacket.encryptionField(recorded));
            assertThatExtensionsAgree(HandshakeExtensions.parse(out), asked);
        }
        HandshakeVerdict verdict = caller.onDatagram(answer, 2000);
        boolean isRejected = HandshakePacket.isRejection(HandshakePacket.handshakeType(answer));
        if (isRejected) {
            int type = HandshakePacket.handshakeType(answer);
            assertThat(verdict).isEqualTo(new HandshakeVerdict.Rejected(RejectCodes.ofHandshakeType(type), true));
        } else if (name.startsWith("60") || name.startsWith("65")) {
            assertThat(verdict).hasFieldOrPropertyWithValue("reason.code", name.startsWith("60") ? 14 : 11);
            out.clear();
            assertThat(caller.poll(out, 2000)).isTrue();
            assertThat(ControlPacket.type(out)).isEqualTo(ControlType.SHUTDOWN);
            assertThat(SrtPacket.destinationSocketId(out)).isEqualTo(HandshakePacket.socketId(answer));
        } else {
            assertThat(verdict).isInstanceOf(HandshakeVerdict.Connected.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "40-v155-stream-flag-mismatch, 1012",
        "50-v155-group-broadcast, 1015",
        "68-mut-hsreq-version-0x010203, 1004",
        "69-mut-conclusion-without-extensions, 1004"
    })
    void whatWeCannotServeIsRejectedWithItsReason(String name, int wireCode) {
        ListenerHandshake listener = listener(SrtOptions.STANDARD);
        ByteBuf request = sent(name, "c2s", t -> t == HandshakePacket.CONCLUSION);
        request.setInt(COOKIE_AT, cookie(listener, name));
        ByteBuf answer = Unpooled.buffer();
        HandshakeVerdict verdict = listener.onDatagram(request, ADDRESS, PORT, 2000, answer);
        assertThat(verdict).isInstanceOf(HandshakeVerdict.Rejected.class);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(wireCode);
        assertThat(answer.readableBytes()).isEqualTo(HandshakePacket.LENGTH);
    }

    @Test
    void aWrongCookieGetsNoAnswer() {
        ListenerHandshake listener = listener(SrtOptions.STANDARD);
        ByteBuf answer = Unpooled.buffer();
        for (Capture.Datagram d : Capture.read("63-mut-bad-cookie-ignored")) {
            if (d.note().contains("CONCLUSION") && d.direction().equals("c2s")) {
                assertThat(listener.onDatagram(d.buf(), ADDRESS, PORT, 2000, answer))
                        .isEqualTo(HandshakeVerdict.BAD_COOKIE);
            }
        }
        assertThat(answer.isReadable()).isFalse();
    }

    @Test
    void anHsv4ConclusionIsRefusedByVersion() {
        ListenerHandshake listener = listener(SrtOptions.STANDARD);
        ByteBuf request = sent("01-plain-listener-caller-streamid", "c2s", t -> t == HandshakePacket.CONCLUSION);
        request.setInt(COOKIE_AT, cookie(listener, "01-plain-listener-caller-streamid"));
        request.setInt(SrtPacket.HEADER_LENGTH, HandshakePacket.VERSION_4);
        ByteBuf answer = Unpooled.buffer();
        listener.onDatagram(request, ADDRESS, PORT, 2000, answer);
        assertThat(HandshakePacket.handshakeType(answer)).isEqualTo(1008);
    }

    static int cookie(ListenerHandshake listener, String name) {
        ByteBuf answer = Unpooled.buffer();
        listener.onDatagram(sent(name, "c2s", t -> t == HandshakePacket.INDUCTION), ADDRESS, PORT, 1000, answer);
        return HandshakePacket.synCookie(answer);
    }

    private static void assertThatExtensionsAgree(HandshakeExtensions ours, HandshakeExtensions theirs) {
        assertThat(ours.hsType()).isEqualTo(theirs.hsType());
        assertThat(ours.flags()).isEqualTo(theirs.flags());
        assertThat(ours.receiverLatencyMs()).isEqualTo(theirs.receiverLatencyMs());
        assertThat(ours.senderLatencyMs()).isEqualTo(theirs.senderLatencyMs());
        assertThat(ours.streamId()).isEqualTo(theirs.streamId());
        assertThat(ours.filter()).isEqualTo(theirs.filter());
        assertThat(ours.kmType()).isEqualTo(theirs.kmType());
        assertThat(ours.km()).isEqualTo(theirs.km());
    }

    static ListenerHandshake listener(SrtOptions options) {
        KeySource keys = n -> new byte[n];
        return new ListenerHandshake(HandshakeTerms.of(options), new SynCookie(keys, 0), keys, 0);
    }

    static ByteBuf sent(String name, String direction, IntPredicate type) {
        return Capture.read(name).stream()
                .filter(d -> d.direction().equals(direction) && d.note().contains("HANDSHAKE"))
                .map(Capture.Datagram::buf)
                .filter(b -> type.test(HandshakePacket.handshakeType(b)))
                .findFirst()
                .orElseThrow();
    }

    /** The salt and the key that the recorded caller had made. */
    static KeySource recordedKeys(SrtOptions options, HandshakeExtensions asked) {
        Queue<byte[]> made = new ArrayDeque<>();
        if (asked.km() != null) {
            KeyMaterial km = KeyMaterial.parse(asked.km());
            byte[] kek = new Passphrase(options.passphrase()).deriveKek(km.salt(), km.keyLength());
            made.add(km.salt());
            made.add(KeyWrap.unwrap(kek, km.wrapped()));
        }
        return n -> made.remove();
    }

    static SrtOptions options(String name, String key) {
        Matcher url = Pattern.compile("(?:" + key + ")='&?([^']*)'").matcher(Capture.meta(name));
        if (url.find()) {
            return SrtUri.parse("srt://127.0.0.1:1?" + url.group(1)).options();
        }
        Matcher list = Pattern.compile("(?:" + key + ")=\\[([^\\]]*)\\]").matcher(Capture.meta(name));
        if (!list.find()) {
            return null;
        }
        String query = Arrays.stream(list.group(1).split(", "))
                .map(o -> o.replace("'", ""))
                .filter(o -> !o.isEmpty() && !o.startsWith("reject="))
                .map(o -> o.replaceFirst("^size=", "payloadsize="))
                .collect(Collectors.joining("&"));
        return SrtUri.parse("srt://127.0.0.1:1?" + query).options();
    }
}
