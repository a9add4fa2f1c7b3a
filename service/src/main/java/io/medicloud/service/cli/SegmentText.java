// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes a segment's facts, for programs and for people. */
final class SegmentText {
    private SegmentText() {}

    /** For people. */
    static String row(String name, SegmentFacts facts) {
        return String.format(
                Locale.ROOT,
                "%s  %9.3f s  %,12d bytes%s%s",
                name,
                facts.durationSeconds(),
                facts.bytes(),
                facts.independent() ? "" : "  not independent",
                facts.discontinuity() ? "  discontinuity" : "");
    }

    /** As {@code segment --json} prints it. */
    static String json(String name, SegmentFacts facts, List<Json> splices) {
        SegmentFaults faults = facts.faults();
        Json json = Json.object()
                .put("sequence", facts.sequence())
                .put("file", name)
                .put("bytes", facts.bytes())
                .put("packets", facts.packets())
                .put("injectedPackets", facts.injectedPackets())
                .put("injectedParameterSets", facts.injectedParameterSets())
                .put("startPacket", facts.startPacket())
                .put("startPts", orNull(facts.startPts(), Pts.NONE))
                .put("endPts", orNull(facts.endPts(), Pts.NONE))
                .put("durationSeconds", facts.durationSeconds(), 6)
                .put("bitrate", orNull(facts.bitrate(), SegmentFacts.NO_BITRATE))
                .put("independent", facts.independent())
                .put("discontinuity", facts.discontinuity())
                .put(
                        "errors",
                        Json.object()
                                .put("syncLoss", faults.syncLoss())
                                .put("continuity", faults.continuity())
                                .put("transport", faults.transport())
                                .put("crc", faults.crc())
                                .put("pes", faults.pes()));
        return splices.isEmpty() ? json.text() : json.put("splices", splices).text();
    }

    private static @Nullable Long orNull(long value, long none) {
        return value == none ? null : value;
    }
}
