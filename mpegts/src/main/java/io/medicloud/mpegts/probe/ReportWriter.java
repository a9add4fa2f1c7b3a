// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.es.AudioHeader;
import io.medicloud.mpegts.es.VideoFormat;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.psi.Descriptors;
import io.medicloud.mpegts.psi.ElementaryStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts together what the tables said and what was found in the streams. */
final class ReportWriter {
    private static final double MICROS = 1e6;

    private final Catalogue catalogue;
    private final ServiceNotes notes;
    private final @Nullable StreamScan[] scans;
    private final @Nullable TimeSpan[] clocks;

    ReportWriter(Catalogue catalogue, ServiceNotes notes, @Nullable StreamScan[] scans, @Nullable TimeSpan[] clocks) {
        this.catalogue = catalogue;
        this.notes = notes;
        this.scans = scans;
        this.clocks = clocks;
    }

    ProbeReport write(long bytes, TsDemuxer demuxer) {
        List<ProbeReport.Program> programs = new ArrayList<>();
        long ticks = 0;
        for (Catalogue.Entry entry : catalogue.programs()) {
            programs.add(program(entry));
            ticks = Math.max(ticks, ticks(entry));
        }
        Double duration = ticks == 0 ? null : Math.round(ticks * MICROS / Pts.HZ) / MICROS;
        return new ProbeReport(
                bytes,
                demuxer.packetSize(),
                Math.max(0, demuxer.firstPacketOffset()),
                demuxer.packets(),
                duration,
                duration == null ? null : (long) (bytes * 8 / duration),
                notes.tables(),
                programs,
                randomAccessPoints(),
                notes.splices(),
                new ProbeReport.Errors(
                        demuxer.count(TsFault.SYNC_LOSS),
                        demuxer.count(TsFault.CONTINUITY),
                        demuxer.count(TsFault.TRANSPORT_ERROR),
                        demuxer.count(TsFault.CRC),
                        demuxer.count(TsFault.PES)));
    }

    private List<ProbeReport.RandomAccessPoint> randomAccessPoints() {
        List<ProbeReport.RandomAccessPoint> points = new ArrayList<>();
        for (StreamScan scan : scans) {
            if (scan != null) {
                points.addAll(scan.randomAccessPoints());
            }
        }
        points.sort(Comparator.comparingLong(ProbeReport.RandomAccessPoint::packet));
        return points;
    }

    private ProbeReport.Program program(Catalogue.Entry entry) {
        List<ProbeReport.Stream> streams = new ArrayList<>();
        for (ElementaryStream stream : entry.streams()) {
            streams.add(stream(stream, entry));
        }
        boolean clocked = entry.pcrPid() != Pid.NONE && entry.pcrPid() != Pid.NULL;
        return new ProbeReport.Program(
                entry.number(),
                entry.pmtPid(),
                clocked ? entry.pcrPid() : null,
                notes.service(entry.number()),
                streams);
    }

    private ProbeReport.Stream stream(ElementaryStream stream, Catalogue.Entry entry) {
        StreamScan scan = scans[stream.pid()];
        String announced = CodecName.announced(stream, entry.descriptors());
        VideoFormat video = scan == null ? null : scan.videoFormat();
        if (scan != null && video != null) {
            return video(stream, announced, video, scan);
        }
        AudioHeader audio = audioHeader(stream, announced, scan);
        return new ProbeReport.Stream(
                stream.pid(),
                stream.streamType(),
                CodecName.found(announced, stream.streamType(), audio),
                audio == null ? null : audio.profile(),
                null,
                null,
                null,
                null,
                null,
                audio == null ? null : orNull(audio.sampleRate()),
                audio == null ? null : orNull(audio.channels()),
                Languages.of(stream.descriptors()),
                names(stream));
    }

    private static ProbeReport.Stream video(
            ElementaryStream stream, @Nullable String codec, VideoFormat video, StreamScan scan) {
        return new ProbeReport.Stream(
                stream.pid(),
                stream.streamType(),
                isMpeg1(codec, video) ? "mpeg1video" : codec,
                video.profile(),
                video.level(),
                video.width(),
                video.height(),
                frameRate(video, scan),
                scan.isInterlaced(),
                null,
                null,
                Languages.of(stream.descriptors()),
                names(stream));
    }

    /** MPEG-1 may be sent as MPEG-2 (13818-1, table 2-34); it has no sequence extension, which says profile and level. */
    private static boolean isMpeg1(@Nullable String codec, VideoFormat video) {
        return "mpeg2video".equals(codec) && video.profile() == null && video.level() == null;
    }

    private static List<String> names(ElementaryStream stream) {
        return stream.descriptors().entries().stream()
                .map(Descriptors.Entry::name)
                .toList();
    }

    private static @Nullable Integer orNull(int value) {
        return value == 0 ? null : value;
    }

    private static @Nullable AudioHeader audioHeader(
            ElementaryStream stream, @Nullable String announced, @Nullable StreamScan scan) {
        if ("opus".equals(announced)) {
            return AudioHeader.ofOpus(CodecName.opusChannels(stream.descriptors()));
        }
        AudioHeader header = scan == null ? null : scan.audioHeader();
        boolean possible = header != null && CodecName.isPossible(announced, stream.streamType(), header.codec());
        return possible ? header : null;
    }

    /** What the stream says, else what its times say, to a thousandth. */
    private static @Nullable Double frameRate(VideoFormat video, StreamScan scan) {
        double rate = video.frameRate() == 0 ? scan.frameRateByTimes() : video.frameRate();
        return rate == 0 ? null : Math.round(rate * 1000) / 1000.0;
    }

    /** How long a program is: from its first presentation time to its end, or what its longest stream covers if times jump. */
    private long ticks(Catalogue.Entry entry) {
        long first = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        long longest = 0;
        boolean jumped = false;
        for (ElementaryStream stream : entry.streams()) {
            StreamScan scan = scans[stream.pid()];
            if (scan == null || scan.times().isEmpty() || !(stream.isVideo() || stream.isAudio())) {
                continue;
            }
            TimeSpan times = scan.times();
            first = Math.min(first, times.first());
            end = Math.max(end, stream.isAudio() ? times.endByBytes() : times.end());
            longest = Math.max(longest, times.total());
            jumped |= times.hasJumped();
        }
        if (end > first && !jumped) {
            return end - first;
        }
        TimeSpan clock = entry.pcrPid() == Pid.NONE ? null : clocks[entry.pcrPid()];
        return longest > 0 || clock == null ? longest : clock.total();
    }
}
