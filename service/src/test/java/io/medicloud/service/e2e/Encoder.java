// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** ffmpeg as a live encoder: what it sends over SRT it also writes to a file. */
final class Encoder implements AutoCloseable {
    static final List<String> X264 = List.of("-c:v", "libx264", "-preset", "veryfast", "-bf", "3");
    static final List<String> X265 =
            List.of("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bframes=3:log-level=error");

    private final PeerProgram ffmpeg;
    private final Path sent;

    private Encoder(PeerProgram ffmpeg, Path sent) {
        this.ffmpeg = ffmpeg;
        this.sent = sent;
    }

    /** Publishes a test picture and a tone, a keyframe every two seconds, in real time. */
    static Encoder publish(int port, String passphrase, Path sent, List<String> codec, int seconds) throws IOException {
        Peers.require("ffmpeg", "ffprobe");
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "warning"));
        command.addAll(List.of("-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25"));
        command.addAll(List.of("-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"));
        command.addAll(codec);
        command.addAll(List.of("-g", "50", "-keyint_min", "50", "-pix_fmt", "yuv420p", "-b:v", "600k", "-c:a", "aac"));
        command.addAll(List.of("-t", Integer.toString(seconds), "-map", "0:v", "-map", "1:a", "-f", "tee"));
        // The file is written packet by packet, so that it holds what was sent even when the encoder is killed.
        command.add("[f=mpegts]" + url(port, passphrase) + "|[f=mpegts:flush_packets=1]" + sent);
        return new Encoder(PeerProgram.start(command.toArray(String[]::new)), sent);
    }

    /** Sends a file as it is, in real time. */
    static Encoder copy(int port, String passphrase, Path file) throws IOException {
        Peers.require("ffmpeg");
        return new Encoder(
                PeerProgram.start(
                        "ffmpeg",
                        "-nostdin",
                        "-v",
                        "warning",
                        "-re",
                        "-i",
                        file.toString(),
                        "-map",
                        "0",
                        "-c",
                        "copy",
                        "-f",
                        "mpegts",
                        url(port, passphrase)),
                file);
    }

    private static String url(int port, String passphrase) {
        // Without linger libsrt forgets, when ffmpeg closes it, what it has not sent yet.
        return "srt://127.0.0.1:" + port + "?mode=caller&pkt_size=1316&linger=5&passphrase=" + passphrase;
    }

    /** What was sent. */
    Path sent() {
        return sent;
    }

    PeerProgram.Result await(Duration limit) throws InterruptedException {
        return ffmpeg.await(limit);
    }

    void awaitGoodEnd(Duration limit) throws InterruptedException {
        PeerProgram.Result result = await(limit);
        assertThat(result.exitStatus()).as(result.err()).isZero();
    }

    boolean isRunning() {
        return ffmpeg.isRunning();
    }

    void kill() {
        ffmpeg.close();
    }

    @Override
    public void close() {
        kill();
    }
}
