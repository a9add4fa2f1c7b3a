// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.UnprocessedRequestException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.TestCa;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import io.medicloud.srt.SrtStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service's certificate and the authorities of its clients are changed again and again while calls are made, watches are open and a stream comes in. */
@Tag("heavy")
final class CertificateSwapTest {
    private static final int SWAPS = Integer.getInteger("swaps", 6);
    private static final int FACES = 2;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String ID = "one";
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(2));
    /** One whose authority stays. */
    private static final TlsKeyPair STEADY = TlsKeyPair.ofSelfSigned("rack-1");

    @TempDir
    private Path directory;

    private final List<TlsKeyPair> servers = new ArrayList<>();
    private final List<TlsKeyPair> racks = new ArrayList<>();
    private final AtomicBoolean isEnough = new AtomicBoolean();
    private final AtomicInteger figures = new AtomicInteger();
    private final CompletableFuture<Void> figuresEnded = new CompletableFuture<>();

    @Test
    void noCallFailsAWatchGoesOnAndNewConnectionsSeeTheNewOnes() throws Exception {
        for (int i = 0; i <= SWAPS; i++) {
            servers.add(TlsKeyPair.ofSelfSigned("localhost"));
            racks.add(TlsKeyPair.ofSelfSigned("rack-1"));
        }
        write(0);
        Files.writeString(
                directory.resolve("access.yaml"),
                "certificates:\n  - {name: rack, role: operator, commonName: rack-1}\n");
        ExecutorService load = Executors.newFixedThreadPool(3);
        try (SrtStack stack = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        2,
                        "tls.certificate=server.pem",
                        "tls.key=server.key",
                        "tls.clientCa=clients.pem",
                        "security.accessFile=access.yaml",
                        // A machine that has much else to do must not make SRT give up packets as too late.
                        "srt.latency=2s",
                        "control.callsPerSecond=0");
                ClientFactory steady = connections(servers, STEADY)) {
            LivestreamBlockingStub client = stub(service, steady, LivestreamBlockingStub.class);
            int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId(ID)
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            LivestreamStub watching = stub(service, steady, LivestreamStub.class);
            WatchEventsRequest all =
                    WatchEventsRequest.newBuilder().addLiveIds(ID).build();
            try (EventReader events = new EventReader(watching, all)) {
                watchFigures(watching);
                CompletableFuture<byte[]> sent =
                        CompletableFuture.supplyAsync(() -> sendUntilEnough(stack, port), load);
                CompletableFuture<Integer> calls = CompletableFuture.supplyAsync(
                        () -> untilEnough(() -> list(client), Duration.ofMillis(20)), load);
                CompletableFuture<Integer> callsAnew = CompletableFuture.supplyAsync(
                        () -> untilEnough(() -> callAnew(service), Duration.ofMillis(200)), load);
                for (int i = 1; i <= SWAPS; i++) {
                    swap(service, i);
                    int seen = figures.get();
                    await("figures go on").atMost(LIMIT).until(() -> figures.get() > seen);
                    assertThat(events.next().getLiveId()).isEqualTo(ID);
                    assertThat(List.of(sent, calls, callsAnew, figuresEnded)).noneMatch(CompletableFuture::isDone);
                }
                isEnough.set(true);
                assertThat(calls.get(30, TimeUnit.SECONDS)).isGreaterThan(SWAPS);
                assertThat(callsAnew.get(30, TimeUnit.SECONDS)).isGreaterThan(SWAPS);
                byte[] whole = sent.get(60, TimeUnit.SECONDS);
                client.stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(ID).build());
                assertThat(events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                        .isNotEmpty();
                assertThat(joined(service)).isEqualTo(whole);
            }
            assertConnectedOnce(watching, all);
        } finally {
            isEnough.set(true);
            load.shutdown();
        }
    }

    /** Others from now on: who trusts the ones before is not served, and who is of the authority before is not either. */
    private void swap(ServiceUnderTest service, int number) throws IOException {
        write(number);
        TlsKeyPair server = servers.get(number);
        TlsKeyPair rack = racks.get(number);
        await("swap " + number).atMost(LIMIT).until(() -> answers(service, server, rack) == FACES);
        assertThat(answers(service, servers.get(number - 1), rack)).isZero();
        assertThat(answers(service, server, racks.get(number - 1))).isZero();
    }

    /** Of how many faces, over connections of their own. */
    private static int answers(ServiceUnderTest service, TlsKeyPair trusted, TlsKeyPair own) {
        int answers = 0;
        try (ClientFactory fresh = connections(List.of(trusted), own)) {
            try {
                list(stub(service, fresh, LivestreamBlockingStub.class));
                answers++;
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode())
                        .as("it comes to no method")
                        .isNotIn(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED);
            }
            try {
                page(service, fresh);
                answers++;
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOfAny(UnprocessedRequestException.class, ClosedStreamException.class);
            }
        }
        return answers;
    }

    private void callAnew(ServiceUnderTest service) {
        try (ClientFactory fresh = connections(servers, STEADY)) {
            list(stub(service, fresh, LivestreamBlockingStub.class));
            page(service, fresh);
        }
    }

    /** Calls again and again, with a rest between: the machine has other things to do. */
    private int untilEnough(Runnable call, Duration rest) {
        int calls = 0;
        for (; !isEnough.get(); calls++) {
            call.run();
            LockSupport.parkNanos(rest.toNanos());
        }
        return calls;
    }

    private static void list(LivestreamBlockingStub client) {
        assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .containsExactly(ID);
    }

    private static void page(ServiceUnderTest service, ClientFactory connections) {
        assertThat(WebClient.builder("https://localhost:" + service.service().httpPort())
                        .factory(connections)
                        .build()
                        .get("/api/v1/active-streams")
                        .aggregate()
                        .join()
                        .status())
                .isEqualTo(HttpStatus.OK);
    }

    private void watchFigures(LivestreamStub client) {
        client.withDeadlineAfter(10, TimeUnit.MINUTES)
                .watchStreamStats(
                        WatchStreamStatsRequest.newBuilder().setLiveId(ID).build(), new StreamObserver<>() {
                            @Override
                            public void onNext(StreamStats now) {
                                figures.incrementAndGet();
                            }

                            @Override
                            public void onError(Throwable why) {
                                figuresEnded.completeExceptionally(why);
                            }

                            @Override
                            public void onCompleted() {
                                figuresEnded.complete(null);
                            }
                        });
    }

    private byte[] sendUntilEnough(SrtStack stack, int port) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            while (!isEnough.get()) {
                encoder.send(MEDIA);
                sent.writeBytes(MEDIA);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sent.toByteArray();
    }

    private static byte[] joined(ServiceUnderTest service) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : service.segments(ID)) {
            all.writeBytes(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private static void assertConnectedOnce(LivestreamStub client, WatchEventsRequest all) throws Exception {
        try (EventReader events = new EventReader(client, all)) {
            assertThat(events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                    .extracting(WatchEventsResponse::getType)
                    .containsOnlyOnce(WatchEventsResponse.Type.CONNECTED);
        }
    }

    private static <T extends AbstractStub<T>> T stub(
            ServiceUnderTest service, ClientFactory connections, Class<T> type) {
        return GrpcClients.builder(
                        "gproto+https://localhost:" + service.service().grpcPort() + "/")
                .factory(connections)
                .build(type);
    }

    private static ClientFactory connections(List<TlsKeyPair> trusted, TlsKeyPair own) {
        return ClientFactory.builder()
                .workerGroup(1)
                .tls(own)
                .tlsCustomizer(tls -> tls.trustManager(trusted.stream()
                        .map(pair -> pair.certificateChain().get(0))
                        .toArray(X509Certificate[]::new)))
                .build();
    }

    /** All files at once, as far as that goes: who looks in between sees a pair that does not fit, and keeps the one before. */
    private void write(int number) throws IOException {
        TlsKeyPair server = servers.get(number);
        replace("server.key", TestCa.pem(server.privateKey()));
        replace("server.pem", pem(server));
        replace(
                "clients.pem",
                Stream.of(STEADY, racks.get(number))
                        .map(CertificateSwapTest::pem)
                        .reduce("", String::concat));
    }

    private static String pem(TlsKeyPair pair) {
        try {
            return TestCa.pem(pair.certificateChain().get(0));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void replace(String name, String text) throws IOException {
        Path aside = Files.writeString(directory.resolve(name + ".new"), text);
        Files.move(aside, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
