// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An example, run: find the keyframes of a file's H.264 video, by what is in its access units, and where each begins. */
class FindKeyframesTest {
    @TempDir
    private Path folder;

    /** Where a decoder can start: the packet with which it begins, when it is shown (90 kHz), and what kind it is. */
    private record Keyframe(long packet, long pts, RandomAccess kind) {}

    /** Looks at what each PES packet of the video begins with, and passes over all else. */
    private static final class Finder implements DemuxSink {
        private final List<Keyframe> keyframes = new ArrayList<>();
        private final TsDemuxer demuxer = new TsDemuxer(this);
        private final AccessUnitProbe probe = AccessUnitProbe.of(VideoCodec.H264);
        private int video = Pid.NONE;
        private long packet;
        private long pts;

        @Override
        public void onProgram(Program program) {
            for (ElementaryStream stream : program.streams()) {
                video = stream.streamType() == 0x1B ? stream.pid() : video;
            }
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            if (pid == video) {
                this.packet = packet;
                this.pts = header.pts();
                probe.begin();
            } else {
                demuxer.passOver(pid);
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            if (pid == video && probe.scan(data, from, to)) { // True once it knows.
                if (probe.kind() != RandomAccess.NONE) {
                    keyframes.add(new Keyframe(packet, pts, probe.kind()));
                }
                demuxer.passOver(pid);
            }
        }
    }

    private static List<Keyframe> keyframes(Path file) throws IOException {
        Finder finder = new Finder();
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(1 << 20);
        try (FileChannel in = FileChannel.open(file)) {
            while (buffer.clear().writeBytes(in, buffer.capacity()) > 0) {
                finder.demuxer.onData(buffer);
            }
        } finally {
            buffer.release();
        }
        finder.demuxer.finish();
        return finder.keyframes;
    }

    @Test
    void keyframesAreWhereTheEncoderPutThem() throws IOException {
        SyntheticStream kind = SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(2));
        Path file =
                Files.write(folder.resolve("stream.ts"), new SyntheticEncoder(kind).generate(Duration.ofSeconds(7)));

        List<Keyframe> keyframes = keyframes(file);

        assertThat(keyframes)
                .extracting(Keyframe::kind)
                .containsOnly(RandomAccess.IDR)
                .hasSize(4);
        assertThat(keyframes)
                .extracting(Keyframe::pts)
                .containsExactly(
                        kind.startPts(),
                        kind.startPts() + 180_000,
                        kind.startPts() + 360_000,
                        kind.startPts() + 540_000);
        assertThat(keyframes).extracting(Keyframe::packet).isSorted();
    }
}
