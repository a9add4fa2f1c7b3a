// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import io.medicloud.service.TestCa;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Whom the service calls over TLS: it asks nothing of those whose certificate has ended, is another host's, or of an authority that it does not know. */
@Execution(ExecutionMode.CONCURRENT)
class OutgoingTlsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String TOKEN = "token-of-the-backend";
    private static final List<String> CALLED = List.of("store", "webhook", "issuer", "collector");

    @TempDir
    private Path directory;

    private final Map<String, TlsPeer> peers = new LinkedHashMap<>();

    @Test
    void ofAKnownAuthorityForThatHostAndNotPast() throws Exception {
        TestCa ca = TestCa.in(directory, "authority");
        TestCa foreign = TestCa.in(directory, "foreign");
        assertAskedOnlyIf(true, "good", ca, ca.serverOf("good", "localhost", TestCa.GOOD));
        assertAskedOnlyIf(false, "past", ca, ca.serverOf("past", "localhost", TestCa.ENDED));
        assertAskedOnlyIf(false, "other", ca, ca.serverOf("other", "elsewhere.example", TestCa.GOOD));
        assertAskedOnlyIf(false, "foreign", ca, foreign.serverOf("foreign", "localhost", TestCa.GOOD));
    }

    private void assertAskedOnlyIf(boolean isGood, String name, TestCa trusted, SSLContext identity) throws Exception {
        for (String each : CALLED) {
            peers.put(each, new TlsPeer(identity));
        }
        Path home = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                home.resolve("access.yaml"),
                "tokens:\n  - {name: backend, role: operator, sha256: "
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256")
                                        .digest(TOKEN.getBytes(StandardCharsets.UTF_8)))
                        + "}\n");
        Map<String, String> java = Map.of("MEDICLOUD_JAVA_OPTS", "-Djavax.net.ssl.trustStore=" + trusted.trustStore());
        try (ServiceProcess service = ServiceProcess.launch(
                home, java, Ports.freeUdp(2), 2, settings().toArray(String[]::new))) {
            assertThat(post(service, TOKEN)).isEqualTo(200);
            // The claims do not matter: its key is looked for first.
            String unknown = base64("{\"alg\":\"ES256\",\"kid\":\"k\"}") + "." + base64("{\"sub\":\"x\"}") + ".c2ln";
            await("all are called").atMost(LIMIT).untilAsserted(() -> {
                assertThat(post(service, unknown)).isEqualTo(401);
                assertThat(peers)
                        .allSatisfy((each, peer) -> assertThat(
                                        isGood ? peer.requests().size() : peer.refused())
                                .as(each)
                                .isPositive());
            });
            assertThat(peers).allSatisfy((each, peer) -> {
                if (isGood) {
                    assertThat(peer.refused()).as(each).isZero();
                } else {
                    assertThat(peer.requests()).as(each).isEmpty();
                }
            });
        } finally {
            peers.values().forEach(TlsPeer::close);
            peers.clear();
        }
    }

    private List<String> settings() {
        Map<String, TlsPeer> at = peers;
        return new ArrayList<>(List.of(
                "security.accessFile=access.yaml",
                "store.endpoint=https://localhost:" + at.get("store").port(),
                "store.accessKey=access",
                "store.secretKey=secret-key",
                "store.bucket=videos",
                "webhook.secret=secret-of-the-webhook",
                "webhook.url=https://localhost:" + at.get("webhook").port() + "/hook",
                "jwt.keys=https://localhost:" + at.get("issuer").port() + "/keys",
                "otlp.endpoint=https://localhost:" + at.get("collector").port(),
                "otlp.protocol=http"));
    }

    /** Starts a stream, which is an event and a trace. */
    private static int post(ServiceProcess service, String token) throws Exception {
        return Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(service.url("/api/v1/streams")))
                                .header("authorization", "Bearer " + token)
                                .header("content-type", "application/json")
                                .POST(BodyPublishers.ofString(
                                        "{\"live_id\": \"one\", \"passphrase\": \"0123456789abcdef\"}"))
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
