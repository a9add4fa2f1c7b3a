// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthStub;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches of the standard health service, which anybody may open. */
final class HealthWatchesTest {
    private static final int LIMIT_S = 20;
    private static final int MOST_OF_ADDRESS = 3;

    @TempDir
    private Path directory;

    /** One watch. */
    private static final class Watch implements ClientResponseObserver<HealthCheckRequest, HealthCheckResponse> {
        private final CompletableFuture<ServingStatus> first = new CompletableFuture<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final CompletableFuture<ClientCallStreamObserver<HealthCheckRequest>> call = new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<HealthCheckRequest> stream) {
            call.complete(stream);
        }

        @Override
        public void onNext(HealthCheckResponse answer) {
            first.complete(answer.getStatus());
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        ServingStatus answered() throws Exception {
            return first.get(LIMIT_S, TimeUnit.SECONDS);
        }

        Status.Code ended() throws Exception {
            return end.get(LIMIT_S, TimeUnit.SECONDS).getCode();
        }

        void leave() {
            call.join().cancel("enough", null);
        }
    }

    private ServiceUnderTest service() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}\n");
        return new ServiceUnderTest(
                directory, 1, "security.accessFile=access.yaml", "control.healthWatchesPerAddress=" + MOST_OF_ADDRESS);
    }

    private static Watch watch(ServiceUnderTest service, String token, String name) {
        GrpcClientBuilder client = GrpcClients.builder(
                "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/");
        if (!token.isEmpty()) {
            client.addHeader("authorization", "Bearer " + token);
        }
        Watch watch = new Watch();
        client.build(HealthStub.class)
                .withDeadlineAfter(2, TimeUnit.MINUTES)
                .watch(HealthCheckRequest.newBuilder().setService(name).build(), watch);
        return watch;
    }

    @Test
    void whoIsUnknownHasSoManyAndWhoIsKnownIsNotKeptOut() throws Exception {
        try (ServiceUnderTest service = service()) {
            List<Watch> open = new ArrayList<>();
            for (int i = 0; i < MOST_OF_ADDRESS; i++) {
                open.add(watch(service, "", i % 2 == 0 ? "" : "store"));
                assertThat(open.get(i).answered()).isNotEqualTo(ServingStatus.SERVICE_UNKNOWN);
            }

            assertThat(watch(service, "", "").ended()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(watch(service, "wrong", "").ended()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(watch(service, "one", "").answered()).isNotEqualTo(ServingStatus.SERVICE_UNKNOWN);

            open.get(0).leave();
            await().atMost(Duration.ofSeconds(LIMIT_S)).until(() -> isAnswered(watch(service, "", "")));
            assertThat(open.subList(1, open.size())).noneMatch(watch -> watch.end.isDone());

            // Another limit is in force at once.
            service.change("control.healthWatchesPerAddress=" + 2 * MOST_OF_ADDRESS);
            for (int i = MOST_OF_ADDRESS; i < 2 * MOST_OF_ADDRESS; i++) {
                assertThat(watch(service, "", "").answered()).isNotEqualTo(ServingStatus.SERVICE_UNKNOWN);
            }
            assertThat(watch(service, "", "").ended()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    private static boolean isAnswered(Watch watch) throws Exception {
        CompletableFuture.anyOf(watch.first, watch.end)
                .exceptionally(failure -> null)
                .get(LIMIT_S, TimeUnit.SECONDS);
        return !watch.first.isCompletedExceptionally();
    }

    @Test
    void ofWhatIsNotThereThatIsToldAndTheWatchGoesOn() throws Exception {
        try (ServiceUnderTest service = service()) {
            List<Watch> open = new ArrayList<>();
            for (int i = 0; i < MOST_OF_ADDRESS; i++) {
                open.add(watch(service, "", "nothing-" + i));
                assertThat(open.get(i).answered()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
            }
            assertThat(watch(service, "", "nothing").ended()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(open).noneMatch(watch -> watch.end.isDone());

            open.forEach(Watch::leave);
            await().atMost(Duration.ofSeconds(LIMIT_S)).until(() -> isAnswered(watch(service, "", "")));
        }
    }
}
