// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.pes.PesTracker;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.StreamType;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pictures and sound: whether they come (PID_error), whether their time stamps do (PTS_error), and what the pictures are. Not thread-safe. */
final class StreamChecks {
    /** Video streams that are looked into; of those that come later only rates and time stamps are measured. */
    static final int MOST_VIDEOS = 64;

    private static final long PTS_PERIOD_US = 700_000;

    private final Alarms alarms;
    private final PidTable pids;
    private final long pidPeriodUs;
    private final @Nullable Stream[] byPid = new @Nullable Stream[Pid.COUNT];
    private final List<Stream> inForce = new ArrayList<>();
    private final List<Stream> watched = new ArrayList<>();

    private final class Stream {
        final int pid;
        final Repetition packets;
        final Repetition stamps;
        final PesTracker tracker = new PesTracker();

        @Nullable
        VideoWatch video;

        boolean named;
        long seen;
        int pcrPid;

        Stream(int pid) {
            this.pid = pid;
            packets = new Repetition(alarms, pid, pidPeriodUs, Indicator.PID_ERROR);
            stamps = new Repetition(alarms, pid, PTS_PERIOD_US, Indicator.PTS_ERROR);
        }
    }

    StreamChecks(Alarms alarms, PidTable pids, MonitorPolicy policy) {
        this.alarms = alarms;
        this.pids = pids;
        this.pidPeriodUs = policy.pidPeriodUs();
    }

    /** Whether the PID is a picture or sound PID of a program in force. */
    boolean isStream(int pid) {
        Stream stream = byPid[pid];
        return stream != null && stream.named;
    }

    /** These programs are in force. What they name already stands. */
    void follow(List<Program> programs, long nowUs) {
        List<Stream> before = List.copyOf(inForce);
        before.forEach(stream -> stream.named = false);
        inForce.clear();
        for (Program program : programs) {
            for (ElementaryStream named : program.streams()) {
                if (named.pid() != Pid.NULL && !isStream(named.pid()) && (named.isVideo() || named.isAudio())) {
                    Stream stream = stream(named.pid());
                    stream.named = true;
                    stream.pcrPid = program.pmt().pcrPid();
                    stream.packets.start(nowUs);
                    inForce.add(stream);
                    watch(stream, codec(named));
                }
            }
        }
        for (Stream stream : before) {
            if (!stream.named) {
                stream.packets.stop(nowUs);
                stream.stamps.stop(nowUs);
                watch(stream, null);
            }
        }
    }

    private Stream stream(int pid) {
        Stream stream = byPid[pid];
        if (stream == null) {
            stream = new Stream(pid);
            byPid[pid] = stream;
        }
        return stream;
    }

    private void watch(Stream stream, @Nullable VideoCodec codec) {
        VideoWatch known = stream.video;
        if (known != null && known.codec() != codec) {
            stream.video = null;
            watched.remove(stream);
            known = null;
        }
        if (known == null && codec != null && watched.size() < MOST_VIDEOS) {
            stream.video = new VideoWatch(stream.pid, codec, alarms);
            watched.add(stream);
        }
    }

    private static @Nullable VideoCodec codec(ElementaryStream stream) {
        return switch (stream.streamType()) {
            case StreamType.H264, StreamType.H264_SAMPLE_AES -> VideoCodec.H264;
            case StreamType.HEVC -> VideoCodec.HEVC;
            case StreamType.MPEG1_VIDEO, StreamType.MPEG2_VIDEO -> VideoCodec.MPEG2;
            case StreamType.PRIVATE_PES -> stream.descriptors().registration().equals("HEVC") ? VideoCodec.HEVC : null;
            default -> null;
        };
    }

    /** A packet in the clear with payload, of a PID for which {@link #isStream} holds. */
    void onPacket(int pid, ByteBuf data, int at, int header, int continuity, long packet, long nowUs) {
        Stream stream = byPid[pid];
        if (stream == null || continuity == ContinuityCheck.DUPLICATE || continuity == ContinuityCheck.REPEATED) {
            return;
        }
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        VideoWatch video = stream.video;
        if (continuity == ContinuityCheck.BROKEN) {
            stream.tracker.abandon();
            if (video != null) {
                video.onGap();
            }
        }
        int from = TsPacket.payloadStart(data, at, header);
        int to = at + TsPacket.SIZE;
        if (video != null) {
            if (video.onPayload(data, from, to, unitStart, packet)) {
                onHeader(stream, video.header(), nowUs);
            }
        } else if (unitStart || stream.tracker.state() == PesTracker.State.HEADER) {
            if (stream.tracker.onPayload(data, from, to, unitStart) == PesTracker.State.STARTED) {
                onHeader(stream, stream.tracker.header(), nowUs);
            }
        }
    }

    /** How many packets of a PID with nothing but payload may be told by {@link #pass} next, because nothing in them is read. */
    int room(int pid) {
        Stream stream = byPid[pid];
        if (stream == null || !stream.named) {
            return Integer.MAX_VALUE;
        }
        VideoWatch video = stream.video;
        return video != null ? video.room() : stream.tracker.state() == PesTracker.State.HEADER ? 0 : Integer.MAX_VALUE;
    }

    /** So many packets of a PID, one behind the other, that go on in order with nothing but payload. */
    void pass(int pid, long packet, int count) {
        Stream stream = byPid[pid];
        if (stream != null && stream.named && stream.video != null) {
            stream.video.pass(packet, count);
        }
    }

    private static void onHeader(Stream stream, PesHeader header, long nowUs) {
        if (header.pts() != Pts.NONE) {
            stream.stamps.seen(nowUs);
        }
    }

    /** A clock reference, of whatever PID. */
    void onPcr(int pid, long packet, long pcr, boolean continuous, long nowUs) {
        for (int i = 0; i < watched.size(); i++) {
            Stream stream = watched.get(i);
            VideoWatch video = stream.video;
            if (stream.pcrPid == pid && video != null) {
                video.onPcr(packet, pcr, continuous, nowUs);
            }
        }
    }

    /** Raises for what is late; returns when something will be. */
    long check(long nowUs) {
        long due = Long.MAX_VALUE;
        for (int i = 0; i < inForce.size(); i++) {
            Stream stream = inForce.get(i);
            if (pids.packets[stream.pid] != stream.seen) {
                stream.seen = pids.packets[stream.pid];
                stream.packets.seen(pids.lastUs[stream.pid]);
            }
            due = Math.min(due, Math.min(stream.packets.check(nowUs), stream.stamps.check(nowUs)));
        }
        return due;
    }

    /** The stream has ended. */
    void finish() {
        for (Stream stream : watched) {
            if (stream.video != null) {
                stream.video.finish();
            }
        }
    }

    List<MonitorReport.VideoReport> report() {
        List<MonitorReport.VideoReport> reports = new ArrayList<>();
        for (Stream stream : byPid) {
            if (stream != null && stream.video != null && pids.packets[stream.pid] > 0) {
                reports.add(stream.video.report());
            }
        }
        return reports;
    }
}
