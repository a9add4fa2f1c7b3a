// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.PipelineEnd;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.PipelinesAccess;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.service.config.Secret;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRules;
import io.medicloud.service.transfer.FileSender;
import io.medicloud.service.transfer.FileSender.Rate;
import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import io.medicloud.srt.libsrt.LibSrtStack;
import io.medicloud.srt.netty.NettySrtStack;
import io.medicloud.testdata.KeptBuffers;
import io.medicloud.testdata.ScriptedDisk;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in memory between the socket and the file, told by where in memory each byte was when it was written. */
final class SocketToFileTest {
    private static final byte[] MEDIA = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
            .generate(Duration.ofSeconds(6));

    private final List<StreamEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicLong batches = new AtomicLong();

    @TempDir
    Path folder;

    @Test
    void noPayloadByteIsCopiedOnItsWayThroughTheJavaStack() throws Exception {
        // A datagram has a place of 1,500 bytes to itself, and carries 1,316 of the stream.
        noPayloadByteIsCopied(NettySrtStack::new, 1.5);
    }

    @Test
    void noPayloadByteIsCopiedOnItsWayFromLibsrt() throws Exception {
        try (LibSrtStack probe = new LibSrtStack()) {
            assumeTrue(System.getenv("CI") != null || probe.unavailability() == null, "libsrt is not there");
        }
        noPayloadByteIsCopied(LibSrtStack::new, 1.2);
    }

    /**
     * @param mostAllocated how much of the allocator's memory the stream may have cost, in parts of its own size: one more copy of it would cost
     *     more
     */
    private void noPayloadByteIsCopied(Function<ByteBufAllocator, SrtStack> receiving, double mostAllocated)
            throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        try (KeptBuffers received = new KeptBuffers()) {
            PipelineEnd end;
            long handOffs;
            try (SrtStack stack = receiving.apply(received);
                    RefusedCallers refused = new RefusedCallers(event -> {}, InstantSource.system());
                    DirectoryStore store = new DirectoryStore(folder.resolve("store"));
                    Pipelines pipelines = PipelinesAccess.open(folder.resolve("spool"), disk, store, events::add)) {
                CallerGate gate = new CallerGate(() -> CallerRules.NONE, System::nanoTime);
                SrtSource source = new SrtSource(
                        "live", Secret.of("0123456789abcdef"), Duration.ofMillis(120), false, refused.of("live"));
                Pipeline pipeline =
                        pipelines.open(PipelineConfig.of("live", SegmentPolicy.ofTarget(Duration.ofSeconds(1))));
                pipeline.start(counting(source));
                InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                try (SrtListener listener = stack.listen(
                        anyPort,
                        SrtOptions.STANDARD,
                        request -> gate.decide(request, source::decide, source.refusals()))) {
                    publish(listener.localAddress().getPort());
                }
                end = pipeline.stop("stopped", Duration.ofSeconds(20))
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
                handOffs = pipeline.stats().handOffs();
            }

            assertThat(end.failed()).isFalse();
            long injected = 188L
                    * sealed().stream()
                            .mapToInt(seal -> seal.facts().injectedPackets())
                            .sum();
            long fromSocket = bytesWritten(disk, received, true);
            assertThat(fromSocket)
                    .as("written from where the stack received it")
                    .isEqualTo(MEDIA.length);
            assertThat(bytesWritten(disk, received, false))
                    .as("tables, put in front")
                    .isEqualTo(injected);
            assertThat(received.allocatedBytes()).as("one place for each byte").isLessThan((long)
                    (mostAllocated * MEDIA.length));
            // A batch in which everything is held back until its key frame is known gives nothing to hand over; the end
            // gives one more.
            assertThat(handOffs).isBetween(1L, batches.get() + 1);
        }
    }

    private static long bytesWritten(ScriptedDisk disk, KeptBuffers received, boolean fromThere) {
        return disk.written().stream()
                .filter(piece -> received.holds(piece.address(), piece.bytes()) == fromThere)
                .mapToLong(ScriptedDisk.Written::bytes)
                .sum();
    }

    private List<StreamEvent.SegmentSealed> sealed() {
        return events.stream()
                .filter(StreamEvent.SegmentSealed.class::isInstance)
                .map(StreamEvent.SegmentSealed.class::cast)
                .toList();
    }

    /** From a stack of its own, whose buffers are not the ones that count. */
    private void publish(int port) throws Exception {
        Path file = Files.write(folder.resolve("media.ts"), MEDIA);
        try (SrtStack encoders = new NettySrtStack();
                FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                SrtSender sender = new SrtSender(
                        encoders,
                        SrtUri.parse("srt://127.0.0.1:" + port + "?mode=caller&passphrase=0123456789abcdef"))) {
            assertThat(sender.awaitConnected()).isTrue();
            FileSender files = new FileSender(sender, new Rate.Constant(16_000_000));
            assertThat(files.send(in)).isTrue();
            files.drain();
        }
    }

    /** The source, with its batches counted; what its end brings out is one, too. */
    private Source counting(Source source) {
        return new Source() {
            @Override
            public void start(SourceSink sink) {
                source.start(new BatchCounter(sink));
            }

            @Override
            public boolean canWait() {
                return source.canWait();
            }

            @Override
            public void close() {
                source.close();
            }
        };
    }

    private final class BatchCounter implements SourceSink {
        private final SourceSink sink;

        BatchCounter(SourceSink sink) {
            this.sink = sink;
        }

        @Override
        public void onConnected(String peer, long nowUs) {
            sink.onConnected(peer, nowUs);
        }

        @Override
        public void onData(ByteBuf data, long nowUs) {
            sink.onData(data, nowUs);
        }

        @Override
        public void onBatchEnd(long nowUs) {
            batches.incrementAndGet();
            sink.onBatchEnd(nowUs);
        }

        @Override
        public void onDisconnected(String reason, long nowUs) {
            batches.incrementAndGet();
            sink.onDisconnected(reason, nowUs);
        }

        @Override
        public void onEnd(String reason) {
            batches.incrementAndGet();
            sink.onEnd(reason);
        }

        @Override
        public void onFailure(String reason) {
            sink.onFailure(reason);
        }
    }
}
