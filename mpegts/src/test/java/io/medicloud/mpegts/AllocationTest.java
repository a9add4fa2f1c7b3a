// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.es.AccessUnitDetector;
import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.monitor.FileMonitor;
import io.medicloud.mpegts.monitor.TsMonitor;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Queue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once a stream runs, nothing is allocated for its packets, PES packets, access units and tables. What the JVM counts does not depend on how fast it is. */
class AllocationTest {
    private static final double MOST_A_GB = 65_536;
    private static final int VIDEO = 0x100;
    private static final int AUDIO = 0x101;
    /** 90 kHz ticks of a picture, 25 a second. */
    private static final long FRAME = 3600;
    /** Pictures of a group. The PIDs' packets in one are multiples of 16, so that counters go on from one to the next. */
    private static final int GOP = 48;

    private static final int WARM_UP = 16;
    private static final int GROUPS = 24;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static byte[] group = new byte[0];
    private static Level leakDetection = ResourceLeakDetector.getLevel();

    /** The leak detector, as tests run it, makes a record of each slice. */
    @BeforeAll
    static void generate() {
        ResourceLeakDetector.setLevel(Level.DISABLED);
        TsWriter writer = new TsWriter();
        for (int i = 0; i < GOP; i++) {
            if (i % 3 == 0) {
                writer.section(TsWriter.SDT_PID, Sections.sdt(1, 0, 1, "provider", "name"));
                writer.pat(1, new Sections.Program(1, 0x1000));
                writer.pmt(0x1000, 1, VIDEO, new Sections.Stream(0x1B, VIDEO), new Sections.Stream(0x0F, AUDIO));
            }
            byte[] picture = Arrays.copyOf(HexFormat.of().parseHex((i == 0 ? IDR : P).replace(" ", "")), 40_000);
            for (int at = 64; at < picture.length; at++) {
                picture[at] = (byte) (1 + at * 7919 % 255);
            }
            AdaptationField clock = i % 2 == 0 ? new AdaptationField().pcr(300L * i * FRAME) : null;
            writer.pes(
                    VIDEO,
                    PesBuilder.of(PesBuilder.VIDEO).pts(i * FRAME).unbounded().payload(picture),
                    clock);
            writer.pes(AUDIO, PesBuilder.of(PesBuilder.AUDIO).pts(i * FRAME).payload(new byte[800]));
        }
        group = writer.toByteArray();
    }

    @AfterAll
    static void detectLeaks() {
        ResourceLeakDetector.setLevel(leakDetection);
        group = new byte[0];
    }

    private static final String IDR =
            "00000001 09F0 00000001 67640028ACD9 00000001 68EBE3CB 00000001 0601010480 00000001 65888400";
    private static final String P = "00000001 09F0 00000001 0601010480 00000001 419A00";

    /** Times of the group move on to those of the next one. */
    private static void moveOn() {
        for (int at = 0; at < group.length; at += TsPacket.SIZE) {
            int payload = at + TsPacket.HEADER;
            if ((group[at + 3] & 0x20) != 0) {
                if (group[at + 4] > 0 && (group[at + 5] & 0x10) != 0) {
                    long base = 0;
                    for (int i = 0; i < 5; i++) {
                        base = (base << 8) | (group[at + 6 + i] & 0xFF);
                    }
                    base += (GOP * FRAME) << 7;
                    for (int i = 4; i >= 0; i--, base >>= 8) {
                        group[at + 6 + i] = (byte) base;
                    }
                }
                payload += 1 + (group[at + 4] & 0xFF);
            }
            boolean pes = (group[at + 1] & 0x41) == 0x41;
            if (pes) {
                long pts = (group[payload + 9] & 0x0EL) << 29
                        | (group[payload + 10] & 0xFFL) << 22
                        | (group[payload + 11] & 0xFEL) << 14
                        | (group[payload + 12] & 0xFFL) << 7
                        | (group[payload + 13] & 0xFEL) >> 1;
                pts += GOP * FRAME;
                group[payload + 9] = (byte) ((group[payload + 9] & 0xF1) | ((pts >> 29) & 0x0E));
                group[payload + 10] = (byte) (pts >> 22);
                group[payload + 11] = (byte) (pts >> 14 | 1);
                group[payload + 12] = (byte) (pts >> 7);
                group[payload + 13] = (byte) (pts << 1 | 1);
            }
        }
    }

    /** Takes the stream's pieces. */
    private interface Reader {
        void onData(ByteBuf piece);
    }

    @ParameterizedTest
    @ValueSource(ints = {1316, 100_003})
    void theDemultiplexerAllocatesNothing(int piece) {
        Starts starts = new Starts();
        TsDemuxer demuxer = new TsDemuxer(starts);
        starts.demuxer = demuxer;
        assertFrugal(demuxer::onData, piece);
        demuxer.finish();
        assertThat(starts.count).isEqualTo(WARM_UP + GROUPS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1316, 100_003})
    void lookingForEveryAccessUnitAllocatesNothing(int piece) {
        Units units = new Units();
        TsDemuxer demuxer = new TsDemuxer(units);
        assertFrugal(demuxer::onData, piece);
        demuxer.finish();
        assertThat(units.count).isGreaterThan((WARM_UP + GROUPS) * GOP - 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1316, 532 * 188})
    void theSegmenterAllocatesWhatItTellsOfSegments(int piece) {
        Segments segments = new Segments();
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(6)), segments);
        assertFrugal(data -> segmenter.onData(data, 0), piece);
        assertThat(segments.count).isGreaterThanOrEqualTo((WARM_UP + GROUPS) / 4 - 1);
        segmenter.finish();
        segments.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1316, 100_003})
    void theMonitorsAllocateNothing(int piece) {
        long[] nowUs = new long[1];
        TsMonitor live = new TsMonitor();
        assertFrugal(data -> live.onData(data, nowUs[0] += piece), piece);
        FileMonitor file = new FileMonitor();
        assertFrugal(file::onData, piece);
        live.finish();
        file.finish();
        assertThat(live.report().packets()).isPositive();
        assertThat(file.report().packets()).isPositive();
    }

    /** Hands groups to the reader, in pieces of this size, and counts what it allocates once it is warm. */
    private static void assertFrugal(Reader reader, int size) {
        int pieces = (group.length + size - 1) / size;
        ByteBuf[] buffers = new ByteBuf[pieces];
        long allocated = 0;
        for (int round = 0; round < WARM_UP + GROUPS; round++) {
            for (int i = 0; i < pieces; i++) {
                int from = i * size;
                int length = Math.min(size, group.length - from);
                buffers[i] = new Piece(length);
                buffers[i].writeBytes(group, from, length);
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (ByteBuf piece : buffers) {
                reader.onData(piece);
            }
            long now = THREADS.getCurrentThreadAllocatedBytes();
            allocated += round < WARM_UP ? 0 : now - before;
            for (ByteBuf piece : buffers) {
                piece.release();
            }
            moveOn();
        }
        double bytes = (double) group.length * GROUPS;
        assertThat(allocated / (bytes / 1e9))
                .as("bytes allocated a GB: %d for %.0f", allocated, bytes)
                .isLessThanOrEqualTo(MOST_A_GB);
    }

    /** A buffer whose slices are itself: what a slice costs is its allocator's affair. */
    private static final class Piece extends UnpooledDirectByteBuf {
        Piece(int length) {
            super(UnpooledByteBufAllocator.DEFAULT, length, length);
        }

        @Override
        public ByteBuf retainedSlice(int index, int length) {
            return retain();
        }
    }

    /** Reads what begins with each PES packet of video, and passes over the rest. */
    private static final class Starts implements DemuxSink {
        private final AccessUnitProbe probe = AccessUnitProbe.of(VideoCodec.H264);
        private TsDemuxer demuxer;
        private int video;
        private long count;

        @Override
        public void onProgram(Program program) {
            video = videoPid(program);
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            if (pid == video) {
                probe.begin();
            } else {
                demuxer.passOver(pid);
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            if (pid == video && probe.scan(data, from, to)) {
                count += probe.hasParameterSets() ? 1 : 0;
                demuxer.passOver(pid);
            }
        }
    }

    private static final class Units implements DemuxSink {
        private long count;
        private final AccessUnitDetector detector = new AccessUnitDetector(VideoCodec.H264, unit -> count++);
        private int video;

        @Override
        public void onProgram(Program program) {
            video = videoPid(program);
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            if (pid == video) {
                detector.onPesStart(packet, header.pts(), header.dts());
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            if (pid == video) {
                detector.onPesData(data, from, to);
            }
        }
    }

    private static int videoPid(Program program) {
        return program.streams().stream()
                .filter(ElementaryStream::isVideo)
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** Holds slices for a while, as a writer does. */
    private static final class Segments implements SegmentSink {
        private final Queue<ByteBuf> held = new ArrayDeque<>(8192);
        private int count;

        @Override
        public void onSegmentStart(long sequence) {}

        @Override
        public void takePackets(ByteBuf packets) {
            held.add(packets);
            if (held.size() > 1000) {
                release();
            }
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {
            count++;
            release();
        }

        private void release() {
            ByteBuf packets = held.poll();
            while (packets != null) {
                packets.release();
                packets = held.poll();
            }
        }
    }
}
