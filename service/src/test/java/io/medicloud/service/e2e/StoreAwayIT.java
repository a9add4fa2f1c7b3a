// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A store that is not there when the service starts. */
@Tag("heavy")
@Execution(ExecutionMode.CONCURRENT)
class StoreAwayIT {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void theServiceStartsNotReadyAndLosesNothing() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "node", "npm");
        int storePort = Ports.freeTcp();
        Map<String, String> minio = Map.of(
                "MINIO_ENDPOINT", "http://127.0.0.1:" + storePort,
                "MINIO_ACCESS_KEY", "access",
                "MINIO_SECRET_KEY", "secret-key",
                "MINIO_BUCKET", "away");
        byte[] media = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                .generate(Duration.ofSeconds(3));
        Path file = Files.write(directory.resolve("media.ts"), media);
        try (ServiceProcess service =
                        ServiceProcess.launch(directory, minio, Ports.freeUdp(2), 2, "segment.duration=1s");
                NodeClient client = service.connect()) {
            // At first it says that it is starting.
            Awaitility.await("the reason")
                    .atMost(LIMIT)
                    .until(() -> service.get("/readyz").body().contains("127.0.0.1:" + storePort));
            HttpResponse<String> ready = service.get("/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("127.0.0.1:" + storePort);
            JsonNode health = client.begin("HealthCheck").answer();
            assertThat(health.get("status").asText()).isEqualTo("NOT_SERVING");
            assertThat(health.get("message").asText()).contains("store");

            int port = client.start("patient", PASSPHRASE).answer().get("port").asInt();
            try (Encoder encoder = Encoder.copy(port, PASSPHRASE, file)) {
                encoder.awaitGoodEnd(LIMIT);
            }
            Path objects = Files.createDirectories(directory.resolve("store"));
            Files.createDirectories(objects.resolve("away"));
            S3Proxy store = S3Proxy.builder()
                    .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret-key")
                    .endpoint(URI.create("http://127.0.0.1:" + storePort))
                    .build();
            store.start();
            try {
                Bucket bucket = new Bucket(objects.resolve("away/patient"));
                Awaitility.await("segments")
                        .atMost(LIMIT)
                        .untilAsserted(() -> assertThat(bucket.segments()).hasSize(3));
                bucket.assertEachBeginsWithAKeyframe();
                Awaitility.await("readiness")
                        .atMost(LIMIT)
                        .until(() -> service.get("/readyz").statusCode() == 200);
                assertThat(client.begin("HealthCheck").answer().get("status").asText())
                        .isEqualTo("SERVING");
                assertThat(client.stop("patient")).isTrue();
            } finally {
                store.stop();
            }
        }
    }
}
