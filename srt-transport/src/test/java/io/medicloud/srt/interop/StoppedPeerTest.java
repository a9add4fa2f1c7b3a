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
import io.medicloud.srt.SrtUnavailableException;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.contract.PeerProcess;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** A peer that hangs and goes on, or does not. */
@EnabledIf("io.medicloud.srt.BuildRuntime#isThis")
class StoppedPeerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MESSAGES = 600;
    private static final int TAIL = 2;
    private static final long EVERY_NS = 5_000_000;
    private SrtStack stack;

    @BeforeEach
    void open() throws SrtUnavailableException {
        stack = SrtStacks.select("java").stack();
    }

    @AfterEach
    void close() {
        stack.close();
    }

    private static final class Arrivals implements SrtSink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private volatile SrtCloseReason closed;

        @Override
        public void onConnected(SrtConnection connection) {}

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            byte[] copy = new byte[payload.readableBytes()];
            payload.readBytes(copy);
            synchronized (bytes) {
                bytes.writeBytes(copy);
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed = why;
        }

        private byte[] bytes() {
            synchronized (bytes) {
                return bytes.toByteArray();
            }
        }
    }

    @Test
    void aSenderThatHangsForTwoSecondsGoesOnAndNothingIsLost() throws Exception {
        Arrivals arrivals = new Arrivals();
        try (PeerProcess peer = sender(listen(SrtOptions.STANDARD, arrivals))) {
            peer.awaitConnected();
            CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(peer.input(), MESSAGES));
            Awaitility.await().atMost(PATIENCE).until(() -> arrivals.bytes().length > 100 * NumberedStream.MESSAGE);
            peer.suspend();
            Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            peer.resume();
            feeding.join();
            // It keeps the last piece for itself if that is not whole: a full pipe has broken the pieces up.
            int most = (MESSAGES - TAIL) * NumberedStream.MESSAGE;
            Awaitility.await().atMost(PATIENCE).until(() -> arrivals.bytes().length >= most);
            NumberedStream.Tally tally = NumberedStream.compare(arrivals.bytes(), MESSAGES, TAIL);
            assertThat(tally).isEqualTo(new NumberedStream.Tally(0, List.of(), 0, ""));
            assertThat(arrivals.closed).isNull();
        }
    }

    @Test
    void aSenderThatHangsForGoodIsGoneAndTheNextIsServed() throws Exception {
        Arrivals arrivals = new Arrivals();
        InetSocketAddress port = listen(SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 1000), arrivals);
        try (PeerProcess peer = sender(port)) {
            peer.awaitConnected();
            CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(peer.input(), 100));
            feeding.join();
            Awaitility.await().atMost(PATIENCE).until(() -> arrivals.bytes().length > 50 * NumberedStream.MESSAGE);
            peer.suspend();
            Awaitility.await().atMost(PATIENCE).until(() -> arrivals.closed != null);
            assertThat(arrivals.closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
            int before = arrivals.bytes().length;
            try (PeerProcess next = sender(port)) {
                next.awaitConnected();
                feed(next.input(), 50);
                Awaitility.await().atMost(PATIENCE).until(() -> arrivals.bytes().length > before);
            }
        }
    }

    private InetSocketAddress listen(SrtOptions options, SrtSink sink) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        SrtListener listener = stack.listen(any, options, request -> SrtVerdict.accept(sink));
        return listener.localAddress();
    }

    private static PeerProcess sender(InetSocketAddress to) throws IOException {
        return PeerProcess.srtLiveTransmit("file://con", "srt://127.0.0.1:" + to.getPort());
    }

    private static void feed(OutputStream input, int messages) {
        try {
            for (int i = 0; i < messages; i++) {
                input.write(NumberedStream.message(i));
                input.flush();
                LockSupport.parkNanos(EVERY_NS);
            }
        } catch (IOException e) {
            return; // it has ended: what has arrived will tell
        }
    }
}
