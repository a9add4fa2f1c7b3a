// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Reads the objects of segments. May be asked by several threads. */
@FunctionalInterface
interface SegmentReader {
    /** No segment that we ask for is longer. */
    int MOST_BYTES = 256 << 20;

    /** The object's bytes; throws if it is not there. */
    byte[] read(String liveId, long sequence, String key) throws IOException, InterruptedException;

    /** From a folder in which the objects stand as files: costs the service nothing. */
    static SegmentReader folder(Path bucket) {
        return (liveId, sequence, key) -> {
            Path file = bucket.resolve(key).normalize();
            if (!file.startsWith(bucket)) {
                throw new IOException(key + " is not in the bucket");
            }
            return whole(Files.newInputStream(file), key);
        };
    }

    /** From the store, at addresses that the API gives. */
    static SegmentReader addresses(ControlPlane control) {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return (liveId, sequence, key) -> {
            URI url = control.url(liveId, sequence);
            HttpRequest request =
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(60)).build();
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                answer.body().close();
                throw new IOException(key + ": the store answers " + answer.statusCode());
            }
            return whole(answer.body(), key);
        };
    }

    private static byte[] whole(InputStream in, String key) throws IOException {
        try (in) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException(key + " is longer than " + (MOST_BYTES >> 20) + " MiB");
            }
            return bytes;
        }
    }
}
