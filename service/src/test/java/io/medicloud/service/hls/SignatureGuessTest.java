// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.proto.GetPlaybackUrlRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures that are wrong are counted. */
final class SignatureGuessTest {
    private static final int BURST = 10;

    @TempDir
    private Path directory;

    @Test
    void whoGuessesTooOftenIsToldToWaitAndWhoIsRightIsNot() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory,
                1,
                "playback.secret=canary-of-playback",
                "control.callsPerSecond=1",
                "control.burst=" + BURST)) {
            String right = service.client(LivestreamBlockingStub.class)
                    .getPlaybackUrl(
                            GetPlaybackUrlRequest.newBuilder().setLiveId("live").build())
                    .getQuery();
            String wrong = right.replaceFirst("signature=.{4}", "signature=0000");
            for (int i = 0; i < 3 * BURST; i++) {
                assertThat(get(service, right).statusCode()).as("who is right").isEqualTo(404);
                assertThat(get(service, "").statusCode())
                        .as("who guesses nothing")
                        .isEqualTo(403);
            }

            HttpResponse<String> refused = get(service, wrong);
            for (int i = 0; i < 10 * BURST && refused.statusCode() == 403; i++) {
                refused = get(service, wrong);
            }

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).isPresent();
            assertThat(refused.headers().firstValue("access-control-allow-origin"))
                    .as("players on other pages")
                    .hasValue("*");
            assertThat(refused.headers().firstValue("access-control-expose-headers"))
                    .hasValue("retry-after");
            assertThat(get(service, right).statusCode())
                    .as("who shares his address")
                    .isEqualTo(404);
        }
    }

    private static HttpResponse<String> get(ServiceUnderTest service, String query) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().httpPort() + "/hls/live/live.m3u8?" + query);
        return Http1.client().send(HttpRequest.newBuilder(place).build(), BodyHandlers.ofString());
    }
}
