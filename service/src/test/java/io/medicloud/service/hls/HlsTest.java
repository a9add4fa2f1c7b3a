// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.PeerProgram;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What players get of a running service: of a stream that is open, and of one that is over. */
final class HlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final HttpClient HTTP = Http1.client();

    @TempDir
    private static Path directory;

    private static SrtStack encoders;
    private static ServiceUnderTest service;
    private static LivestreamBlockingStub client;

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        service = new ServiceUnderTest(directory, 4, "stream.reconnectWindow=10m");
        client = service.client(LivestreamBlockingStub.class);
        publish("over");
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("over").build());
        publish("open");
    }

    /** Eight seconds and a break, and four more. */
    private static void publish(String liveId) throws Exception {
        int port = open(liveId);
        send(liveId, port, 8, TestEncoder.stream(Duration.ofSeconds(8)));
        send(liveId, port, 4, TestEncoder.stream(Duration.ofSeconds(4)));
    }

    private static int open(String liveId) {
        return client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setAllowUnencrypted(true)
                        .build())
                .getPort();
    }

    private static void send(String liveId, int port, int seconds, byte[] stream) throws Exception {
        int before = text(liveId, "vod.m3u8").split("#EXTINF", -1).length;
        try (TestEncoder encoder = new TestEncoder(encoders, port, "").connected()) {
            encoder.send(stream);
        }
        await().atMost(PATIENCE).until(() -> text(liveId, "vod.m3u8").split("#EXTINF", -1).length >= before + seconds);
    }

    @AfterAll
    static void end() {
        if (service != null) {
            service.close();
            encoders.close();
        }
    }

    private static String url(String liveId, String file) {
        return "http://127.0.0.1:" + service.service().httpPort() + "/hls/" + liveId + "/" + file;
    }

    private static HttpResponse<byte[]> get(String liveId, String file, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(liveId, file)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String text(String liveId, String file) throws Exception {
        return new String(get(liveId, file).body(), StandardCharsets.UTF_8);
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static PeerProgram.Result ffmpeg(String... input) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "warning", "-live_start_index", "0", "-i"));
        command.addAll(List.of(input));
        command.addAll(List.of("-f", "null", "-"));
        return PeerProgram.run(PATIENCE, command.toArray(String[]::new));
    }

    @Test
    void ffmpegPlaysLiveEventAndReplayWithoutAWarningButOfTheBreak() throws Exception {
        for (String[] input : List.of(
                new String[] {url("open", "index.m3u8"), "-t", "5"},
                new String[] {url("open", "event.m3u8"), "-t", "5"},
                new String[] {url("open", "vod.m3u8")},
                new String[] {url("over", "index.m3u8")},
                new String[] {url("over", "event.m3u8")},
                new String[] {url("over", "vod.m3u8")})) {
            PeerProgram.Result result = ffmpeg(input);
            assertThat(result.err().lines().filter(line -> !isOfTheBreak(line)))
                    .as(input[0])
                    .isEmpty();
            assertThat(result.exitStatus()).as(input[0]).isZero();
        }
    }

    /** The picture that the break cut off, and times that begin anew there: ffmpeg passes over EXT-X-DISCONTINUITY. */
    private static boolean isOfTheBreak(String line) {
        return line.matches(".*([Pp]acket corrupt|corrupt input packet|DTS \\d+ < \\d+ out of order).*");
    }

    @Test
    void aPlayerThatComesBeforeTheFirstSegmentWaitsForIt() throws Exception {
        int port = open("early");
        HttpResponse<byte[]> tooEarly = get("early", "index.m3u8");
        assertThat(tooEarly.statusCode()).isEqualTo(503);
        assertThat(header(tooEarly, "retry-after")).isEqualTo("2");
        assertThat(new String(tooEarly.body(), StandardCharsets.UTF_8)).contains("can be played yet");

        List<CompletableFuture<HttpResponse<String>>> players = Stream.of("index.m3u8", "live.m3u8", "event.m3u8")
                .map(file -> HTTP.sendAsync(
                        HttpRequest.newBuilder(URI.create(url("early", file))).build(), BodyHandlers.ofString()))
                .toList();
        try (TestEncoder encoder = new TestEncoder(encoders, port, "").connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
        }
        for (CompletableFuture<HttpResponse<String>> player : players) {
            HttpResponse<String> answer = player.get(30, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).startsWith("#EXTM3U\n");
        }
    }

    @Test
    void everyPlayableByteIsPlayed() throws Exception {
        PeerProgram.Result counted = PeerProgram.run(
                PATIENCE,
                "ffprobe",
                "-v",
                "error",
                "-count_packets",
                "-select_streams",
                "v",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                url("over", "vod.m3u8"));
        assertThat(counted.out().lines().findFirst()).hasValue("300");
    }

    @Test
    void aBreakIsToldOnceAndOnlyWhatIsOverEnds() throws Exception {
        String open = text("open", "event.m3u8");
        assertThat(open.split("#EXT-X-DISCONTINUITY\n", -1)).hasSize(2);
        assertThat(open).contains("#EXT-X-PLAYLIST-TYPE:EVENT\n").doesNotContain("ENDLIST");
        assertThat(text("open", "live.m3u8")).doesNotContain("ENDLIST").doesNotContain("PLAYLIST-TYPE");
        assertThat(text("over", "live.m3u8")).endsWith("#EXT-X-ENDLIST\n");
        assertThat(text("over", "event.m3u8")).endsWith("#EXT-X-ENDLIST\n");
        assertThat(text("open", "index.m3u8"))
                .contains("CODECS=\"avc1.", ",mp4a.40.2\"", "RESOLUTION=", "FRAME-RATE=25.000", "AVERAGE-BANDWIDTH=")
                .endsWith("\nlive.m3u8\n");
    }

    @Test
    void theFormatsOfAllThatIsListedAreNamed() throws Exception {
        int port = open("changing");
        SyntheticStream still = SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1));
        send("changing", port, 3, TestEncoder.stream(Duration.ofSeconds(3)));
        send("changing", port, 3, new SyntheticEncoder(still.withAudio(false)).generate(Duration.ofSeconds(3)));

        assertThat(text("changing", "index.m3u8")).contains("CODECS=\"avc1.", ",mp4a.40.2\"");
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("changing").build());
        Path index = service.segments("changing").get(0).resolveSibling("index.m3u8");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(index).content().contains(",mp4a.40.2\"").endsWith("vod.m3u8\n"));
    }

    @Test
    void aReplayHasTheSegmentsOfItsTime() throws Exception {
        List<String> starts = text("over", "vod.m3u8")
                .lines()
                .filter(line -> line.startsWith("#EXT-X-PROGRAM-DATE-TIME:"))
                .map(line -> line.substring(line.indexOf(':') + 1))
                .toList();
        String range = "?from=" + starts.get(2) + "&to=" + starts.get(4);

        assertThat(text("over", "vod.m3u8" + range))
                .contains("#EXT-X-MEDIA-SEQUENCE:3\n", "segment_0003.ts", "segment_0004.ts")
                .doesNotContain("segment_0002.ts", "segment_0005.ts");
        assertThat(text("over", "index.m3u8" + range)).contains("\nvod.m3u8?from=");
        assertThat(get("over", "vod.m3u8?from=yesterday").statusCode()).isEqualTo(400);
        assertThat(get("over", "vod.m3u8?from=5&to=4").statusCode()).isEqualTo(400);
        assertThat(get("over", "vod.m3u8?to=1000").statusCode()).isEqualTo(404);
    }

    @Test
    void aSegmentThatHasLeftTheSpoolComesFromTheStoreByteForByteAndInPieces() throws Exception {
        Path file = service.segments("over").get(2);
        byte[] stored = Files.readAllBytes(file);
        assertThat(directory.resolve("cache/spool/over/segment_0003.ts")).doesNotExist();

        HttpResponse<byte[]> whole = get("over", "segment_0003.ts");
        assertThat(whole.body()).isEqualTo(stored);
        assertThat(header(whole, "content-type")).isEqualTo("video/mp2t");
        assertThat(header(whole, "cache-control")).contains("immutable");
        assertThat(header(whole, "access-control-allow-origin")).isEqualTo("*");

        HttpResponse<byte[]> piece = get("over", "segment_0003.ts", "range", "bytes=188-563");
        assertThat(piece.statusCode()).isEqualTo(206);
        assertThat(header(piece, "content-range")).isEqualTo("bytes 188-563/" + stored.length);
        assertThat(piece.body()).isEqualTo(java.util.Arrays.copyOfRange(stored, 188, 564));
        assertThat(get("over", "segment_0003.ts", "range", "bytes=-188").body()).hasSize(188);
        assertThat(get("over", "segment_0003.ts", "range", "bytes=" + stored.length + "-")
                        .statusCode())
                .isEqualTo(416);
        assertThat(get("over", "segment_0003.ts", "if-none-match", header(whole, "etag"))
                        .statusCode())
                .isEqualTo(304);
        assertThat(get("over", "segment_0003.ts", "range", "bytes=0-9", "if-range", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aDownloadIsTheSegmentsOneBehindTheOther() throws Exception {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Path segment : service.segments("over")) {
            joined.writeBytes(Files.readAllBytes(segment));
        }
        HttpResponse<byte[]> download = get("over", "download.ts");

        assertThat(download.body()).isEqualTo(joined.toByteArray());
        assertThat(header(download, "content-disposition")).contains("over.ts");
    }

    @Test
    void aPlaylistIsZippedForWhoAsksAndNotSentTwice() throws Exception {
        HttpResponse<byte[]> plain = get("over", "event.m3u8");
        HttpResponse<byte[]> zipped = get("over", "event.m3u8", "accept-encoding", "gzip");

        assertThat(header(plain, "content-type")).isEqualTo("application/vnd.apple.mpegurl");
        assertThat(header(zipped, "content-encoding")).isEqualTo("gzip");
        assertThat(unzip(zipped.body())).isEqualTo(plain.body());
        assertThat(header(zipped, "vary")).contains("accept-encoding");
        assertThat(get("over", "event.m3u8", "if-none-match", header(plain, "etag"))
                        .statusCode())
                .isEqualTo(304);
    }

    private static byte[] unzip(byte[] bytes) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        }
    }

    @Test
    void whatIsNotThereIsNotFoundAndSaysWhy() throws Exception {
        assertThat(get("nobody", "index.m3u8").statusCode()).isEqualTo(404);
        assertThat(text("nobody", "live.m3u8")).contains("no stream of that id");
        assertThat(get("over", "segment_9999.ts").statusCode()).isEqualTo(404);
        assertThat(get("over", "segment_00003.ts").statusCode()).isEqualTo(404);
        assertThat(get("..%2Fover", "index.m3u8").statusCode()).isIn(400, 404);
        assertThat(get("over", "..%2F..%2Frecord.db").statusCode()).isIn(400, 404);
    }
}
