// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.StreamType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the parts of a segment while it grows: each begins where a PES packet of its video begins (without video, of its audio), in front of the tables that stand
 * directly before it, and is as long as it can be within the part target. Belongs to one thread.
 */
final class PartScanner {
    private static final int MOST_STARTS = 256;
    /** Pictures further apart are a gap in the stream. */
    private static final long MOST_INTERVAL = 2 * Pts.HZ;

    private final long targetTicks;
    private final TsDemuxer demuxer = new TsDemuxer(new Events());
    /** Where PES packets began, by their packets: the first packet of what belongs with them. */
    private final Map<Long, Long> starts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MOST_STARTS;
        }
    };

    private final List<LivePart> found = new ArrayList<>();
    private long packets;
    private long runStart = -1;
    private boolean isRunAtHead = true;
    private long headPackets;
    private int pmtPid = Pid.NONE;
    private int referencePid = Pid.NONE;
    private boolean isVideo;
    private @Nullable AccessUnitProbe probe;
    private boolean isProbing;

    private long partStart;
    private long partTime = Pts.NONE;
    private long partTicks;
    private boolean isIndependent;
    private long lastTime = Pts.NONE;
    private long interval;

    PartScanner(int partTargetMs) {
        this.targetTicks = partTargetMs * (long) (Pts.HZ / 1000);
    }

    /** Reads what follows, whole packets; lent. */
    void onPackets(ByteBuf data) {
        for (int at = data.readerIndex(); at + TsPacket.SIZE <= data.writerIndex(); at += TsPacket.SIZE) {
            walk(data.getInt(at));
        }
        demuxer.onData(data);
    }

    private void walk(int header) {
        int pid = TsPacket.pid(header);
        boolean isPullable = pid == Pid.PAT
                || pid == Pid.SDT
                || pid == Pid.NULL
                || pid == pmtPid
                || (header & TsPacket.PAYLOAD) == 0;
        boolean isStart = (header & TsPacket.UNIT_START) != 0;
        if (isPullable) {
            runStart = runStart < 0 ? packets : runStart;
        } else {
            if (isStart) {
                starts.put(packets, runStart < 0 ? packets : runStart);
            }
            runStart = -1;
        }
        packets++;
    }

    /** The parts that are whole since the last time. */
    List<LivePart> take() {
        List<LivePart> parts = List.copyOf(found);
        found.clear();
        return parts;
    }

    /** The bytes that were read. */
    long bytes() {
        return packets * TsPacket.SIZE;
    }

    /** The segment is whole, and lasts that long: the rest of it is a part. */
    void finish(long ticks) {
        demuxer.finish();
        if (packets > partStart) {
            add(packets, Math.max(0, ticks - partTicks));
        }
    }

    private void add(long end, long ticks) {
        boolean isFirst = partStart == 0;
        int tables = isIndependent && !isFirst ? (int) headPackets * TsPacket.SIZE : 0;
        found.add(new LivePart(
                partStart * TsPacket.SIZE, (end - partStart) * TsPacket.SIZE, ticks, isIndependent, tables));
        partStart = end;
        partTicks += ticks;
        isIndependent = false;
    }

    private void onReferenceTime(long packet, long time) {
        Long start = starts.get(packet);
        if (time == Pts.NONE || start == null) {
            return;
        }
        if (partTime == Pts.NONE) {
            partTime = time;
            lastTime = time;
            return;
        }
        long since = forward(lastTime, time);
        if (since <= 0 || since > MOST_INTERVAL) {
            return;
        }
        interval = since;
        lastTime = time;
        long elapsed = forward(partTime, time);
        if (elapsed + interval > targetTicks && start > partStart) {
            add(start, elapsed);
            partTime = time;
        }
    }

    private static long forward(long from, long to) {
        long distance = (to - from) & (Pts.WRAP - 1);
        return distance > Pts.WRAP / 2 ? distance - Pts.WRAP : distance;
    }

    private void follow(Program program) {
        pmtPid = program.pmtPid();
        ElementaryStream reference = null;
        for (ElementaryStream stream : program.streams()) {
            boolean isBetter = stream.isVideo() && (reference == null || !reference.isVideo());
            if (isBetter || (reference == null && stream.isAudio())) {
                reference = stream;
            }
        }
        if (reference == null) {
            return;
        }
        referencePid = reference.pid();
        isVideo = reference.isVideo();
        VideoCodec codec = codec(reference.streamType());
        probe = codec == null ? null : AccessUnitProbe.of(codec);
    }

    private static @Nullable VideoCodec codec(int streamType) {
        return switch (streamType) {
            case StreamType.H264 -> VideoCodec.H264;
            case StreamType.HEVC -> VideoCodec.HEVC;
            case StreamType.MPEG1_VIDEO, StreamType.MPEG2_VIDEO -> VideoCodec.MPEG2;
            default -> null;
        };
    }

    private final class Events implements DemuxSink {
        @Override
        public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
            if (isRunAtHead) {
                headPackets = Math.max(headPackets, lastPacket + 1);
            }
        }

        @Override
        public void onProgram(Program program) {
            if (referencePid == Pid.NONE) {
                follow(program);
            }
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            isRunAtHead = false;
            if (pid != referencePid) {
                return;
            }
            onReferenceTime(packet, header.dts());
            AccessUnitProbe of = probe;
            isProbing = of != null;
            if (of != null) {
                of.begin();
            } else {
                isIndependent |= !isVideo;
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            AccessUnitProbe of = probe;
            if (pid == referencePid && isProbing && of != null && of.scan(data, from, to)) {
                isProbing = false;
                isIndependent |=
                        of.kind() != RandomAccess.NONE && of.recoveryFrameCount() == 0 && of.hasParameterSets();
            }
        }
    }
}
