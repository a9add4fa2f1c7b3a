// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.es.AccessUnitDetector;
import io.medicloud.mpegts.es.AudioHeader;
import io.medicloud.mpegts.es.AudioReader;
import io.medicloud.mpegts.es.Mpeg4VideoReader;
import io.medicloud.mpegts.es.PcmHeader;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.es.VideoFormat;
import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is found in one PID's PES packets. Until a table has named the PID, all that it may be is looked for, so that what comes before the tables is
 * not lost.
 */
final class StreamScan {
    private static final int VIDEO_STREAM_FIRST = 0xE0;
    private static final int VIDEO_STREAM_LAST = 0xEF;
    /** Frames a PES packet: fewer mean that it holds a field. */
    private static final double BETWEEN_FIELD_AND_FRAME = 0.75;

    private final int pid;
    private final BooleanSupplier mayKeepPoint;
    private final TimeSpan times = new TimeSpan();
    private final List<ProbeReport.RandomAccessPoint> earlierPoints = new ArrayList<>();
    private Video[] videos = {};
    private @Nullable Mpeg4VideoReader mpeg4;
    private @Nullable AudioReader audio;
    private @Nullable AudioHeader pcm;
    private boolean isPcm;
    private boolean atPesStart;
    private boolean named;
    private boolean started;

    /** The access units of the stream, if it is of one codec. */
    private final class Video {
        private final VideoCodec codec;
        private final AccessUnitDetector detector;
        private final List<ProbeReport.RandomAccessPoint> points = new ArrayList<>();
        private long units;
        private long timedUnits;

        private Video(VideoCodec codec) {
            this.codec = codec;
            this.detector = new AccessUnitDetector(codec, this::onAccessUnit);
        }

        private void onAccessUnit(AccessUnitDetector unit) {
            units++;
            timedUnits += unit.pts() == Pts.NONE ? 0 : 1;
            if (unit.kind() != RandomAccess.NONE && mayKeepPoint.getAsBoolean()) {
                points.add(new ProbeReport.RandomAccessPoint(
                        pid, unit.packet(), orNull(unit.pts()), orNull(unit.dts()), unit.kind()));
            }
        }
    }

    /**
     * @param mayKeepPoint asked once for each random access point
     */
    StreamScan(int pid, BooleanSupplier mayKeepPoint) {
        this.pid = pid;
        this.mayKeepPoint = mayKeepPoint;
    }

    /** A table says what the PID carries. */
    void name(@Nullable String codec, int streamType) {
        nameVideo(videoCodec(codec));
        boolean isMpeg4 = "mpeg4".equals(codec);
        mpeg4 = !isMpeg4 ? null : mpeg4 == null ? new Mpeg4VideoReader() : mpeg4;
        AudioHeader header = audio == null ? null : audio.header();
        boolean impossible = header != null && !CodecName.isPossible(codec, streamType, header.codec());
        if (!CodecName.maySound(codec, streamType)) {
            audio = null;
        } else if (audio == null || impossible) {
            audio = new AudioReader();
        }
        isPcm = "s302m".equals(codec);
        named = true;
    }

    private void nameVideo(@Nullable VideoCodec codec) {
        Video known = null;
        for (Video video : videos) {
            if (video.codec == codec) {
                known = video;
            } else if (named) {
                // Another encoder took over: what was found before it stands.
                video.detector.finish();
                earlierPoints.addAll(video.points);
            }
        }
        if (codec == null) {
            videos = new Video[0];
        } else {
            videos = new Video[] {known == null ? new Video(codec) : known};
        }
    }

    private static @Nullable VideoCodec videoCodec(@Nullable String codec) {
        if (codec == null) {
            return null;
        }
        return switch (codec) {
            case "h264" -> VideoCodec.H264;
            case "hevc" -> VideoCodec.HEVC;
            case "mpeg1video", "mpeg2video" -> VideoCodec.MPEG2;
            default -> null;
        };
    }

    private static @Nullable Long orNull(long time) {
        return time == Pts.NONE ? null : time;
    }

    /**
     * A PES packet begins.
     *
     * @param near see {@link TimeSpan#onTimes}
     */
    void onPesStart(int streamId, long packet, long pts, long dts, long near) {
        if (!named && !started) {
            lookForAnything(streamId);
        }
        started = true;
        atPesStart = true;
        if (pts != Pts.NONE) {
            times.onTimes(pts, dts, near);
        }
        for (Video video : videos) {
            video.detector.onPesStart(packet, pts, dts);
        }
        if (audio != null) {
            audio.onPesStart();
        }
    }

    private void lookForAnything(int streamId) {
        if (streamId >= VIDEO_STREAM_FIRST && streamId <= VIDEO_STREAM_LAST) {
            videos = new Video[] {new Video(VideoCodec.H264), new Video(VideoCodec.HEVC), new Video(VideoCodec.MPEG2)};
            mpeg4 = new Mpeg4VideoReader();
        } else {
            audio = new AudioReader();
        }
    }

    /** A piece of its payload, lent. */
    void onPesData(ByteBuf data, int from, int to) {
        times.onBytes(to - from);
        if (isPcm && atPesStart && pcm == null) {
            pcm = PcmHeader.read(data, from, to);
        }
        atPesStart = false;
        for (Video video : videos) {
            video.detector.onPesData(data, from, to);
        }
        if (mpeg4 != null) {
            mpeg4.scan(data, from, to);
        }
        if (audio != null) {
            audio.onPesData(data, from, to);
        }
    }

    /** Bytes are missing here. */
    void onGap() {
        for (Video video : videos) {
            video.detector.onGap();
        }
        if (audio != null) {
            audio.onGap();
        }
    }

    void finish() {
        for (Video video : videos) {
            video.detector.finish();
        }
        if (audio != null) {
            audio.finish();
        }
        VideoFormat format = videoFormat();
        if (format != null && format.frameRate() > 0) {
            times.assumeStep(Math.round(Pts.HZ / format.frameRate()));
        }
    }

    TimeSpan times() {
        return times;
    }

    /** The random access points, once a table has named the PID's codec. */
    List<ProbeReport.RandomAccessPoint> randomAccessPoints() {
        List<ProbeReport.RandomAccessPoint> points = new ArrayList<>(earlierPoints);
        if (named && videos.length == 1) {
            points.addAll(videos[0].points);
        }
        return points;
    }

    /** Null if no table has said that it is video, or no parameter set was found. */
    @Nullable
    VideoFormat videoFormat() {
        if (!named) {
            return null;
        }
        return videos.length == 1 ? videos[0].detector.format() : mpeg4 == null ? null : mpeg4.format();
    }

    /** Frames a second by the times of PES packets, which hold several, one, or one field; 0 without times. */
    double frameRateByTimes() {
        long step = times.step();
        return step == 0 ? 0 : framesAStep() * Pts.HZ / step;
    }

    private double framesAStep() {
        if (videos.length != 1 || videos[0].timedUnits == 0) {
            return 1;
        }
        double frames = videos[0].units - videos[0].detector.fieldPictures() / 2.0;
        double each = frames / videos[0].timedUnits;
        return each < BETWEEN_FIELD_AND_FRAME ? 0.5 : Math.round(each);
    }

    boolean isInterlaced() {
        if (videos.length == 1) {
            return videos[0].detector.isInterlaced();
        }
        VideoFormat format = videoFormat();
        return format != null && format.mayInterlace();
    }

    @Nullable
    AudioHeader audioHeader() {
        return audio == null ? pcm : audio.header();
    }
}
