// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Credentials that are wrong at the start, and right after a change of the configuration, without a restart. */
@Execution(ExecutionMode.CONCURRENT)
class StoreCredentialsIT {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private void configure(int storePort, String secretKey) throws Exception {
        Path aside = Files.writeString(directory.resolve("new.yaml"), """
                store:
                  endpoint: http://127.0.0.1:%d
                  accessKey: access
                  secretKey: %s
                  bucket: guarded
                """.formatted(storePort, secretKey));
        Files.move(aside, directory.resolve("medicloud.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void everySpooledSegmentArrivesWhenTheCredentialsAreMended() throws Exception {
        Path objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve("guarded"));
        int storePort = Ports.freeTcp();
        S3Proxy store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "right-secret")
                .endpoint(URI.create("http://127.0.0.1:" + storePort))
                .build();
        store.start();
        configure(storePort, "wrong-secret");
        byte[] media = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                .generate(Duration.ofSeconds(4));
        try (ServiceProcess service =
                        ServiceProcess.launch(directory, Map.of(), Ports.freeUdp(2), 2, "segment.duration=1s");
                SrtStack stack = SrtStacks.select("auto").stack()) {
            int port = service.client()
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("spooled")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            try (Publisher publisher = new Publisher(stack, port, PASSPHRASE, media, media.length / 2)) {
                Awaitility.await("all is sent").atMost(LIMIT).until(() -> publisher.sent() == media.length);
            }
            Awaitility.await("the state says what is wrong")
                    .atMost(LIMIT)
                    .until(() -> service.get("/readyz").body().contains("SignatureDoesNotMatch"));
            Bucket bucket = new Bucket(objects.resolve("guarded/spooled"));
            assertThat(bucket.segments()).isEmpty();

            configure(storePort, "");
            Awaitility.await("a faulty change is told")
                    .atMost(LIMIT)
                    .until(() -> service.log().contains("the one before stays in force"));
            configure(storePort, "right-secret");

            Awaitility.await("every segment")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(bucket.joinedBytes(media)).isEqualTo(media.length));
            Awaitility.await("ready")
                    .atMost(LIMIT)
                    .until(() -> service.get("/readyz").statusCode() == 200);
            Story story = new Story();
            story.read(service, Duration.ofSeconds(2));
            // The store and the media are the same each time: there is no seed.
            System.out.println("credentials: sent " + media.length + " bytes; " + story.ledger("spooled"));
            assertThat(service.log()).doesNotContain("wrong-secret").doesNotContain("right-secret");
        } finally {
            store.stop();
        }
    }
}
