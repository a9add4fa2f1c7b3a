// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.psi.SpliceCommand;
import io.medicloud.mpegts.psi.SpliceDescriptor;
import io.medicloud.mpegts.psi.SpliceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes splice information (SCTE 35), for programs and for people. */
final class SpliceText {
    private static final double HZ = Pts.HZ;

    private SpliceText() {}

    /** One object; what the message does not say is left out. */
    static Json json(int pid, long packet, SpliceInfo splice) {
        SpliceCommand command = splice.command();
        Json json = Json.object().put("pid", pid).put("packet", packet).put("command", command.name());
        json.putIfPresent("pts", orNull(splice.pts()));
        if (command instanceof SpliceCommand.SpliceInsert insert) {
            json.put("eventId", insert.eventId()).put("cancelled", insert.cancelled());
            if (!insert.cancelled()) {
                json.put("outOfNetwork", insert.outOfNetwork()).put("immediate", insert.immediate());
            }
            SpliceCommand.BreakDuration duration = insert.breakDuration();
            if (duration != null) {
                json.put("durationSeconds", duration.ticks() / HZ, 6).put("autoReturn", duration.autoReturn());
            }
        }
        List<Json> segmentation = new ArrayList<>();
        for (SpliceDescriptor descriptor : splice.descriptors()) {
            if (descriptor instanceof SpliceDescriptor.Segmentation one) {
                segmentation.add(json(one));
            }
        }
        return segmentation.isEmpty() ? json : json.put("segmentation", segmentation);
    }

    private static Json json(SpliceDescriptor.Segmentation segmentation) {
        Json json = Json.object().put("eventId", segmentation.eventId()).put("cancelled", segmentation.cancelled());
        if (segmentation.cancelled()) {
            return json;
        }
        json.put("typeId", segmentation.typeId()).put("type", segmentation.typeName());
        if (segmentation.durationTicks() != SpliceDescriptor.Segmentation.NO_DURATION) {
            json.put("durationSeconds", segmentation.durationTicks() / HZ, 6);
        }
        return json.put("upidType", segmentation.upidType())
                .put("upid", segmentation.upid())
                .put("segmentNum", segmentation.segmentNum())
                .put("segmentsExpected", segmentation.segmentsExpected());
    }

    /** One line. */
    static String row(int pid, long packet, SpliceInfo splice) {
        StringBuilder row = new StringBuilder(String.format(
                Locale.ROOT,
                "packet %-8d PID %-5d %s",
                packet,
                pid,
                splice.command().name()));
        row.append(splice.pts() == Pts.NONE ? "" : " at PTS " + splice.pts());
        for (SpliceDescriptor descriptor : splice.descriptors()) {
            if (descriptor instanceof SpliceDescriptor.Segmentation one && !one.cancelled()) {
                row.append(", ").append(one.typeName());
            }
        }
        return row.toString();
    }

    private static @Nullable Long orNull(long pts) {
        return pts == Pts.NONE ? null : pts;
    }
}
