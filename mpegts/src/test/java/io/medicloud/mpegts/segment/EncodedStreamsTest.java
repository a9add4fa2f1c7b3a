// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of ffmpeg's and GStreamer's encoders and multiplexers: named right, cut without loss, and each segment decodes alone to what the whole does. */
class EncodedStreamsTest {
    private static final SegmentPolicy POLICY = SegmentPolicy.ofTarget(Duration.ofMillis(700));
    private static final int PICTURES = 75;
    private static final double SECONDS = 3.0;

    private PeerDecoder peer;

    @BeforeEach
    void setUp(@TempDir Path folder) {
        peer = new PeerDecoder(folder);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            aac, LC, 48000, 2, deu         | -c:a aac -ac 2
            aac, LC, 44100, 6, deu         | -c:a aac -ac 6 -ar 44100
            aac_latm, LC, 48000, 1, deu    | -c:a aac -ac 1 -mpegts_flags latm
            ac3, null, 48000, 6, deu       | -c:a ac3 -ac 6
            eac3, null, 48000, 2, deu      | -c:a eac3 -ac 2
            mp2, null, 32000, 2, deu       | -c:a mp2 -ac 2 -ar 32000
            mp3, null, 44100, 2, deu       | -c:a libmp3lame -ac 2 -ar 44100 -reservoir 0
            opus, null, 48000, 2, deu      | -c:a libopus -ac 2
            """)
    void soundIsNamedAndCutWithItsPicturesAndAlone(String about, String encoder)
            throws IOException, InterruptedException {
        String command =
                "ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=160x96:rate=25 -f lavfi -i sine=sample_rate=48000"
                        + " -metadata:s:a:0 language=deu -pix_fmt yuv420p -c:v libx264 -preset ultrafast -g 20 "
                        + encoder + " -t 3 -f mpegts ";
        byte[] both = peer.make(command + "FILE");
        ProbeReport report = probe(both);
        assertThat(sound(report)).isEqualTo(about);
        // LOAS has its configuration in every twentieth frame.
        int late = about.startsWith("aac_latm") ? 20 : 0;
        Cuts cuts = assertWhole(both, late);
        assertThat(cuts.facts()).hasSize(4);
        assertThat(seconds(cuts)).isEqualTo(SECONDS);

        byte[] alone = peer.make(command + "-map 1 FILE");
        assertThat(sound(probe(alone))).isEqualTo(about);
        Cuts sounds = assertWhole(alone, late);
        assertThat(sounds.facts()).hasSizeBetween(3, 5);
        assertThat(seconds(sounds)).isCloseTo(SECONDS, within(0.05));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            h264, Constrained Baseline | opus, null, 48000, 2, null | openh264enc gop-size=20 ! h264parse | opusenc
            hevc, Main                 | opus, null, 48000, 2, null | x265enc speed-preset=ultrafast key-int-max=20 option-string=open-gop=0:scenecut=0 ! h265parse config-interval=-1 | opusenc
            """)
    void gstreamersMultiplexIsCutAsFfmpegsIs(String video, String audio, String encoder, String soundEncoder)
            throws IOException, InterruptedException {
        byte[] stream = peer.make("gst-launch-1.0 -q mpegtsmux name=mux ! filesink location=FILE"
                + " videotestsrc num-buffers=" + PICTURES
                + " ! video/x-raw,format=I420,width=320,height=192,framerate=25/1 ! " + encoder + " ! queue ! mux."
                + " audiotestsrc num-buffers=" + PICTURES + " samplesperbuffer=1920"
                + " ! audio/x-raw,rate=48000,channels=2 ! " + soundEncoder + " ! queue ! mux.");
        ProbeReport report = probe(stream);
        ProbeReport.Stream pictures = report.programs().get(0).streams().stream()
                .filter(one -> one.width() != null)
                .findFirst()
                .orElseThrow();
        assertThat(pictures.codec() + ", " + pictures.profile()).isEqualTo(video);
        assertThat(pictures.width() + "x" + pictures.height()).isEqualTo("320x192");
        assertThat(pictures.frameRate()).isEqualTo(25.0);
        assertThat(pictures.interlaced()).isFalse();
        assertThat(sound(report)).isEqualTo(audio);

        Cuts cuts = assertWhole(stream, 0);
        assertThat(cuts.facts()).hasSize(4);
        assertThat(seconds(cuts)).isCloseTo(SECONDS, within(0.0001));
    }

    /** Joined the segments are the stream; and each decodes alone, so that nothing of the stream is missing, but for so many frames of sound at each start. */
    private Cuts assertWhole(byte[] stream, int late) throws IOException, InterruptedException {
        Cuts cuts = Cuts.of(stream, POLICY);
        cuts.assertGapless();
        assertThat(cuts.joined()).isEqualTo(stream);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
        List<byte[]> files = new ArrayList<>(cuts.segments());
        files.add(stream);
        List<PeerDecoder.Decoded> decoded = peer.decode(files);
        PeerDecoder.Decoded whole = decoded.remove(files.size() - 1);
        assertThat(whole.sounds()).isGreaterThan(50);
        assertThat(decoded.stream().mapToInt(PeerDecoder.Decoded::sounds).sum())
                .isBetween(whole.sounds() - late * decoded.size(), whole.sounds());
        decoded.forEach(segment -> assertThat(whole.pictures()).containsAllEntriesOf(segment.pictures()));
        assertThat(decoded.stream().mapToInt(one -> one.pictures().size()).sum())
                .isEqualTo(whole.pictures().size());
        return cuts;
    }

    private static double seconds(Cuts cuts) {
        return cuts.facts().stream().mapToLong(SegmentFacts::durationTicks).sum() / 90_000.0;
    }

    private static ProbeReport probe(byte[] stream) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        return probe.finish();
    }

    private static String sound(ProbeReport report) {
        ProbeReport.Stream stream = report.programs().get(0).streams().stream()
                .filter(one -> one.sampleRate() != null)
                .findFirst()
                .orElseThrow();
        return String.join(
                ", ",
                stream.codec(),
                String.valueOf(stream.profile()),
                String.valueOf(stream.sampleRate()),
                String.valueOf(stream.channels()),
                String.valueOf(stream.language()));
    }
}
