// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a player finds in a segment.
 *
 * @param firstPts the first keyframe's time, {@link Pts#NONE} if there is none
 * @param seconds from its first picture to the end of the last
 * @param faults what keeps it from being played alone; none if nothing does
 */
record PlayableSegment(long firstPts, double seconds, List<String> faults) {
    private static final int PAT_PID = 0;
    private static final int LAST_TABLE_PID = 0x1F;
    private static final int NULL_PID = 0x1FFF;

    static PlayableSegment of(ByteBuffer bytes) {
        StreamProbe probe = new StreamProbe();
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        probe.onData(data);
        ProbeReport report = probe.finish();
        List<String> faults = new ArrayList<>();
        List<ProbeReport.RandomAccessPoint> points = report.randomAccessPoints();
        double seconds = TimeLine.seconds(data);
        if (points.isEmpty()) {
            faults.add("holds no keyframe");
        } else {
            checkStart(data, report, points.get(0), faults);
        }
        if (seconds == 0) {
            faults.add("has no times");
        }
        checkErrors(report.errors(), faults);
        Long pts = points.isEmpty() ? null : points.get(0).pts();
        return new PlayableSegment(pts == null ? Pts.NONE : pts, seconds, faults);
    }

    /** How long the segments last together: from start to start, the last to its own end. */
    static double seconds(List<PlayableSegment> segments) {
        double sum = 0;
        for (int i = 0; i < segments.size(); i++) {
            boolean isLast = i == segments.size() - 1;
            long here = segments.get(i).firstPts();
            long next = isLast ? Pts.NONE : segments.get(i + 1).firstPts();
            sum += here == Pts.NONE || next == Pts.NONE
                    ? segments.get(i).seconds()
                    : (double) Pts.distance(here, next) / Pts.HZ;
        }
        return sum;
    }

    /** PAT, PMT, and nothing but tables and clock references before the keyframe. */
    private static void checkStart(
            ByteBuf data, ProbeReport report, ProbeReport.RandomAccessPoint first, List<String> faults) {
        Set<Integer> maps =
                report.programs().stream().map(ProbeReport.Program::pmtPid).collect(Collectors.toSet());
        boolean hasPat = false;
        boolean hasPmt = false;
        for (int packet = 0; packet < first.packet(); packet++) {
            int header = data.getInt(packet * TsPacket.SIZE);
            int pid = TsPacket.pid(header);
            boolean hasPayload = (header & TsPacket.PAYLOAD) != 0;
            hasPat |= pid == PAT_PID;
            hasPmt |= hasPat && maps.contains(pid);
            if (hasPayload && pid > LAST_TABLE_PID && pid != NULL_PID && !maps.contains(pid)) {
                faults.add("its keyframe stands behind packet " + packet + " of PID " + pid);
                return;
            }
        }
        if (!hasPat || !hasPmt) {
            faults.add("does not begin with PAT and PMT");
        }
    }

    private static void checkErrors(ProbeReport.Errors errors, List<String> faults) {
        long all = errors.syncLoss() + errors.continuity() + errors.transport() + errors.crc() + errors.pes();
        if (all > 0) {
            faults.add("is damaged: " + errors);
        }
    }
}
