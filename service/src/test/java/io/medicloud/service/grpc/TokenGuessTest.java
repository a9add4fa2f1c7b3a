// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody guesses tokens where nothing else counts what is asked. */
final class TokenGuessTest {
    private static final int BURST = 10;

    @TempDir
    private Path directory;

    @Test
    void whoGuessesTooOftenIsToldToWait() throws Exception {
        Path access = Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}\n");
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory, 1, "security.accessFile=" + access, "control.callsPerSecond=1", "control.burst=" + BURST)) {
            for (int i = 0; i < 3 * BURST; i++) {
                assertThat(page(service, "one").statusCode())
                        .as("who is right does not wait")
                        .isEqualTo(200);
            }
            HttpResponse<String> refused = page(service, "wrong");
            for (int i = 0; i < 10 * BURST && refused.statusCode() == 401; i++) {
                refused = page(service, "wrong-" + i);
            }

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(page(service, "one").statusCode())
                    .as("whose neighbour is wrong does not wait")
                    .isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> page(service, "wrong").statusCode() == 401);
        }
    }

    @Test
    void whileItWaitsNoTokenIsTestedThatWasNotRightFromThereBefore() throws Exception {
        StringBuilder tokens = new StringBuilder("tokens:\n");
        for (int i = 0; i < 100; i++) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(("right-" + i).getBytes(StandardCharsets.UTF_8));
            tokens.append("  - {name: n")
                    .append(i)
                    .append(", role: viewer, sha256: \"")
                    .append(HexFormat.of().formatHex(hash))
                    .append("\"}\n");
        }
        Path access = Files.writeString(directory.resolve("access.yaml"), tokens);
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory, 1, "security.accessFile=" + access, "control.callsPerSecond=1", "control.burst=" + BURST)) {
            assertThat(page(service, "right-0").statusCode()).isEqualTo(200);
            // Another right one each time: what was right once is no guess any more.
            AtomicInteger guesses = new AtomicInteger();
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        int i = 0;
                        while (page(service, "wrong").statusCode() == 401) {
                            assertThat(i++).isLessThan(10 * BURST);
                        }
                        return page(service, "right-" + guesses.incrementAndGet())
                                        .statusCode()
                                == 429;
                    });
            assertThat(page(service, "right-0").statusCode()).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> page(service, "right-" + guesses.get()).statusCode() == 200);
        }
    }

    private static HttpResponse<String> page(ServiceUnderTest service, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/metrics"))
                .header("authorization", "Bearer " + token)
                .build();
        return Http1.client().send(request, BodyHandlers.ofString());
    }
}
