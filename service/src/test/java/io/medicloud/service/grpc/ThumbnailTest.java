// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetThumbnailRequest;
import io.medicloud.service.proto.GetThumbnailResponse;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of a stream, as clients and browsers fetch them. */
final class ThumbnailTest {
    private static final String PASSPHRASE = "canary-passphrase";

    @TempDir
    private Path directory;

    @Test
    void aStreamHasAPictureSoonAndAfterItHasEnded() throws Exception {
        try (SrtStack encoders = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 4, "thumbnails.width=160")) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            assertThat(get(client, "live", 0).getReason()).isEqualTo("no keyframe has come");
            assertThat(fetch(service, "live/latest.jpg", "").statusCode()).isEqualTo(404);

            try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
                encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> !get(client, "live", 0).getJpeg().isEmpty());
            }
            GetThumbnailResponse first = get(client, "live", 1);
            assertThat(first.getWidth()).isEqualTo(160);
            assertThat(first.getHeight()).isEqualTo(90);
            assertThat(first.getReason()).isEmpty();
            assertThat(get(client, "live", 99).getReason()).isEqualTo("segment 99 has no thumbnail");
            assertThatThrownBy(() -> get(client, "other", 0))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));

            HttpResponse<byte[]> page = fetch(service, "live/segment_0001.jpg", "");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).isEqualTo(first.getJpeg().toByteArray());
            assertThat(page.headers().firstValue("content-type")).contains("image/jpeg");
            assertThat(page.headers().firstValue("access-control-allow-origin")).contains("*");
            String tag = page.headers().firstValue("etag").orElseThrow();
            assertThat(fetch(service, "live/segment_0001.jpg", tag).statusCode())
                    .isEqualTo(304);
            assertThat(fetch(service, "other/latest.jpg", "").statusCode()).isEqualTo(404);
            assertThat(fetch(service, "live/segments.jsonl", "").statusCode()).isEqualTo(404);

            client.stopPullStream(
                    StopPullStreamRequest.newBuilder().setLiveId("live").build());
            Path bucket = service.service().bucketFolder();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(bucket.resolve("live/segment_0001.jpg"))
                            && fetch(service, "live/sprite.vtt", "").statusCode() == 200);
            assertThat(new String(fetch(service, "live/sprite.vtt", "").body(), StandardCharsets.UTF_8))
                    .contains("sprite_1.jpg#xywh=");
            assertThat(fetch(service, "live/sprite_1.jpg", "").statusCode()).isEqualTo(200);
        }
    }

    private static GetThumbnailResponse get(LivestreamBlockingStub client, String liveId, long sequence) {
        return client.getThumbnail(GetThumbnailRequest.newBuilder()
                .setLiveId(liveId)
                .setSequence(sequence)
                .build());
    }

    private static HttpResponse<byte[]> fetch(ServiceUnderTest service, String path, String tag) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + service.service().httpPort() + "/thumb/" + path));
        if (!tag.isEmpty()) {
            request.header("If-None-Match", tag);
        }
        return Http1.client().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
