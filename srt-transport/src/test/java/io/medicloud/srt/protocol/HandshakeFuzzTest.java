// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.srt.FuzzInput;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/** Datagrams to a listener, a caller and peers in rendezvous, with the cookie put right where the story says so. */
class HandshakeFuzzTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final int PORT = 4000;
    private static final KeySource KEYS = byte[]::new;
    private static final HandshakeTerms TERMS =
            HandshakeTerms.of(SrtOptions.STANDARD.with(SrtOption.PACKETFILTER, "fec,cols:5"));
    private static final int COOKIE_AT = SrtPacket.HEADER_LENGTH + 28;
    private static final int MOST = 40;

    @FuzzTest
    void anyDatagramsAreAnsweredOrNotAndNeverWithMoreThanCameBeforeTheCookie(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        SynCookie cookie = new SynCookie(KEYS, 0);
        ListenerHandshake listener = new ListenerHandshake(TERMS, cookie, KEYS, 0);
        List<OutgoingHandshake> outgoing = List.of(
                new CallerHandshake(TERMS, KEYS, 0x11, 5, ADDRESS, 0),
                new RendezvousHandshake(TERMS, KEYS, 0x11, 5, 77, ADDRESS, 0),
                new RendezvousHandshake(TERMS, KEYS, 0x11, 5, -77, ADDRESS, 0));
        long nowUs = 0;
        for (int i = 0; i < MOST && input.hasMore(); i++) {
            int choice = input.next();
            nowUs += (choice & 0xF0) * 1000L;
            ByteBuf datagram = Unpooled.copiedBuffer(input.nextBytes(input.nextShort() % 1500));
            boolean hasCookie = datagram.readableBytes() >= HandshakePacket.LENGTH;
            if (hasCookie && (choice & 1) != 0) {
                datagram.setInt(COOKIE_AT, cookie.bake(ADDRESS, PORT, nowUs));
            }
            // The fuzzer finds out this cookie by itself: it sees what a wrong one is compared with.
            boolean isProven = hasCookie && cookie.matches(datagram.getInt(COOKIE_AT), ADDRESS, PORT, nowUs);
            askListener(listener, datagram, isProven, nowUs);
            for (OutgoingHandshake handshake : outgoing) {
                step(handshake, datagram, nowUs);
            }
        }
    }

    private static void askListener(ListenerHandshake listener, ByteBuf datagram, boolean isProven, long nowUs) {
        ByteBuf out = Unpooled.buffer();
        HandshakeVerdict verdict = listener.onDatagram(datagram, ADDRESS, PORT, nowUs, out);
        if (verdict instanceof HandshakeVerdict.Asked asked) {
            assertThat(isProven).isTrue();
            HandshakeVerdict decided = listener.accept(asked.request(), TERMS, 0x22, nowUs, out);
            assertThat(out.isReadable()).isTrue();
            if (decided instanceof HandshakeVerdict.Connected connected) {
                assertThat(connected.parameters().peerSocketId()).isNotZero();
            }
        }
        assertThat(out.readableBytes()).isLessThanOrEqualTo(isProven ? 400 : datagram.readableBytes());
    }

    private static void step(OutgoingHandshake handshake, ByteBuf datagram, long nowUs) {
        handshake.onDatagram(datagram, nowUs);
        handshake.onTick(nowUs);
        ByteBuf out = Unpooled.buffer();
        int polls = 0;
        while (handshake.poll(out, nowUs)) {
            assertThat(++polls).isLessThan(4);
        }
    }
}
