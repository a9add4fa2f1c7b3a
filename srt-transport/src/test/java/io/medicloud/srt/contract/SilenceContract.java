// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** For how long a peer has not been heard. */
abstract class SilenceContract extends SrtStackContract {
    /** Longer than a peer that lives is silent by itself. */
    private static final long SILENT_US = 1_500_000;

    @Test
    void nobodyWasHeardBeforeTheHandshakeIsDone() throws Exception {
        RecordingSink sink = newSink();
        SrtConnection calling = stack.connect(loopback(freePort()), SrtOptions.STANDARD, sink);
        assertThat(calling.silentUs()).isEqualTo(-1);
        calling.close();
        sink.closeReason();
        assertThat(calling.silentUs()).isEqualTo(-1);
    }

    @Test
    void aPeerThatHangsIsSilentUntilItGoesOn() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 30_000), sink);
        CountDownLatch hanging = new CountDownLatch(1);
        RecordingSink hangs = new RecordingSink() {
            @Override
            public void onConnected(SrtConnection connection) {
                super.onConnected(connection);
                try {
                    hanging.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (ScriptedSrtPeer peer =
                ScriptedSrtPeer.calling(newStack(), listener.localAddress(), SrtOptions.STANDARD, hangs)) {
            SrtConnection connection = sink.connection();
            assertThat(connection.silentUs()).isBetween(0L, SILENT_US);
            await().atMost(SOON).until(() -> connection.silentUs() > SILENT_US);
            hanging.countDown();
            peer.send(PacedBytes.packets(7));
            sink.awaitPayload();
            assertThat(connection.silentUs()).isBetween(0L, SILENT_US);
            peer.drop();
            sink.closeReason();
            await().atMost(SOON).until(() -> connection.silentUs() > SILENT_US);
        } finally {
            hanging.countDown();
        }
    }

    @Test
    void whoIsAskedOnTheLoopTellsTheSame() throws Exception {
        CompletableFuture<SrtConnection> self = new CompletableFuture<>();
        AtomicLong silentUs = new AtomicLong(-2);
        RecordingSink sink = new RecordingSink() {
            @Override
            public void onConnected(SrtConnection connection) {
                super.onConnected(connection);
                self.complete(connection);
            }

            @Override
            public void onPayload(ByteBuf payload, long nowUs) {
                silentUs.compareAndSet(-2, self.join().silentUs());
                super.onPayload(payload, nowUs);
            }
        };
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        RecordingSink caller = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
        PacedBytes.send(PacedBytes.packets(7), caller.connection(), 20);
        sink.awaitPayload();
        assertThat(silentUs.get()).isBetween(0L, SILENT_US);
    }
}
