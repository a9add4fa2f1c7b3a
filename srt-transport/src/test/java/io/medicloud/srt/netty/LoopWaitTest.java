// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A loop that a sink does not come back to shows from outside, while it stands still. */
final class LoopWaitTest {
    private static final long LONG_US = TimeUnit.MILLISECONDS.toMicros(500);

    @Test
    void howLongALoopStandsStillShowsWhileItDoes() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (SrtStack stack = SrtStacks.select("java").stack();
                SrtStack calling = SrtStacks.select("java").stack();
                SrtListener listener = stack.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        SrtOptions.STANDARD,
                        request -> SrtVerdict.accept(new Sink(entered, end)))) {
            assertThat(stack.loopWaitUs()).isLessThan(LONG_US);
            calling.connect(
                    listener.localAddress(),
                    SrtOptions.STANDARD,
                    new Sink(new CountDownLatch(1), new CountDownLatch(0)));
            entered.await();
            await().until(() -> stack.loopWaitUs() > LONG_US);
            assertThat(calling.loopWaitUs()).isLessThan(LONG_US);
            end.countDown();
            await().until(() -> stack.loopWaitUs() < LONG_US);
        }
    }

    /** Holds its loop once it is connected. */
    private record Sink(CountDownLatch entered, CountDownLatch end) implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {
            entered.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            // Nothing is sent.
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            // With the stack.
        }
    }
}
