// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.bench;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.es.AccessUnitDetector;
import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.monitor.FileMonitor;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is measured: one pass over a recording. Returns what was found, to be compared and not optimised away. */
enum Job {
    /** Tables, PES packets, continuity of all PIDs; of each video PES packet what begins with it. */
    DEMUX {
        @Override
        long run(Recording recording) {
            Keyframes keyframes = new Keyframes();
            TsDemuxer demuxer = new TsDemuxer(keyframes);
            keyframes.demuxer = demuxer;
            recording.forEachPiece(demuxer::onData);
            demuxer.finish();
            return keyframes.count * 1_000_000 + demuxer.count(TsFault.CONTINUITY);
        }
    },
    /** The same, and every byte of video searched for access units: what streams need whose PES packets are not aligned. */
    SEARCH {
        @Override
        long run(Recording recording) {
            AccessUnits units = new AccessUnits();
            TsDemuxer demuxer = new TsDemuxer(units);
            recording.forEachPiece(demuxer::onData);
            demuxer.finish();
            return units.count * 1_000_000 + demuxer.count(TsFault.CONTINUITY);
        }
    },
    /** Cut at keyframes, 2 s and more, into slices that are retained until their segment is complete. */
    SEGMENT {
        @Override
        long run(Recording recording) {
            Segments segments = new Segments();
            Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(2)), segments);
            recording.forEachPiece(piece -> segmenter.onData(piece, 0));
            segmenter.finish();
            return segments.independent * 1_000_000 + segmenter.count(TsFault.CONTINUITY);
        }
    },
    /** Every check of the monitor, in the stream's own time. */
    MONITOR {
        @Override
        long run(Recording recording) {
            FileMonitor monitor = new FileMonitor();
            recording.forEachPiece(monitor::onData);
            monitor.finish();
            return monitor.report().packets();
        }
    };

    abstract long run(Recording recording);

    private static @Nullable VideoCodec codec(int streamType) {
        return switch (streamType) {
            case 0x01, 0x02 -> VideoCodec.MPEG2;
            case 0x1B -> VideoCodec.H264;
            case 0x24 -> VideoCodec.HEVC;
            default -> null;
        };
    }

    private static final class Keyframes implements DemuxSink {
        private final @Nullable AccessUnitProbe[] probes = new @Nullable AccessUnitProbe[Pid.COUNT];
        private @Nullable TsDemuxer demuxer;
        private long count;

        @Override
        public void onProgram(Program program) {
            for (ElementaryStream stream : program.streams()) {
                VideoCodec codec = codec(stream.streamType());
                probes[stream.pid()] = codec == null ? null : AccessUnitProbe.of(codec);
            }
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            AccessUnitProbe probe = probes[pid];
            if (probe != null) {
                probe.begin();
            } else {
                passOver(pid);
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            AccessUnitProbe probe = probes[pid];
            if (probe != null && probe.scan(data, from, to)) {
                count += probe.kind() == RandomAccess.NONE ? 0 : 1;
                passOver(pid);
            }
        }

        private void passOver(int pid) {
            if (demuxer != null) {
                demuxer.passOver(pid);
            }
        }
    }

    private static final class AccessUnits implements DemuxSink {
        private final @Nullable AccessUnitDetector[] detectors = new @Nullable AccessUnitDetector[Pid.COUNT];
        private long count;

        @Override
        public void onProgram(Program program) {
            for (ElementaryStream stream : program.streams()) {
                VideoCodec codec = codec(stream.streamType());
                detectors[stream.pid()] = codec == null ? null : new AccessUnitDetector(codec, unit -> count++);
            }
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            AccessUnitDetector detector = detectors[pid];
            if (detector != null) {
                detector.onPesStart(packet, header.pts(), header.dts());
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            AccessUnitDetector detector = detectors[pid];
            if (detector != null) {
                detector.onPesData(data, from, to);
            }
        }

        @Override
        public void onPesBroken(int pid) {
            AccessUnitDetector detector = detectors[pid];
            if (detector != null) {
                detector.onGap();
            }
        }
    }

    private static final class Segments implements SegmentSink {
        private final ByteBuf[] held = new ByteBuf[1024];
        private int count;
        private long independent;

        @Override
        public void onSegmentStart(long sequence) {}

        @Override
        public void takePackets(ByteBuf packets) {
            if (count == held.length) {
                release();
            }
            held[count++] = packets;
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {
            release();
            independent += facts.independent() ? 1 : 0;
        }

        private void release() {
            for (int i = 0; i < count; i++) {
                held[i].release();
            }
            count = 0;
        }
    }
}
