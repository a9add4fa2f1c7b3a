// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.service.Service;
import io.medicloud.service.config.ConfigException;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.store.EmbeddedS3;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUri;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The main job on embedded defaults: an encoder publishes to the service, and what landed in the bucket is verified. */
public final class Demo {
    /** What {@code check_live} and players expect of a stream of short segments. */
    private static final String SEGMENT_DURATION = "6s";

    private static final Duration DELIVERY_LIMIT = Duration.ofSeconds(5);
    private static final Duration STORE_LIMIT = Duration.ofSeconds(10);

    private final DemoFolder folder;
    private final String stack;
    private final DemoReport report;
    private final AtomicReference<@Nullable DemoEncoder> encoder = new AtomicReference<>();
    private volatile boolean isStopped;

    /** @param stack {@code auto}, {@code java} or {@code libsrt} */
    public Demo(DemoFolder folder, String stack, DemoReport report) {
        this.folder = folder;
        this.stack = stack;
        this.report = report;
    }

    /**
     * Runs for so long, or until {@link #stop}, and verifies. Blocks.
     *
     * @throws IOException if it could not run; the message says what, where and what to do
     */
    public Verification run(Duration length) throws IOException {
        CountDownLatch delivered = new CountDownLatch(1);
        try (Service service = new Service(config(), events(delivered))) {
            awaitReady(service);
            report.onReady(service, folder);
            publish(service, length, delivered);
            try (MinioStore store = new MinioStore(service.s3())) {
                return Verifier.verify(folder.sent(), store, DemoFolder.LIVE_ID);
            }
        }
    }

    /** Verifies once more what an earlier demo left. */
    public static Verification verify(DemoFolder folder) throws IOException {
        try (EmbeddedS3 s3 = EmbeddedS3.start(folder.store(), DemoFolder.BUCKET, 0);
                MinioStore store = new MinioStore(s3.config())) {
            return Verifier.verify(folder.sent(), store, DemoFolder.LIVE_ID);
        }
    }

    /** Ends {@link #run} soon: what was sent is still verified. */
    public void stop() {
        isStopped = true;
        DemoEncoder publishing = encoder.get();
        if (publishing != null) {
            publishing.stop();
        }
    }

    private ServiceConfig config() throws IOException {
        List<String> settings = List.of(
                "grpc.port=0",
                "http.port=0",
                "srt.host=127.0.0.1",
                "srt.stack=" + stack,
                "segment.duration=" + SEGMENT_DURATION,
                "store.bucket=" + DemoFolder.BUCKET,
                "cacheDir=" + folder.cache());
        try {
            return new ConfigLoader(folder.root(), Map.of())
                    .load(null, settings)
                    .service();
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private EventSink events(CountDownLatch delivered) {
        return event -> {
            if (event instanceof StreamEvent.SegmentSealed sealed) {
                report.onSealed(sealed.facts());
            } else if (event instanceof StreamEvent.SegmentUploaded uploaded) {
                report.onStored(uploaded);
            } else if (event instanceof StreamEvent.Disconnected) {
                delivered.countDown();
            }
        };
    }

    private void publish(Service service, Duration length, CountDownLatch delivered) throws IOException {
        // Else Armeria closes its clients at Ctrl-C, before the stream is stopped by one.
        ClientFactory.disableShutdownHook();
        LivestreamBlockingStub client = GrpcClients.newClient(
                "gproto+http://127.0.0.1:" + service.grpcPort() + "/", LivestreamBlockingStub.class);
        String passphrase = passphrase();
        StartPullStreamResponse started = client.startPullStream(StartPullStreamRequest.newBuilder()
                .setLiveId(DemoFolder.LIVE_ID)
                .setPassphrase(passphrase)
                .build());
        SrtUri uri = SrtUri.parse("srt://127.0.0.1:" + started.getPort() + "?mode=caller&passphrase=" + passphrase);
        try (SrtStack own = SrtStacks.select(stack).stack();
                DemoEncoder publishing = new DemoEncoder(own, uri, folder.sent())) {
            encoder.set(publishing);
            if (isStopped) {
                publishing.stop();
            }
            if (!publishing.publish(length)) {
                throw new IOException("the service ended the connection; its log says why");
            }
        } finally {
            encoder.set(null);
        }
        await(delivered, DELIVERY_LIMIT, "the service has not noticed the encoder's end");
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId(DemoFolder.LIVE_ID).build());
    }

    private static void awaitReady(Service service) throws IOException {
        CountDownLatch ready = new CountDownLatch(1);
        service.readiness().onChange(() -> {
            if (service.readiness().isReady()) {
                ready.countDown();
            }
        });
        await(ready, STORE_LIMIT, "the service is not ready");
    }

    private static void await(CountDownLatch latch, Duration limit, String otherwise) throws IOException {
        try {
            if (!latch.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(otherwise + " within " + limit.toSeconds() + " s; its log says why");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static String passphrase() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
