// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.es.AccessUnitDetector;
import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.es.VideoFormat;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.pes.PesTracker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows a video stream: its pictures, its groups of pictures, and its buffers. As long as each PES packet begins with an access unit and holds no other,
 * only its front is read, up to the first slice; else all of it. Not thread-safe.
 */
final class VideoWatch {
    /** PES packets in a row that begin within an access unit, or last for several frames, after which all of the stream is read. */
    private static final int ODD_ENOUGH = 3;

    private static final double SEVERAL_FRAMES = 1.7;
    private static final int MOST_PARTS = 64;
    /** Bytes of payload in a packet with nothing else. */
    private static final int PAYLOAD = TsPacket.SIZE - TsPacket.HEADER;

    private static final long LONGEST_STEP = 10L * Pts.HZ;

    private final int pid;
    private final VideoCodec codec;
    private final Alarms alarms;
    private final PesTracker tracker = new PesTracker();
    private final AccessUnitProbe probe;
    private final AccessUnitDetector detector;
    private final PictureStatistics pictures = new PictureStatistics();
    private final ArrivalLog log = new ArrivalLog();
    private @Nullable TStdBuffer buffer;
    private @Nullable VideoFormat format;

    private boolean whole;
    private int unaligned;
    private int several;
    private boolean begun;
    private boolean fronting;
    private long dts = Pts.NONE;
    private long frameTicks;

    VideoWatch(int pid, VideoCodec codec, Alarms alarms) {
        this.pid = pid;
        this.codec = codec;
        this.alarms = alarms;
        this.probe = AccessUnitProbe.of(codec);
        this.detector = new AccessUnitDetector(codec, this::onAccessUnit);
    }

    VideoCodec codec() {
        return codec;
    }

    /**
     * The payload of the PID's next packet.
     *
     * @return whether a PES packet's header was completed, which {@link #header} then is
     */
    boolean onPayload(ByteBuf data, int from, int to, boolean unitStart, long packet) {
        boolean isStart = tracker.onPayload(data, from, to, unitStart) == PesTracker.State.STARTED;
        if (isStart) {
            onPesStart(tracker.header(), packet);
        }
        int bodyFrom = tracker.bodyFrom();
        int bodyTo = tracker.bodyTo();
        if (bodyFrom < bodyTo && (whole || fronting)) {
            read(data, bodyFrom, bodyTo);
        }
        if (buffer != null) {
            log.onPackets(packet, 1, bodyTo - bodyFrom, buffer);
        }
        return isStart;
    }

    /** How many packets with nothing but payload may be told by {@link #pass} next, because nothing in them is read. */
    int room() {
        return whole || fronting ? 0 : (int) Math.min(Integer.MAX_VALUE, tracker.remaining() / PAYLOAD);
    }

    /** So many packets of the PID, one behind the other, with nothing but payload. */
    void pass(long packet, int count) {
        tracker.pass((long) count * PAYLOAD);
        if (buffer != null) {
            log.onPackets(packet, count, PAYLOAD, buffer);
        }
    }

    /** Valid after {@link #onPayload} returned true. */
    PesHeader header() {
        return tracker.header();
    }

    /** Packets of the PID are missing. */
    void onGap() {
        tracker.abandon();
        fronting = false;
        pictures.onGap(begun);
        begun = false;
        detector.onGap();
    }

    /** The program's clock. */
    void onPcr(long packet, long pcr, boolean continuous, long nowUs) {
        if (buffer != null) {
            log.onPcr(packet, pcr, continuous, buffer, nowUs);
        }
    }

    private void onPesStart(PesHeader header, long packet) {
        concludeFront();
        long before = dts;
        dts = header.dts();
        long step = before == Pts.NONE || dts == Pts.NONE ? 0 : Pts.distance(before, dts);
        int parts = partsOf(step);
        if (step > 0 && step < LONGEST_STEP) {
            frameTicks = step / parts;
        }
        several = parts > 1 ? several + 1 : 0;
        whole |= several >= ODD_ENOUGH;
        if (dts == Pts.NONE && before != Pts.NONE) {
            dts = (before + frameTicks) % Pts.WRAP; // The frame rate goes on (2.7.5).
        }
        if (dts != Pts.NONE) {
            log.onUnit(dts, parts);
        }
        begun = true;
        fronting = !whole;
        detector.onPesStart(packet, header.pts(), header.dts());
        if (fronting) {
            probe.begin();
        }
    }

    /** How many frames the PES packet before was, by the time it took. */
    private int partsOf(long step) {
        double frame = format == null || format.frameRate() <= 0 ? 0 : Pts.HZ / format.frameRate();
        boolean several = frame > 0 && step > SEVERAL_FRAMES * frame && step < LONGEST_STEP;
        return several ? (int) Math.min(MOST_PARTS, Math.round(step / frame)) : 1;
    }

    private void read(ByteBuf data, int from, int to) {
        detector.onPesData(data, from, to);
        if (fronting && probe.scan(data, from, to)) {
            fronting = false;
            detector.onGap(); // What follows is not read: the access unit ends here, for the detector.
        }
        VideoFormat found = detector.format();
        if (found != null && !found.equals(format)) {
            format = found;
            size(found);
        }
    }

    /** In the mode in which fronts are read, a PES packet is an access unit. */
    private void concludeFront() {
        if (!begun || whole) {
            return;
        }
        if (fronting) {
            probe.end();
            detector.onGap();
        }
        if (probe.isAligned()) {
            pictures.onAccessUnit(probe.kind(), dts);
            unaligned = Math.max(0, unaligned - 1);
        } else if (++unaligned >= ODD_ENOUGH) {
            whole = true;
            pictures.onGap(false);
        }
    }

    private void onAccessUnit(AccessUnitDetector unit) {
        if (whole) {
            pictures.onAccessUnit(unit.kind(), unit.dts());
        }
    }

    private void size(VideoFormat found) {
        TStdSizes sizes = TStdSizes.of(codec, found);
        if (sizes == null) {
            return;
        }
        if (buffer == null) {
            buffer = new TStdBuffer(pid, sizes, alarms);
        } else {
            buffer.resize(sizes);
        }
    }

    /** The stream has ended. */
    void finish() {
        concludeFront();
        begun = false;
        detector.finish();
    }

    MonitorReport.VideoReport report() {
        return pictures.report(pid, buffer == null || !buffer.isUsed() ? null : buffer.report());
    }
}
