// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What fails in one connection, in whatever way, costs that one alone: the loop serves the others. */
final class FailuresTest {
    private static final int SECONDS = 15;
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final SrtOptions OPTIONS = SrtOptions.STANDARD.with(SrtOption.CONNTIMEO, 10_000);

    private final FailingAllocator allocator = new FailingAllocator();
    private final NettySrtStack stack = new NettySrtStack(allocator, Transport.chosen(), 1);
    private final NettySrtStack calling = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.chosen(), 1);

    /** Fails while it is told to, as if there were no memory left. */
    private static final class FailingAllocator extends AbstractByteBufAllocator {
        private volatile boolean isExhausted;

        private FailingAllocator() {
            super(true);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (isExhausted) {
                throw new OutOfMemoryError("as the test says");
            }
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** Throws where it is told to. */
    private static final class Sink implements SrtSink {
        private final String failsIn;
        private final boolean isChecked;
        private final CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
        private final CompletableFuture<Boolean> heard = new CompletableFuture<>();
        private final CompletableFuture<SrtCloseReason> closed = new CompletableFuture<>();

        private Sink(String failsIn, boolean isChecked) {
            this.failsIn = failsIn;
            this.isChecked = isChecked;
        }

        private void pass(String where) {
            if (where.equals(failsIn)) {
                throw FailuresTest.<RuntimeException>any(
                        isChecked ? new IOException(where) : new AssertionError(where));
            }
        }

        @Override
        public void onConnected(SrtConnection connection) {
            connected.complete(connection);
            pass("connected");
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            heard.complete(true);
            pass("payload");
        }

        @Override
        public void onBatchEnd(long nowUs) {
            pass("batch");
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed.complete(why);
            pass("closed");
        }
    }

    /** Whatever it is, thrown as if it were unchecked: other languages do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T any(Throwable what) throws T {
        throw (T) what;
    }

    @AfterEach
    void close() {
        allocator.isExhausted = false;
        calling.close();
        stack.close();
    }

    private static <T> T get(CompletableFuture<T> result) throws Exception {
        return result.get(SECONDS, TimeUnit.SECONDS);
    }

    private Sink call(SrtListener listener, String streamId) throws Exception {
        Sink sink = new Sink("", false);
        calling.connect(listener.localAddress(), OPTIONS.withStreamId(streamId), sink);
        return sink;
    }

    private static void say(SrtConnection connection) {
        assertThat(connection.send(Unpooled.directBuffer().writeInt(7))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "connected, false",
        "connected, true",
        "payload, false",
        "payload, true",
        "batch, false",
        "closed, false",
        "closed, true"
    })
    void aSinkThatFailsEndsItsConnectionAndNoOther(String where, boolean isChecked) throws Exception {
        Sink bad = new Sink(where, isChecked);
        Sink good = new Sink("", false);
        SrtListener listener = stack.listen(
                ANY, OPTIONS, request -> SrtVerdict.accept(request.streamId().equals("bad") ? bad : good));
        SrtConnection other = get(call(listener, "good").connected);
        get(good.connected);
        SrtConnection failing = get(call(listener, "bad").connected);
        get(bad.connected);
        if (where.equals("closed")) {
            failing.close();
        } else {
            say(failing);
        }
        assertThat(get(bad.closed).kind())
                .isEqualTo(where.equals("closed") ? SrtCloseReason.Kind.CLOSED_BY_PEER : SrtCloseReason.Kind.FAILED);
        say(other);
        assertThat(get(good.heard)).isTrue();
        assertThat(good.closed).isNotDone();
    }

    @Test
    void anAdmissionThatFailsTurnsItsCallerAwayAndNoOther() throws Exception {
        Sink good = new Sink("", false);
        SrtListener listener = stack.listen(ANY, OPTIONS, request -> decide(request, good));
        assertThat(get(call(listener, "bad").closed).rejectReason()).isEqualTo(RejectReason.INTERNAL_SERVER_ERROR);
        say(get(call(listener, "good").connected));
        assertThat(get(good.heard)).isTrue();
    }

    private static SrtVerdict decide(SrtRequest request, Sink good) {
        if (request.streamId().equals("bad")) {
            throw new NoClassDefFoundError("as the test says");
        }
        return SrtVerdict.accept(good);
    }

    @Test
    void whereMemoryEndsConnectionsEndAndTheLoopServesWhoComesLater() throws Exception {
        Sink first = new Sink("", false);
        Sink later = new Sink("", false);
        SrtListener listener = stack.listen(
                ANY, OPTIONS, request -> SrtVerdict.accept(request.streamId().equals("first") ? first : later));
        get(call(listener, "first").connected);
        get(first.connected);
        allocator.isExhausted = true; // at the latest the next keepalive needs some
        assertThat(get(first.closed).kind()).isEqualTo(SrtCloseReason.Kind.FAILED);
        allocator.isExhausted = false;
        say(get(call(listener, "later").connected));
        assertThat(get(later.heard)).isTrue();
    }
}
