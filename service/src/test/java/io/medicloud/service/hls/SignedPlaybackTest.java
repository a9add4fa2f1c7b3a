// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.GetPlaybackUrlRequest;
import io.medicloud.service.proto.GetPlaybackUrlResponse;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.PeerProgram;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is played over HTTP where addresses are signed: with a signature all of its stream, without one nothing. */
final class SignedPlaybackTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = Http1.client();
    private static final Pattern ADDRESS = Pattern.compile("(?m)URI=\"([^\"]+)\"|^([^#\\s].*)$");

    @TempDir
    private static Path directory;

    private static SrtStack encoders;
    private static ServiceUnderTest service;
    private static LivestreamBlockingStub client;

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        service = new ServiceUnderTest(
                directory,
                4,
                "stream.reconnectWindow=10m",
                "playback.secret=canary-of-playback",
                "playback.expires=2h");
        client = service.client(LivestreamBlockingStub.class);
        publish("open");
        publish("over");
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("over").build());
    }

    /** Six seconds, which a player waits for from before they begin. */
    private static void publish(String liveId) throws Exception {
        int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setAllowUnencrypted(true)
                        .build())
                .getPort();
        CompletableFuture<HttpResponse<String>> player =
                HTTP.sendAsync(request(signed(liveId, "live.m3u8")), BodyHandlers.ofString());
        try (TestEncoder encoder = new TestEncoder(encoders, port, "").connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(6)));
        }
        assertThat(player.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> get(signed(liveId, "event.m3u8")).body().contains("segment_0006.ts"));
    }

    @AfterAll
    static void end() {
        if (service != null) {
            service.close();
            encoders.close();
        }
    }

    private static GetPlaybackUrlResponse grant(String liveId, int seconds) {
        return client.getPlaybackUrl(GetPlaybackUrlRequest.newBuilder()
                .setLiveId(liveId)
                .setExpiresSeconds(seconds)
                .build());
    }

    private static String signed(String liveId, String file) {
        return "/hls/" + liveId + "/" + file + "?" + grant(liveId, 0).getQuery();
    }

    private static HttpRequest request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).build();
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + service.service().httpPort() + path;
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path), BodyHandlers.ofString());
    }

    /** The addresses in a playlist, or a list of cues, as paths. */
    private static List<String> addresses(String from, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher each = ADDRESS.matcher(text); each.find(); ) {
            found.add(URI.create(from)
                    .resolve(each.group(1) == null ? each.group(2) : each.group(1))
                    .toString());
        }
        return found;
    }

    @Test
    void withoutASignatureNothingOfAStreamIsGivenAway() throws Exception {
        for (String path : List.of(
                "/hls/open/index.m3u8",
                "/hls/open/live.m3u8",
                "/hls/open/live.m3u8?_HLS_msn=1",
                "/hls/open/segment_0001.ts",
                "/hls/open/segment_0007.0.ts",
                "/hls/over/vod.m3u8",
                "/hls/over/download.ts",
                "/hls/nobody/index.m3u8",
                "/thumb/open/latest.jpg",
                "/thumb/over/sprite.vtt",
                "/hls/open/index.m3u8?expires=99999999999")) {
            HttpResponse<String> refused = get(path);
            assertThat(refused.statusCode()).as(path).isEqualTo(403);
            assertThat(refused.body()).as(path).contains("needs a signature");
            assertThat(refused.headers().firstValue("access-control-allow-origin"))
                    .contains("*");
        }
    }

    @Test
    void aSignatureIsOfOneStreamAndOneTime() throws Exception {
        String query = grant("open", 0).getQuery();
        String later = query.replaceFirst("expires=1", "expires=2");
        String other = query.substring(0, query.length() - 1) + (query.endsWith("0") ? "1" : "0");

        assertThat(get("/hls/open/vod.m3u8?" + query).statusCode()).isEqualTo(200);
        for (String path :
                List.of("/hls/over/vod.m3u8?" + query, "/hls/open/vod.m3u8?" + later, "/hls/open/vod.m3u8?" + other)) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(403);
            assertThat(get(path).body()).as(path).contains("is not that of this address");
        }
    }

    @Test
    void anAddressIsGoodForAsLongAsItWasAskedFor() throws Exception {
        GetPlaybackUrlResponse usual = grant("open", 0);
        assertThat(usual.getExpiresAtMs() - System.currentTimeMillis())
                .isBetween(
                        Duration.ofMinutes(115).toMillis(),
                        Duration.ofMinutes(120).toMillis());
        String path = grant("open", 1).getPlaylist();

        await().atMost(PATIENCE).until(() -> get(path).statusCode() == 403);
        assertThat(get(path).body()).contains("was good until a while ago");
        assertThat(get(usual.getPlaylist()).statusCode()).isEqualTo(200);
    }

    @Test
    void everyAddressInWhatIsServedIsSignedAsTheOneItWasAskedBy() throws Exception {
        for (String file : List.of("index.m3u8", "live.m3u8", "event.m3u8", "vod.m3u8")) {
            for (String liveId : List.of("open", "over")) {
                String path = signed(liveId, file);
                List<String> within = addresses(path, get(path).body());
                assertThat(within).as(path).isNotEmpty().allMatch(address -> address.contains("&signature="));
                for (String address : within) {
                    // What is hinted at is answered when it has come.
                    if (!address.equals(within.get(within.size() - 1)) || !file.equals("live.m3u8")) {
                        assertThat(get(address).statusCode()).as(address).isEqualTo(200);
                    }
                }
            }
        }
        String live = get(signed("open", "live.m3u8")).body();
        assertThat(live).contains("#EXT-X-PART:", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"segment_0007.0.ts?expires=");
        assertThat(get(signed("open", "live.m3u8") + "&_HLS_msn=6&_HLS_skip=YES")
                        .body())
                .contains("segment_0006.ts?expires=");
    }

    @Test
    void aReplayIsSignedWithItsTimes() throws Exception {
        String path = signed("over", "index.m3u8") + "&from=1000";
        List<String> within = addresses(path, get(path).body());

        assertThat(within)
                .singleElement()
                .asString()
                .startsWith("/hls/over/vod.m3u8?from=1000&expires=")
                .contains("&signature=");
        assertThat(get(within.get(0)).body()).contains("segment_0001.ts?expires=");
    }

    @Test
    void picturesAreSignedWithTheirStream() throws Exception {
        String query = "?" + grant("over", 0).getQuery();
        await().atMost(PATIENCE)
                .until(() -> get("/thumb/over/sprite.vtt" + query).statusCode() == 200);
        String cues = get("/thumb/over/sprite.vtt" + query).body();

        assertThat(cues).contains("sprite_1.jpg" + query + "#xywh=");
        assertThat(get("/thumb/over/sprite_1.jpg" + query).statusCode()).isEqualTo(200);
        assertThat(get(grant("over", 0).getThumbnail()).statusCode()).isEqualTo(200);
    }

    @Test
    void cachesThatManyShareDoNotKeepWhatIsSigned() throws Exception {
        HttpResponse<String> segment = get(signed("over", "segment_0001.ts"));
        assertThat(segment.headers().firstValue("cache-control")).hasValue("private, max-age=31536000, immutable");
    }

    @Test
    void ffmpegPlaysASignedStreamWithoutAWarning() throws Exception {
        PeerProgram.Result played = PeerProgram.run(
                PATIENCE,
                "ffmpeg",
                "-nostdin",
                "-v",
                "warning",
                "-i",
                url(grant("over", 0).getPlaylist()),
                "-f",
                "null",
                "-");
        assertThat(played.err()).isEmpty();
        assertThat(played.exitStatus()).isZero();
    }
}
