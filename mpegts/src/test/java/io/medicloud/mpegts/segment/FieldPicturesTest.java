// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.es.FieldPictures;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.medicloud.testdata.Sections;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** H.264 whose pictures are fields: two access units are one frame, and a segment begins with the first of them. */
class FieldPicturesTest {
    private static final long START = 10L * Pts.HZ;
    private static final int FRAMES = 75;
    private static final int GOP = 20;

    @TempDir
    private Path folder;

    private enum Pes {
        EACH_FIELD,
        EACH_FRAME
    }

    @ParameterizedTest
    @EnumSource
    void segmentsBeginWithTheFirstFieldOfAFrame(Pes pes) throws IOException, InterruptedException {
        byte[] stream = stream(pes);
        Cuts cuts = Cuts.of(stream, SegmentPolicy.ofTarget(Duration.ofMillis(700)));
        assertThat(cuts.joined()).isEqualTo(stream);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent).noneMatch(SegmentFacts::discontinuity);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(20 * FRAME, 20 * FRAME, 20 * FRAME, 15 * FRAME);

        List<byte[]> files = new ArrayList<>(cuts.segments());
        files.add(stream);
        List<PeerDecoder.Decoded> decoded = new PeerDecoder(folder).decode(files);
        assertThat(decoded)
                .extracting(one -> one.pictures().size())
                .containsExactly(GOP, GOP, GOP, FRAMES - 3 * GOP, FRAMES);
        Set<String> greys = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            Set<String> shown = Set.copyOf(decoded.get(i).pictures().values());
            assertThat(shown)
                    .as("both fields of all frames are of the IDR field's grey")
                    .hasSize(1);
            greys.addAll(shown);
        }
        assertThat(Set.copyOf(decoded.get(4).pictures().values())).hasSize(4).isEqualTo(greys);
    }

    @ParameterizedTest
    @EnumSource
    void theProbeCountsFrames(Pes pes) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream(pes)));
        ProbeReport report = probe.finish();
        ProbeReport.Stream video = report.programs().get(0).streams().get(0);
        assertThat(video.profile() + " " + video.level()).isEqualTo("Main 3.0");
        assertThat(video.width() + "x" + video.height()).isEqualTo("64x64");
        assertThat(video.frameRate()).isEqualTo(25.0);
        assertThat(video.interlaced()).isTrue();
        assertThat(report.durationSeconds()).isEqualTo(3.0);
        assertThat(report.randomAccessPoints())
                .extracting(ProbeReport.RandomAccessPoint::pts)
                .containsExactly(START, START + 20 * FRAME, START + 40 * FRAME, START + 60 * FRAME);
        assertThat(report.randomAccessPoints()).allMatch(point -> point.kind() == RandomAccess.IDR);
    }

    @ParameterizedTest
    @EnumSource
    void theProbeCountsFramesAlsoByTheirTimes(Pes pes) {
        assertThat(frameRate(stream(pes, false))).isEqualTo(25.0);
    }

    @Test
    void theProbeCountsTheFramesOfAPesPacket() {
        StreamBuilder stream = new StreamBuilder().streams(new Sections.Stream(0x1B, StreamBuilder.VIDEO));
        stream.tables();
        for (int i = 0; i < 20; i += 4) {
            ByteArrayOutputStream four = new ByteArrayOutputStream();
            for (int frame = i; frame < i + 4; frame++) {
                four.writeBytes(frame == 0 ? FieldPictures.idr(0, false) : FieldPictures.repeated(frame, false));
                four.writeBytes(FieldPictures.repeated(frame, true));
            }
            stream.video(four.toByteArray(), START + i * FRAME);
        }
        assertThat(frameRate(stream.bytes())).isEqualTo(25.0);
    }

    private static double frameRate(byte[] stream) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        return probe.finish().programs().get(0).streams().get(0).frameRate();
    }

    private static byte[] stream(Pes pes) {
        return stream(pes, true);
    }

    private static byte[] stream(Pes pes, boolean timed) {
        StreamBuilder stream = new StreamBuilder().streams(new Sections.Stream(0x1B, StreamBuilder.VIDEO));
        for (int i = 0; i < FRAMES; i++) {
            long pts = START + i * FRAME;
            byte[] first = i % GOP == 0 ? FieldPictures.idr(i / GOP, timed) : FieldPictures.repeated(i % GOP, false);
            byte[] second = FieldPictures.repeated(i % GOP, true);
            stream.tables().pcr(pts - FRAME);
            if (pes == Pes.EACH_FIELD) {
                stream.video(first, pts).video(second, pts + FRAME / 2);
            } else {
                ByteArrayOutputStream both = new ByteArrayOutputStream();
                both.writeBytes(first);
                both.writeBytes(second);
                stream.video(both.toByteArray(), pts);
            }
        }
        return stream.bytes();
    }
}
