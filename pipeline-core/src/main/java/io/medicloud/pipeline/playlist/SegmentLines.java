// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;
import java.util.Locale;

/** A stream's segments as lines of JSON, one object a segment, in the fields of {@code segment --json}. */
public final class SegmentLines {
    private SegmentLines() {}

    /**
     * Writes one line, ended by a line feed.
     *
     * @param file the segment's name, of characters that need no escape
     * @param incomplete bytes that belong behind its last packet were lost
     */
    public static void append(StringBuilder out, String file, SegmentFacts facts, boolean incomplete) {
        out.append("{\"sequence\": ").append(facts.sequence());
        out.append(", \"file\": \"").append(file);
        out.append("\", \"bytes\": ").append(facts.bytes());
        out.append(", \"packets\": ").append(facts.packets());
        out.append(", \"injectedPackets\": ").append(facts.injectedPackets());
        out.append(", \"injectedParameterSets\": ").append(facts.injectedParameterSets());
        out.append(", \"startPacket\": ").append(facts.startPacket());
        appendOrNull(out.append(", \"startPts\": "), facts.startPts(), Pts.NONE);
        appendOrNull(out.append(", \"endPts\": "), facts.endPts(), Pts.NONE);
        out.append(String.format(Locale.ROOT, ", \"durationSeconds\": %.6f", facts.durationSeconds()));
        appendOrNull(out.append(", \"bitrate\": "), facts.bitrate(), SegmentFacts.NO_BITRATE);
        out.append(", \"independent\": ").append(facts.independent());
        out.append(", \"discontinuity\": ").append(facts.discontinuity());
        out.append(", \"incomplete\": ").append(incomplete);
        appendErrors(out, facts.faults());
        out.append("}\n");
    }

    private static void appendErrors(StringBuilder out, SegmentFaults faults) {
        out.append(", \"errors\": {\"syncLoss\": ").append(faults.syncLoss());
        out.append(", \"continuity\": ").append(faults.continuity());
        out.append(", \"transport\": ").append(faults.transport());
        out.append(", \"crc\": ").append(faults.crc());
        out.append(", \"pes\": ").append(faults.pes()).append('}');
    }

    private static void appendOrNull(StringBuilder out, long value, long none) {
        if (value == none) {
            out.append("null");
        } else {
            out.append(value);
        }
    }
}
