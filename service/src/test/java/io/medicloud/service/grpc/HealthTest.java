// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.linecorp.armeria.common.CommonPools;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthBlockingStub;
import io.grpc.reflection.v1.ServerReflectionGrpc.ServerReflectionStub;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.Http1;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.proto.HealthCheckResponse;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("heavy")
final class HealthTest {
    private static final String PASSPHRASE = "correct-horse-battery";

    @TempDir
    private Path directory;

    @BeforeEach
    void needsAStack() {
        try (SrtStack stack = ServiceUnderTest.stack()) {
            assertThat(stack.name()).isNotEmpty();
        }
    }

    @Test
    void aServiceThatWorksSaysSoOnEveryFace() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 2)) {
            await().until(() -> readyz(service).statusCode() == 200);

            assertThat(get(service, "/livez").body()).isEqualTo("ok\n");
            assertThat(health(service).getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            assertThat(standardHealth(service)).isEqualTo(ServingStatus.SERVING);
            assertThat(services(service))
                    .contains("livestream.Livestream", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");
            assertThat(servicesAsOlderClientsAsk(service)).contains("livestream.Livestream", "grpc.health.v1.Health");
        }
    }

    @Test
    void aStoreThatIsAwayAtTheStartKeepsTheServiceFromBeingReadyUntilItIsThere() throws Exception {
        int port = freePort();
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory,
                2,
                "store.endpoint=http://127.0.0.1:" + port,
                "store.accessKey=access",
                "store.secretKey=canary-secret")) {
            await().until(() -> readyz(service).body().contains("store: "));
            assertThat(readyz(service).statusCode()).isEqualTo(503);
            assertThat(get(service, "/livez").statusCode()).isEqualTo(200);
            assertThat(health(service).getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
            assertThat(health(service).getMessage()).contains("store: ").doesNotContain("canary");
            assertThat(standardHealth(service)).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(standardHealth(service, "store")).isEqualTo(ServingStatus.NOT_SERVING);
            assertThat(standardHealth(service, "spool")).isEqualTo(ServingStatus.SERVING);

            Files.createDirectories(directory.resolve("store"));
            S3Proxy store = S3Proxy.builder()
                    .blobStore(new FilesystemNio2BlobStore(
                            directory.resolve("store").toString()))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "canary-secret")
                    .endpoint(URI.create("http://127.0.0.1:" + port))
                    .build();
            store.start();
            try {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> readyz(service).statusCode() == 200);
                assertThat(health(service).getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
                assertThat(directory.resolve("store/videos")).isDirectory();
            } finally {
                store.stop();
            }
        }
    }

    @Test
    void aServiceThatDrainsSaysSoOnEveryFaceAndStoresWhatItHas() throws Exception {
        int port = freePort();
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        2,
                        "store.endpoint=http://127.0.0.1:" + port,
                        "store.accessKey=access",
                        "store.secretKey=canary-secret",
                        "shutdown.timeout=60s")) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            StartPullStreamRequest.Builder request =
                    StartPullStreamRequest.newBuilder().setPassphrase("0123456789");
            int srt =
                    client.startPullStream(request.setLiveId("drained").build()).getPort();
            try (TestEncoder encoder = new TestEncoder(stack, srt, "0123456789").connected()) {
                encoder.send(TestEncoder.stream(Duration.ofSeconds(2)));
            }
            CompletableFuture<Void> end = CompletableFuture.runAsync(service::close);

            await().until(() -> readyz(service).body().contains("service: is draining"));
            assertThat(readyz(service).statusCode()).isEqualTo(503);
            assertThat(get(service, "/livez").statusCode()).isEqualTo(200);
            assertThat(health(service).getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
            assertThat(health(service).getMessage()).contains("draining");
            assertThat(standardHealth(service)).isEqualTo(ServingStatus.NOT_SERVING);
            assertThatThrownBy(() ->
                            client.startPullStream(request.setLiveId("more").build()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageStartingWith("UNAVAILABLE")
                    .hasMessageContaining("draining");
            assertThat(end).isNotDone();

            Files.createDirectories(directory.resolve("store"));
            S3Proxy store = S3Proxy.builder()
                    .blobStore(new FilesystemNio2BlobStore(
                            directory.resolve("store").toString()))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "canary-secret")
                    .endpoint(URI.create("http://127.0.0.1:" + port))
                    .build();
            store.start();
            try {
                end.get(90, TimeUnit.SECONDS);
                assertThat(directory.resolve("store/videos/drained/segment_0002.ts"))
                        .isNotEmptyFile();
                assertThat(directory.resolve("cache/spool/drained")).isDirectoryNotContaining("glob:**.ts*");
            } finally {
                store.stop();
            }
        }
    }

    @Test
    void anEventLoopThatStandsStillIsToldUntilItRuns() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 2)) {
            Readiness readiness = service.service().readiness();
            await().until(readiness::isReady);
            CommonPools.workerGroup().next().execute(() -> hold(end));
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> !readiness.isReady());
                assertThat(readiness.reasons()).singleElement().asString().startsWith("api-loops: has stood still");
                assertThat(readiness.isWorking(Readiness.API_LOOPS)).isFalse();
                assertThat(readiness.isWorking(Readiness.SRT_LOOPS)).isTrue();
            } finally {
                end.countDown();
            }
            await().until(readiness::isReady);
            assertThat(standardHealth(service, "api-loops")).isEqualTo(ServingStatus.SERVING);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "libsrt"})
    void aLoopOfMediaThatStandsStillIsToldUntilItRuns(String stack) throws Exception {
        try (SrtStack there = SrtStacks.select(stack).stack()) {
            assertThat(there.name()).isEqualTo(stack);
        } catch (SrtUnavailableException e) {
            assumeTrue(System.getenv("CI") != null, e.getMessage());
            throw e;
        }
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        EventSink held = event -> {
            if (event instanceof StreamEvent.Connected) {
                entered.countDown();
                hold(end);
            }
        };
        try (SrtStack encoders = SrtStacks.select("java").stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, held, 2, "srt.stack=" + stack)) {
            Readiness readiness = service.service().readiness();
            await().until(readiness::isReady);
            int port = service.client(LivestreamBlockingStub.class)
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
                assertThat(encoder).isNotNull();
                entered.await();
                await().atMost(Duration.ofSeconds(30)).until(() -> !readiness.isReady());
                assertThat(readiness.reasons()).singleElement().asString().startsWith("srt-loops: has stood still");
                assertThat(readiness.isWorking(Readiness.SRT_LOOPS)).isFalse();
                assertThat(standardHealth(service, "srt-loops")).isEqualTo(ServingStatus.NOT_SERVING);
                end.countDown();
                await().until(readiness::isReady);
            } finally {
                end.countDown();
            }
        }
    }

    private static void hold(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aControlPortThatIsTakenIsToldInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> new ServiceUnderTest(directory, 2, "http.port=" + port))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("http.port: cannot listen on 127.0.0.1:" + port);
        }
        // What had begun was ended: the spool and the ports can be had again.
        new ServiceUnderTest(directory, 2).close();
    }

    private static HealthCheckResponse health(ServiceUnderTest service) {
        return service.client(LivestreamBlockingStub.class)
                .healthCheck(io.medicloud.service.proto.HealthCheckRequest.getDefaultInstance());
    }

    private static ServingStatus standardHealth(ServiceUnderTest service) {
        return standardHealth(service, "livestream.Livestream");
    }

    private static ServingStatus standardHealth(ServiceUnderTest service, String name) {
        return service.client(HealthBlockingStub.class)
                .check(HealthCheckRequest.newBuilder().setService(name).build())
                .getStatus();
    }

    private static List<String> services(ServiceUnderTest service) {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = service.client(ServerReflectionStub.class)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(ServiceResponse::getName)
                                .toList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        names.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // The answer has come before.
                    }
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> found = names.join();
        requests.onCompleted();
        return found;
    }

    private static List<String> servicesAsOlderClientsAsk(ServiceUnderTest service) {
        CompletableFuture<List<String>> names = new CompletableFuture<>();
        var requests = service.client(io.grpc.reflection.v1alpha.ServerReflectionGrpc.ServerReflectionStub.class)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(io.grpc.reflection.v1alpha.ServerReflectionResponse response) {
                        names.complete(response.getListServicesResponse().getServiceList().stream()
                                .map(io.grpc.reflection.v1alpha.ServiceResponse::getName)
                                .toList());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        names.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        // The answer has come before.
                    }
                });
        requests.onNext(io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setListServices("")
                .build());
        List<String> found = names.join();
        requests.onCompleted();
        return found;
    }

    private static HttpResponse<String> readyz(ServiceUnderTest service) throws IOException, InterruptedException {
        return get(service, "/readyz");
    }

    private static HttpResponse<String> get(ServiceUnderTest service, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + service.service().httpPort() + path);
        return Http1.client().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
