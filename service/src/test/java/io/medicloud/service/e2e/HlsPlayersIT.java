// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.GetStreamStatsRequest;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.Segment;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.testdata.PeerProgram;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * ffmpeg and GStreamer play a stream whose encoder was killed and started again, whose program changed, and whose service was started again: while that happens, afterwards, and
 * when it is over; from the service, and from the bucket as a web server has it.
 */
@Tag("heavy")
@Execution(ExecutionMode.CONCURRENT)
class HlsPlayersIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Pattern SERVED = Pattern.compile("port (\\d+)");
    /** Pictures that a break cut off, or that a decoder keeps for itself there. */
    private static final int BREAKS = 4;

    private static final int CUT_OFF = 3 * BREAKS;
    private static final int PICTURES_PER_S = 25;
    /**
     * What a player that waits for more may not have shown: a segment of two seconds. It stands still in the middle of reading, with pictures in its demuxer and its decoder
     * that only what comes next pushes out; one more missing would be a segment that it did not open.
     */
    private static final int HELD = CUT_OFF + 2 * PICTURES_PER_S;

    @TempDir
    private Path directory;

    private int port;
    private final int ports = Ports.freeUdp(4);

    @Test
    void playersGoOnOverEveryBreak() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "gst-launch-1.0", "python3");
        Bucket bucket;
        try (ServiceProcess service = serve()) {
            bucket = service.bucket("live");
            port = service.client()
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase(PASSPHRASE)
                            .build())
                    .getPort();
            breaksWhilePlayersWatch(service, bucket);
            assertThat(service.interrupt().exitStatus()).isZero();
        }
        try (ServiceProcess service = serve();
                PeerProgram web = serve(bucket.folder());
                Encoder encoder = Encoder.publish(port, PASSPHRASE, directory.resolve("third.ts"), Encoder.X264, 4)) {
            encoder.awaitGoodEnd(LIMIT);
            String hls = service.url("/hls/live/");
            String stored = url(web);
            Awaitility.await("all is stored").atMost(LIMIT).until(() -> isAllStored(service, bucket));
            SegmentPictures pictures = SegmentPictures.count(bucket);
            assertThat(pictures.listed(hls + "vod.m3u8"))
                    .isEqualTo(pictures.all())
                    .isGreaterThan((4 + 4 + 2 + 6 + 3) * PICTURES_PER_S);
            assertAllFormatsAreNamed(service, bucket);
            playOn(List.of(hls + "index.m3u8", stored + "index.m3u8", hls + "event.m3u8"), pictures);
            playToTheEnd(List.of(hls + "vod.m3u8"), List.of(), pictures);

            LivestreamBlockingStub client = service.client();
            client.stopPullStream(
                    StopPullStreamRequest.newBuilder().setLiveId("live").build());
            Awaitility.await("the bucket says that it is over")
                    .atMost(LIMIT)
                    .until(() -> Files.readString(bucket.folder().resolve("index.m3u8"))
                            .contains("vod.m3u8"));
            List<String> replays =
                    new ArrayList<>(List.of(hls + "index.m3u8", hls + "event.m3u8", stored + "index.m3u8"));
            try (Stream<Path> hours = Files.list(bucket.folder().resolve("playlists"))) {
                // The store keeps what is being written beside it, under a name that goes on.
                hours.map(hour -> hour.getFileName().toString())
                        .filter(name -> name.endsWith(".m3u8"))
                        .forEach(name -> replays.add(stored + "playlists/" + name));
            }
            playToTheEnd(replays, List.of(hls + "index.m3u8", stored + "vod.m3u8"), pictures);
        }
    }

    private ServiceProcess serve() throws Exception {
        return ServiceProcess.start(
                directory,
                ports,
                4,
                "segment.duration=2s",
                "segment.maxDuration=2500ms",
                "stream.reconnectWindow=10m",
                "thumbnails.enabled=false");
    }

    /** An encoder that is killed, one that comes after it, and a program that loses its sound; and players that see it all as it comes. */
    private void breaksWhilePlayersWatch(ServiceProcess service, Bucket bucket) throws Exception {
        byte[] changing = changingProgram();
        String url = service.url("/hls/live/index.m3u8");
        try (SrtStack stack = SrtStacks.select("auto").stack();
                Encoder encoder = Encoder.publish(port, PASSPHRASE, directory.resolve("first.ts"), Encoder.X264, 600)) {
            // GStreamer 1.22 does not find its place again in a playlist that had one segment when it read it first;
            // three are what a player wants to begin (RFC 8216, 6.3.3).
            awaitSegments(bucket, 3);
            try (HlsPlayer ffmpeg = HlsPlayer.ffmpeg(url);
                    HlsPlayer old = HlsPlayer.gstreamer("playbin", url, directory.resolve("first"));
                    HlsPlayer recent = HlsPlayer.gstreamer("playbin3", url, directory.resolve("second"))) {
                for (HlsPlayer player : List.of(ffmpeg, old, recent)) {
                    player.awaitPictures(1);
                }
                encoder.kill();
                // Who comes before is a second encoder, and is turned away.
                Awaitility.await("silence").atMost(LIMIT).until(() -> idleMs(service) > 1200);
                try (Encoder next =
                        Encoder.publish(port, PASSPHRASE, directory.resolve("second.ts"), Encoder.X264, 4)) {
                    next.awaitGoodEnd(LIMIT);
                }
                try (Publisher publisher = new Publisher(stack, port, PASSPHRASE, changing, changing.length / 8)) {
                    Awaitility.await("the other program")
                            .atMost(LIMIT)
                            .until(() -> publisher.sent() == changing.length);
                }
                Awaitility.await("all is stored").atMost(LIMIT).until(() -> isAllStored(service, bucket));
                ffmpeg.awaitPictures(SegmentPictures.count(bucket).all() - HELD);
                // Where they began is theirs to say (RFC 8216, 6.3.3), so what is counted comes after the last break.
                old.awaitBrightPictures(PICTURES_PER_S);
                recent.awaitBrightPictures(PICTURES_PER_S);
                for (HlsPlayer player : List.of(ffmpeg, old, recent)) {
                    player.stop();
                }
            }
        }
    }

    private static void awaitSegments(Bucket bucket, int count) {
        Awaitility.await("segments").atMost(LIMIT).until(() -> bucket.segments().size() >= count);
    }

    private static long idleMs(ServiceProcess service) {
        return service.client()
                .getStreamStats(
                        GetStreamStatsRequest.newBuilder().setLiveId("live").build())
                .getIdleMs();
    }

    /** Two seconds with sound, and six of bright pictures in another size without, as one transport stream. */
    private byte[] changingProgram() throws Exception {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (List<String> what : List.of(
                List.of("320x180:rate=25", "-c:a", "aac", "-t", "2"),
                // A table that says something else has another version (13818-1, 2.4.4.9).
                List.of(
                        "160x90:rate=25,format=yuv420p,lutyuv=y=val/4+170",
                        "-an",
                        "-tables_version",
                        "1",
                        "-output_ts_offset",
                        "2",
                        "-t",
                        "6"))) {
            Path file = directory.resolve("program-" + what.size() + ".ts");
            Stream<String> command = Stream.of(
                            Stream.of("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i"),
                            Stream.of("testsrc2=size=" + what.get(0), "-f", "lavfi", "-i", "sine"),
                            Encoder.X264.stream(),
                            Stream.of("-g", "25", "-pix_fmt", "yuv420p", "-b:v", "400k"),
                            what.stream().skip(1),
                            Stream.of(file.toString()))
                    .flatMap(words -> words);
            assertThat(PeerProgram.run(LIMIT, command.toArray(String[]::new)).exitStatus())
                    .isZero();
            joined.writeBytes(Files.readAllBytes(file));
        }
        return joined.toByteArray();
    }

    /** Of the program before it changed, and after: what the window has of it (4.3.4.2). */
    private static void assertAllFormatsAreNamed(ServiceProcess service, Bucket bucket) throws Exception {
        for (String index : List.of(
                service.get("/hls/live/index.m3u8").body(),
                Files.readString(bucket.folder().resolve("index.m3u8")))) {
            assertThat(index).contains("RESOLUTION=320x180", "mp4a.40.2");
            assertThat(index.split("avc1\\.", -1)).as(index).hasSize(3);
        }
    }

    /** ffmpeg plays what may go on, each up to where it is. */
    private static void playOn(List<String> urls, SegmentPictures pictures) throws Exception {
        List<HlsPlayer> players = new ArrayList<>();
        try {
            for (String url : urls) {
                players.add(HlsPlayer.ffmpeg(url));
            }
            for (int i = 0; i < urls.size(); i++) {
                long all = pictures.listed(urls.get(i));
                assertThat(all).as(urls.get(i)).isGreaterThan(pictures.all() / 2);
                players.get(i).awaitPictures(all - HELD);
            }
            for (HlsPlayer player : players) {
                player.stop();
            }
        } finally {
            players.forEach(HlsPlayer::close);
        }
    }

    /** ffmpeg, and of some GStreamer, play all that is listed. */
    private void playToTheEnd(List<String> urls, List<String> inGstreamer, SegmentPictures pictures) throws Exception {
        List<String> played = new ArrayList<>(urls);
        List<HlsPlayer> players = new ArrayList<>();
        try {
            for (String url : urls) {
                players.add(HlsPlayer.ffmpeg(url));
            }
            for (String url : inGstreamer) {
                for (String playbin : List.of("playbin", "playbin3")) {
                    played.add(url);
                    Path file = directory.resolve("pictures-" + players.size());
                    players.add(HlsPlayer.gstreamer(playbin, url, file));
                }
            }
            for (int i = 0; i < players.size(); i++) {
                players.get(i).awaitEnd();
                long all = pictures.listed(played.get(i));
                assertThat(players.get(i).pictures())
                        .as(i + ": " + played.get(i))
                        .isBetween(all - CUT_OFF, all);
            }
        } finally {
            players.forEach(HlsPlayer::close);
        }
    }

    /** A web server on a folder, as one may stand in front of a bucket. */
    private static PeerProgram serve(Path folder) throws Exception {
        return PeerProgram.start(
                "python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder.toString());
    }

    private static String url(PeerProgram web) {
        Matcher[] served = new Matcher[1];
        Awaitility.await("the web server").atMost(LIMIT).until(() -> {
            served[0] = SERVED.matcher(web.out());
            return served[0].find();
        });
        return "http://127.0.0.1:" + served[0].group(1) + "/";
    }

    /** The encoder is gone, and all that it sent stands in the bucket and its playlist. */
    private static boolean isAllStored(ServiceProcess service, Bucket bucket) throws Exception {
        List<Segment> segments = service.client()
                .listSegments(ListSegmentsRequest.newBuilder().setLiveId("live").build())
                .getSegmentsList();
        return service.info("live").getState().equals("RECONNECTING")
                && segments.stream().allMatch(segment -> segment.getState() == Segment.State.STORED)
                && bucket.segments().size() == segments.size()
                && Files.readString(bucket.folder().resolve("live.m3u8"))
                        .contains(String.format(Locale.ROOT, "segment_%04d.ts", segments.size()));
    }
}
