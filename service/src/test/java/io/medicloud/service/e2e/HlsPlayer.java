// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Players from outside that decode a playlist's pictures, which are counted. */
final class HlsPlayer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern FRAMES = Pattern.compile("(?m)^frame=(\\d+)$");
    private static final int PICTURE_BYTES = 16 * 16;
    private static final int BRIGHT = 128;

    /**
     * What broke off and begins anew: the picture that was cut, and, as ffmpeg passes over EXT-X-DISCONTINUITY, a clock that starts again, which it sets right to the length of a
     * picture or of a frame of sound.
     */
    private static final Pattern OF_A_BREAK = Pattern.compile(".*([Pp]acket corrupt|corrupt input packet"
            + "|DTS \\d+ < \\d+ out of order|invalid, non monotonically increasing dts to muxer).*");

    private static final Pattern OF_THE_INTERRUPT =
            Pattern.compile(".*(Immediate exit requested|Failed to reload playlist \\d+).*");

    private final PeerProgram program;
    /** Where its pictures go; null if it counts them itself. */
    private final @Nullable Path pictures;

    private HlsPlayer(PeerProgram program, @Nullable Path pictures) {
        this.program = program;
        this.pictures = pictures;
    }

    /** ffmpeg, from the first segment that is listed. */
    static HlsPlayer ffmpeg(String url) throws IOException {
        return new HlsPlayer(
                PeerProgram.start(
                        "ffmpeg",
                        "-nostdin",
                        "-nostats",
                        "-v",
                        "warning",
                        "-live_start_index",
                        "0",
                        "-i",
                        url,
                        "-map",
                        "0:v",
                        "-map",
                        "0:a",
                        "-fps_mode",
                        "vfr",
                        // While it waits for more it tells nothing, so what it has told must be new.
                        "-stats_period",
                        "0.02",
                        "-progress",
                        "-",
                        "-f",
                        "null",
                        "-"),
                null);
    }

    /**
     * GStreamer, from where it starts by itself: a live playlist some target durations before its end (RFC 8216, 6.3.3).
     * It shows pictures as they come, without a clock, and so has nothing in hand: gst-launch pauses it until more has
     * come. A sink goes to pause with the next buffer only, and where a program lost its sound none comes any more: the
     * whole player stood still from there on. Hence the sink for sound takes no part in pauses.
     *
     * @param playbin which of its players
     * @param pictures a file, for small pictures
     */
    static HlsPlayer gstreamer(String playbin, String url, Path pictures) throws IOException {
        return new HlsPlayer(
                PeerProgram.start(
                        "gst-launch-1.0",
                        "-q",
                        playbin,
                        "uri=" + url,
                        "video-sink=videoconvert ! videoscale ! video/x-raw,format=GRAY8,width=16,height=16"
                                + " ! filesink buffer-mode=unbuffered location=" + pictures,
                        "audio-sink=fakesink async=false"),
                pictures);
    }

    /** How many pictures there were so far. */
    long pictures() throws IOException {
        Path file = pictures;
        if (file != null) {
            return Files.exists(file) ? Files.size(file) / PICTURE_BYTES : 0;
        }
        return FRAMES.matcher(program.out())
                .results()
                .map(MatchResult::group)
                .map(line -> Long.parseLong(line.substring("frame=".length())))
                .reduce(0L, (before, after) -> after);
    }

    /** How many of a file's pictures have nothing dark in them. */
    private static long bright(Path pictures) throws IOException {
        byte[] all = Files.exists(pictures) ? Files.readAllBytes(pictures) : new byte[0];
        long count = 0;
        for (int picture = 0; picture + PICTURE_BYTES <= all.length; picture += PICTURE_BYTES) {
            int dark = 0;
            for (int i = 0; i < PICTURE_BYTES; i++) {
                dark += (all[picture + i] & 0xFF) < BRIGHT ? 1 : 0;
            }
            count += dark == 0 ? 1 : 0;
        }
        return count;
    }

    /** Plays to the end. */
    void awaitEnd() throws InterruptedException {
        PeerProgram.Result result = program.await(LIMIT);
        assertThat(complaints(result.err())).isEmpty();
        assertThat(result.exitStatus()).as(result.err()).isZero();
    }

    /** Plays until so many pictures have come. */
    void awaitPictures(long count) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(pictures())
                        .as("pictures of a player that said: " + program.err())
                        .isGreaterThanOrEqualTo(count));
    }

    /** Plays until so many pictures have come that have nothing dark in them; not of a player that counts itself. */
    void awaitBrightPictures(long count) {
        Path file = requireNonNull(pictures);
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(bright(file))
                        .as("bright pictures, of %d, of a player that said: %s", pictures(), program.err())
                        .isGreaterThanOrEqualTo(count));
    }

    /** Is stopped where it is. */
    void stop() throws InterruptedException {
        String before = program.err();
        assertThat(complaints(before)).isEmpty();
        // ffmpeg takes the first as a wish, which it looks at when the playlist has gone on; a second one ends it where
        // it is.
        Awaitility.await().atMost(LIMIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
            program.signal("INT");
            return !program.isRunning();
        });
        // What it was about to read when it was stopped is told, too.
        assertThat(complaints(program.await(LIMIT).err().substring(before.length())))
                .allMatch(line -> OF_THE_INTERRUPT.matcher(line).matches());
    }

    private static List<String> complaints(String log) {
        return log.lines()
                .filter(line -> !line.isBlank() && !OF_A_BREAK.matcher(line).matches())
                .toList();
    }

    @Override
    public void close() {
        program.close();
    }
}
