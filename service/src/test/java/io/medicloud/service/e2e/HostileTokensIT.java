// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import io.medicloud.service.RawClient;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.security.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of an issuer that were overheard, and are sent again: after their end, after their key was withdrawn, from elsewhere; the streams beside lose nothing. */
@Tag("heavy")
class HostileTokensIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String OWNERS = "token-of-the-backend";
    private static final int QUIET_MS = 20_000;
    private static final int FLOOD = 2000;

    @TempDir
    private static Path directory;

    private static TestIssuer issuer;
    private static ECKey key;
    private static ServiceProcess service;
    private static Bystanders beside;

    @BeforeAll
    static void start() throws Exception {
        issuer = new TestIssuer();
        key = TestIssuer.curve("first");
        issuer.publish(key);
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: backend, role: operator, sha256: "
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256")
                                        .digest(OWNERS.getBytes(StandardCharsets.UTF_8)))
                        + "}\n");
        service = ServiceProcess.launch(
                directory,
                Map.of(),
                Ports.freeUdp(4),
                4,
                "segment.duration=1s",
                "srt.latency=3s",
                "security.accessFile=access.yaml",
                "jwt.keys=" + issuer.address(),
                "jwt.issuer=" + TestIssuer.NAME,
                "jwt.audience=" + TestIssuer.AUDIENCE,
                "jwt.clockSkew=0s",
                "control.callsPerSecond=20",
                "control.burst=100");
        beside = new Bystanders(
                service,
                GrpcClients.builder("gproto+http://127.0.0.1:" + service.grpcPort() + "/")
                        .addHeader("authorization", "Bearer " + OWNERS)
                        .build(LivestreamBlockingStub.class));
    }

    @AfterAll
    static void theStreamsBesideHaveLostNothing() throws Exception {
        try (ServiceProcess running = service;
                Bystanders streams = beside;
                TestIssuer keys = issuer) {
            streams.assertWhole();
            assertThat(running.log()).doesNotContain(OWNERS);
            assertThat(keys.fetches())
                    .as("a flood of tokens is none of fetches")
                    .isLessThan(100);
        }
    }

    private static String token(ECKey by, String name, Instant end) throws Exception {
        return TestIssuer.token(
                by,
                TestIssuer.claims(name, "viewer", Instant.now())
                        .expirationTime(Date.from(end))
                        .build());
    }

    /** What a list of streams is answered with. */
    private static int call(String from, String token) throws Exception {
        try (RawClient client = new RawClient(from, service.httpPort())) {
            String answer = client.send("GET /api/v1/streams HTTP/1.1\r\nHost: 127.0.0.1:" + service.httpPort()
                            + "\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n\r\n")
                    .answer(QUIET_MS);
            return Integer.parseInt(answer.substring(9, 12));
        }
    }

    /** Calls until the answer is that; every one before is the other. */
    private static void flood(String from, String token, int before, int until) throws Exception {
        int answer = before;
        for (int i = 0; i < FLOOD && answer == before; i++) {
            answer = call(from, token);
        }
        assertThat(answer).isEqualTo(until);
    }

    @Test
    void pastItsEndATokenIsNobodysHoweverOftenItIsSent() throws Exception {
        String token = token(key, "replayed", Instant.now().plusSeconds(15));
        assertThat(call("127.0.0.3", token)).isEqualTo(200);

        await().atMost(LIMIT).until(() -> call("127.0.0.3", token) == 401);
        flood("127.0.0.3", token, 401, 429);

        String good = token(key, "neighbour", Instant.now().plusSeconds(120));
        assertThat(call("127.0.0.4", good)).as("from elsewhere").isEqualTo(200);
    }

    @Test
    void aTokenIsItsBearersFromEveryAddress() throws Exception {
        String token = token(key, "shared", Instant.now().plusSeconds(120));
        assertThat(call("127.0.0.5", token)).isEqualTo(200);
        assertThat(call("127.0.0.6", token)).isEqualTo(200);
    }

    @Test
    void whenItsKeyIsWithdrawnATokenIsNobodys() throws Exception {
        String token = token(key, "of-the-first-key", Instant.now().plusSeconds(120));
        assertThat(call("127.0.0.7", token)).isEqualTo(200);

        ECKey next = TestIssuer.curve("second");
        issuer.publish(next);
        String renewed = token(next, "of-the-second-key", Instant.now().plusSeconds(120));
        await().atMost(LIMIT).until(() -> call("127.0.0.8", renewed) == 200);
        assertThat(call("127.0.0.7", token)).isEqualTo(401);
        flood("127.0.0.7", token, 401, 429);
        assertThat(call("127.0.0.8", renewed)).isEqualTo(200);

        issuer.publish(key, next);
        String again = token(TestIssuer.curve("third"), "unknown", Instant.now().plusSeconds(120));
        await().atMost(LIMIT).until(() -> call("127.0.0.9", again) == 401 && call("127.0.0.10", token) == 200);
    }
}
