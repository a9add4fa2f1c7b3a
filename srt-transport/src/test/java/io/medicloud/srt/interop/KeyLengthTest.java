// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a key is that two ends agree on, of which one, both or neither ask for a length, and what they tell each other of it. */
@EnabledIf("io.medicloud.srt.BuildRuntime#isThis")
@Timeout(30)
final class KeyLengthTest {
    private static final int STANDARD = 16;
    private static final int[] CALLERS = {0, 16, 24, 32};
    private static final int[] LISTENERS = {0, 24, 32};
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private SrtStack listening;
    private SrtStack calling;

    /** One end: says a word as soon as it can, and keeps what it hears. */
    private static final class Talker implements SrtSink {
        private final String word;
        private final CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
        private final CompletableFuture<String> heard = new CompletableFuture<>();

        private Talker(String word) {
            this.word = word;
        }

        @Override
        public void onConnected(SrtConnection connection) {
            connected.complete(connection);
            ByteBuf payload = Unpooled.directBuffer().writeBytes(word.getBytes(StandardCharsets.UTF_8));
            assertThat(connection.send(payload)).isTrue();
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            heard.complete(payload.toString(StandardCharsets.UTF_8));
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            connected.completeExceptionally(new IllegalStateException(why.message()));
            heard.completeExceptionally(new IllegalStateException(why.message()));
        }
    }

    /** What the handshakes say of the key's length: the listener, then the caller, in words of 8 bytes; then the caller's key. */
    private static final class Told implements UdpRelay.Tap {
        private final List<Integer> byListener = new CopyOnWriteArrayList<>();
        private final List<Integer> byCaller = new CopyOnWriteArrayList<>();
        private final List<Integer> keys = new CopyOnWriteArrayList<>();

        @Override
        public long identify(boolean fromCaller, byte[] datagram, long nowUs) {
            ByteBuf packet = Unpooled.wrappedBuffer(datagram);
            boolean isHandshake = SrtPacket.check(packet) == PacketFault.NONE
                    && SrtPacket.isControl(packet)
                    && ControlPacket.type(packet) == ControlType.HANDSHAKE;
            if (isHandshake && !fromCaller) {
                byListener.add(HandshakePacket.encryptionField(packet));
            } else if (isHandshake && HandshakePacket.handshakeType(packet) == HandshakePacket.CONCLUSION) {
                byCaller.add(HandshakePacket.encryptionField(packet));
                KeyMaterial km =
                        KeyMaterial.parse(HandshakeExtensions.parse(packet).km());
                keys.add(km == null ? -1 : km.keyLength());
            }
            return SAFE;
        }
    }

    static Stream<Arguments> ends() {
        Stream.Builder<Arguments> ends = Stream.builder();
        for (String caller : new String[] {"java", "libsrt"}) {
            for (String listener : new String[] {"java", "libsrt"}) {
                for (int callers : CALLERS) {
                    for (int listeners : LISTENERS) {
                        ends.add(Arguments.of(caller, callers, listener, listeners));
                    }
                }
            }
        }
        return ends.build();
    }

    @BeforeEach
    void nothingIsOpen() {
        listening = null;
        calling = null;
    }

    @AfterEach
    void close() {
        for (SrtStack stack : new SrtStack[] {calling, listening}) {
            if (stack != null) {
                stack.close();
            }
        }
    }

    private static SrtOptions secured(int keyLength) {
        return SrtOptions.STANDARD
                .withLatencyMs(20)
                .withPassphrase("correct-horse-battery")
                .with(SrtOption.PBKEYLEN, keyLength);
    }

    @ParameterizedTest(name = "{0} with {1} calls {2} with {3}")
    @MethodSource("ends")
    void bothEndsAgreeAndTellOfNoLengthThatNobodyAskedFor(String caller, int callers, String listener, int listeners)
            throws Exception {
        listening = SrtStacks.select(listener).stack();
        calling = SrtStacks.select(caller).stack();
        Talker host = new Talker("from the listener");
        Talker guest = new Talker("from the caller");
        Told told = new Told();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        SrtListener port = listening.listen(any, secured(listeners), request -> SrtVerdict.accept(host));
        try (UdpRelay relay = UdpRelay.to(port.localAddress(), Impairment.NONE, Impairment.NONE, 1, told)) {
            calling.connect(relay.address(), secured(callers), guest);
            assertThat(host.heard.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(guest.word);
            assertThat(guest.heard.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(host.word);
        }
        assertThat(host.connected.join().isEncrypted()).isTrue();
        assertThat(guest.connected.join().isEncrypted()).isTrue();
        // A libsrt that does not say that it sends gives up its own wish for the listener's.
        int first = caller.equals("java") ? callers : listeners;
        int second = caller.equals("java") ? listeners : callers;
        int agreed = first != 0 ? first : second;
        assertThat(told.keys).isNotEmpty().containsOnly(agreed == 0 ? STANDARD : agreed);
        if (listener.equals("java")) {
            assertThat(told.byListener).isNotEmpty().containsOnly(listeners / 8);
        } else {
            assertThat(told.byListener.get(0)).isEqualTo(listeners / 8);
        }
        if (caller.equals("java")) {
            assertThat(told.byCaller).containsOnly(agreed / 8);
        }
    }
}
