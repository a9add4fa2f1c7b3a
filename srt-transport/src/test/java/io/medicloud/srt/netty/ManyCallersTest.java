// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Encoders of one site that start together, as after a power cut. */
final class ManyCallersTest {
    private static final int ENCODERS = 150;

    /** Counts. */
    private record Sink(AtomicInteger connected, AtomicInteger closed) implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {
            connected.incrementAndGet();
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            // Nothing is sent.
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed.incrementAndGet();
        }
    }

    @Test
    void allOfThemAreLetInWithinAConnectTimeout() throws Exception {
        AtomicInteger connected = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        SrtOptions options = SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 60_000);
        try (NettySrtStack stack = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.chosen(), 1);
                NettySrtStack calling = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.chosen(), 1)) {
            SrtListener listener = stack.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    options,
                    request -> SrtVerdict.accept(new Sink(new AtomicInteger(), new AtomicInteger())));
            for (int i = 0; i < ENCODERS; i++) {
                calling.connect(listener.localAddress(), options, new Sink(connected, closed));
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> connected.get() + closed.get() == ENCODERS);
            assertThat(closed).hasValue(0);
            assertThat(connected).hasValue(ENCODERS);
        }
    }
}
