// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.store.S3Config;
import io.medicloud.pipeline.store.SegmentObject;
import io.medicloud.pipeline.store.SegmentStore.Put;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoreHealth;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedS3Test {
    @TempDir
    private Path directory;

    @Test
    void anObjectThatWasPutStandsAsAFileInTheBucketsFolder() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
                MinioStore store = new MinioStore(server.config())) {
            assertThat(store.check()).isEqualTo(StoreHealth.OK);

            assertThat(store.put(segment("live/segment_0001.ts", "bytes"))).isEqualTo(Put.STORED);

            assertThat(server.bucketFolder().resolve("live/segment_0001.ts")).hasContent("bytes");
            try (InputStream read = store.read("live/segment_0001.ts")) {
                assertThat(read.readAllBytes()).asString(UTF_8).isEqualTo("bytes");
            }
        }
    }

    @Test
    void anObjectThatWasDamagedOnDiskIsReadAsItStandsThere() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
                MinioStore store = new MinioStore(server.config())) {
            store.put(segment("live/segment_0001.ts", "whole"));

            Files.writeString(server.bucketFolder().resolve("live/segment_0001.ts"), "hole");

            try (InputStream read = store.read("live/segment_0001.ts")) {
                assertThat(read.readAllBytes()).asString(UTF_8).isEqualTo("hole");
            }
        }
    }

    @Test
    void whoDoesNotKnowTheSecretIsRefused() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "videos", 0)) {
            S3Config right = server.config();
            try (MinioStore store = new MinioStore(
                    S3Config.of(right.endpoint().toString(), right.accessKey(), "wrong-secret", "videos"))) {
                assertThatThrownBy(() -> store.put(segment("live/segment_0001.ts", "bytes")))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                failure -> assertThat(failure.kind()).isEqualTo(StoreException.Kind.REFUSED));
            }
        }
    }

    @Test
    void whatAnEarlierRunStoredIsThereInTheNext() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
                MinioStore store = new MinioStore(server.config())) {
            store.put(segment("live/segment_0001.ts", "bytes"));
        }
        try (EmbeddedS3 server = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
                MinioStore store = new MinioStore(server.config());
                InputStream read = store.read("live/segment_0001.ts")) {
            assertThat(read.readAllBytes()).asString(UTF_8).isEqualTo("bytes");
        }
    }

    @Test
    void aPortThatIsTakenIsToldInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> EmbeddedS3.start(directory, "videos", taken.getLocalPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("store.embeddedPort: ")
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()));
        }
    }

    private SegmentObject segment(String key, String text) throws IOException {
        Path file = Files.writeString(directory.resolve("segment"), text);
        return new SegmentObject(key, file, text.length(), SegmentObject.MP2T, Map.of());
    }
}
