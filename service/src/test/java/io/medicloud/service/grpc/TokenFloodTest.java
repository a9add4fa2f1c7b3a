// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.security.TestIssuer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens without end, each of which would have to be checked. */
final class TokenFloodTest {
    private static final int BURST = 10;

    @TempDir
    private Path directory;

    private TestIssuer issuer;
    private ECKey key;
    private ServiceUnderTest service;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        key = TestIssuer.curve("now");
        issuer.publish(key);
        service = new ServiceUnderTest(
                directory,
                1,
                "jwt.keys=" + issuer.address(),
                "jwt.issuer=" + TestIssuer.NAME,
                "jwt.audience=" + TestIssuer.AUDIENCE,
                "control.callsPerSecond=1",
                "control.burst=" + BURST);
    }

    @AfterEach
    void stop() {
        service.close();
        issuer.close();
    }

    private String token(String name, ECKey by) throws Exception {
        return TestIssuer.token(
                by,
                TestIssuer.claims(name, "viewer", Instant.now().plusSeconds(600))
                        .build());
    }

    private Status.Code call(String token) {
        LivestreamBlockingStub client = GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(LivestreamBlockingStub.class);
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()));
        return refusal == null ? Status.Code.OK : refusal.getStatus().getCode();
    }

    private HttpResponse<String> page(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/api/openapi.json"))
                .header("authorization", "Bearer " + token)
                .build();
        return Http1.client().send(request, BodyHandlers.ofString());
    }

    @Test
    void pastTheRateOfTheirAddressNoneIsLookedAtForAWhileNotEvenAGoodOne() throws Exception {
        ECKey forger = TestIssuer.curve("now");
        String good = token("good", key);
        String forged = token("good", forger);
        assertThat(call(good)).isEqualTo(Status.Code.OK);
        Status.Code last = call(forged);
        for (int i = 0; i < 10 * BURST && last == Status.Code.UNAUTHENTICATED; i++) {
            last = call(forged);
        }
        assertThat(last).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

        // Pages are counted by nothing else.
        HttpResponse<String> refused = page(forged);
        for (int i = 0; i < 10 * BURST && refused.statusCode() == 401; i++) {
            refused = page(forged);
        }
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        // Of somebody new, whose own rate is unused.
        AtomicInteger names = new AtomicInteger();
        await().until(() -> page(forged).statusCode() == 429
                && call(token("new-" + names.incrementAndGet(), key)) == Status.Code.RESOURCE_EXHAUSTED);
        await().atMost(Duration.ofSeconds(30)).until(() -> call(good) == Status.Code.OK);
    }

    @Test
    void clientsThatShareAnAddressAndProveWhoTheyAreDoNotWaitForEachOther() throws Exception {
        for (int i = 0; i < 3 * BURST; i++) {
            assertThat(call(token("client-" + i, key))).isEqualTo(Status.Code.OK);
        }
    }
}
