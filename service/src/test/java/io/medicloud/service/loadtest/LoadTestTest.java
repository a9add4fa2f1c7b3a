// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.grpc.ServiceUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Short load tests against a service that runs, with a store of ours: what is right in it is told as right, and what is not is not. */
@Tag("heavy")
final class LoadTestTest {
    private static final int STREAMS = 2;
    private static final String BUCKET = "load";

    @TempDir
    private Path directory;

    private Path objects;
    private S3Proxy store;
    private ServiceUnderTest service;
    private volatile String damaged = "none";

    @BeforeEach
    void start() throws Exception {
        objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve(BUCKET));
        store = S3Proxy.builder()
                .blobStore(new Damaging())
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret-key")
                .endpoint(URI.create("http://127.0.0.1:0"))
                .build();
        store.start();
        service = new ServiceUnderTest(
                Files.createDirectories(directory.resolve("service")),
                8,
                "store.endpoint=http://127.0.0.1:" + store.getPort(),
                "store.accessKey=access",
                "store.secretKey=secret-key",
                "store.bucket=" + BUCKET);
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        store.stop();
    }

    @Test
    void streamsThatComeAndGoAndCallAgainAreWhole() throws Exception {
        LoadSettings.Shape shape =
                new LoadSettings.Shape(Duration.ZERO, 1, Duration.ofSeconds(6), Duration.ofSeconds(2));

        LoadReport report = run(settings(Duration.ofSeconds(7), shape, LoadSettings.Network.NONE));

        assertThat(report.isComplete()).as("%s", report.faults()).isTrue();
        LoadReport.Media media = report.media();
        assertThat(media.started()).isGreaterThanOrEqualTo(STREAMS);
        assertThat(media.storedBytes()).isEqualTo(media.sentBytes()).isPositive();
        assertThat(media.verifiedSegments()).isGreaterThanOrEqualTo(6);
        // Nothing is in the bucket before SRT has delivered it.
        assertThat(report.latency().p50()).isGreaterThan(500);
        assertThat(report.latency().count()).isEqualTo(media.verifiedSegments());
        assertThat(report.control().count()).isGreaterThanOrEqualTo(media.verifiedSegments());
        assertThat(report.samples()).isNotEmpty();
    }

    @Test
    void aSegmentThatIsDamagedInTheBucketIsFoundAndWhatTheNetworkLosesIsMadeGood() throws Exception {
        damaged = "-1/segment_0002.ts";
        LoadSettings.Network network = new LoadSettings.Network(0.01, 0.01, Duration.ofMillis(5), Duration.ofMillis(2));

        LoadReport report = run(settings(
                Duration.ofSeconds(5),
                new LoadSettings.Shape(Duration.ZERO, 1, Duration.ZERO, Duration.ZERO),
                network));

        assertThat(report.media().wrongSegments()).isEqualTo(1);
        assertThat(report.media().verifiedSegments()).isGreaterThanOrEqualTo(4);
        assertThat(report.media().lostBytes()).as("%s", report.drops()).isEqualTo(188);
        assertThat(report.isRight()).isFalse();
        assertThat(report.drops().get("senderRetransmittedPackets")).isPositive();
        assertThat(report.faults()).singleElement().asString().contains("-1, segment 2: packet ");
    }

    private LoadReport run(LoadSettings settings) throws IOException {
        return new LoadTest(settings, directory, sample -> {}).run();
    }

    private LoadSettings settings(Duration length, LoadSettings.Shape shape, LoadSettings.Network network) {
        int port = service.service().grpcPort();
        return new LoadSettings(
                STREAMS,
                length,
                1_000_000,
                null,
                shape,
                1,
                // A machine that has much else to do must not make SRT give up packets as too late.
                new LoadSettings.Srt("auto", Duration.ofMillis(500), true),
                network,
                Duration.ofSeconds(1),
                new LoadSettings.Target(URI.create("http://127.0.0.1:" + port), null, 0, List.of()));
    }

    /** Flips a bit of one object as soon as it is stored, and before anybody is told. */
    private final class Damaging extends ForwardingBlobStore {
        Damaging() {
            super(new FilesystemNio2BlobStore(objects.toString()));
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            PutObjectResponse stored = super.putBlob(request, body);
            if (request.key().endsWith(damaged)) {
                flip(objects.resolve(BUCKET).resolve(request.key()));
            }
            return stored;
        }

        private void flip(Path object) {
            try {
                byte[] bytes = Files.readAllBytes(object);
                bytes[bytes.length / 2] ^= 1;
                Files.write(object, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
