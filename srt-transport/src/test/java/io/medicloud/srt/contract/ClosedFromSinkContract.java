// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sink may close the whole stack, from any of its methods: all ends, itself included, and nothing is left. */
abstract class ClosedFromSinkContract extends SrtStackContract {
    private static final long PATIENCE_S = 10;

    /** What the sink is told when it closes the stack. */
    private enum Moment {
        CONNECTED,
        PAYLOAD,
        BATCH_END,
        CLOSED
    }

    /** Closes a stack once; tells whether closing returned, and whether it was told anything afterwards. */
    private static final class Closer extends RecordingSink {
        private final SrtStack stack;
        private final Moment moment;
        private final CompletableFuture<Void> returned = new CompletableFuture<>();
        private volatile boolean hasEnded;
        private volatile String afterEnd = "";

        private Closer(SrtStack stack, Moment moment) {
            this.stack = stack;
            this.moment = moment;
        }

        private void on(Moment now) {
            if (hasEnded) {
                afterEnd = now.name();
            }
            if (now == moment && !returned.isDone()) {
                stack.close();
                returned.complete(null);
            }
        }

        @Override
        public void onConnected(SrtConnection connection) {
            super.onConnected(connection);
            on(Moment.CONNECTED);
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            super.onPayload(payload, nowUs);
            on(Moment.PAYLOAD);
        }

        @Override
        public void onBatchEnd(long nowUs) {
            super.onBatchEnd(nowUs);
            on(Moment.BATCH_END);
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            super.onClosed(why);
            on(Moment.CLOSED);
            hasEnded = true;
        }
    }

    @ParameterizedTest
    @EnumSource(Moment.class)
    void aReceiverClosesTheStack(Moment moment) throws Exception {
        Closer closer = new Closer(stack, moment);
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.LATENCY, 20), closer);
        RecordingSink bystander = newSink();
        stack.connect(loopback(freePort()), SrtOptions.STANDARD, bystander);
        try (ScriptedSrtPeer peer =
                ScriptedSrtPeer.calling(newStack(), listener.localAddress(), SrtOptions.STANDARD, newSink())) {
            SrtConnection connection = closer.connection();
            if (moment == Moment.CLOSED) {
                connection.close();
            } else if (moment != Moment.CONNECTED) {
                peer.send(PacedBytes.packets(7 * 50));
            }
            assertAllEnds(closer, listener);
            assertThat(bystander.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
        }
        assertBeginsAnew();
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"CONNECTED", "PAYLOAD"})
    void aCallerClosesTheStackWhileMuchComes(Moment moment) throws Exception {
        RecordingSink sender = newSink();
        SrtStack other = newStack();
        try {
            SrtListener listener = other.listen(
                    ANY_PORT, SrtOptions.STANDARD.with(SrtOption.LATENCY, 20), request -> SrtVerdict.accept(sender));
            Closer closer = new Closer(stack, moment);
            SrtConnection calling =
                    stack.connect(listener.localAddress(), SrtOptions.STANDARD.with(SrtOption.LATENCY, 20), closer);
            PacedBytes.send(PacedBytes.packets(7 * 200), sender.connection(), 5000);
            closer.returned.get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(closer.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            assertThat(closer.disorder()).isEmpty();
            assertThat(closer.afterEnd).isEmpty();
            calling.close();
        } finally {
            other.close();
        }
        assertBeginsAnew();
    }

    private static void assertAllEnds(Closer closer, SrtListener listener) throws Exception {
        closer.returned.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(closer.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
        await().atMost(SOON)
                .ignoreException(BindException.class)
                .untilAsserted(() -> new DatagramSocket(listener.localAddress()).close());
        assertThat(closer.disorder()).isEmpty();
        assertThat(closer.afterEnd).as("told after its end").isEmpty();
    }

    /** What is begun afterwards is begun on another loop, and the one before is gone. */
    private void assertBeginsAnew() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, newSink());
        sink.connection();
        stack.close();
        sink.closeReason();
        await().atMost(SOON).until(() -> loopThreads() == 0);
    }

    private static long loopThreads() throws Exception {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.map(ClosedFromSinkContract::name)
                    .filter(name -> name.startsWith("srt-java") || name.startsWith("srt-libsrt"))
                    .count();
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // gone meanwhile
        }
    }
}
