// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A stream's segments as lines of JSON, one object a segment, in the fields of {@code segment --json}. */
public final class SegmentLines {
    private static final Pattern MEMBER = Pattern.compile("\"(\\w{1,40})\": ?(\"[^\"]{0,200}\"|[\\w.+-]{1,40})");

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

    /**
     * A line that was read.
     *
     * @param file the segment's name
     */
    public record Line(String file, SegmentFacts facts, boolean incomplete) {}

    /** What a line tells; null if it is none of ours. */
    public static @Nullable Line read(String line) {
        Map<String, String> values = new HashMap<>();
        Matcher matcher = MEMBER.matcher(line);
        while (matcher.find()) {
            values.put(matcher.group(1), matcher.group(2));
        }
        String file = values.getOrDefault("file", "").replace("\"", "");
        try {
            SegmentFacts facts = new SegmentFacts(
                    number(values, "sequence"),
                    number(values, "bytes"),
                    number(values, "packets"),
                    Math.toIntExact(number(values, "injectedPackets")),
                    Math.toIntExact(number(values, "injectedParameterSets")),
                    number(values, "startPacket"),
                    numberOr(values, "startPts", Pts.NONE),
                    Math.round(Double.parseDouble(values.getOrDefault("durationSeconds", "")) * Pts.HZ),
                    numberOr(values, "bitrate", SegmentFacts.NO_BITRATE),
                    Boolean.parseBoolean(values.get("independent")),
                    Boolean.parseBoolean(values.get("discontinuity")),
                    new SegmentFaults(
                            number(values, "syncLoss"),
                            number(values, "transport"),
                            number(values, "continuity"),
                            number(values, "crc"),
                            number(values, "pes")));
            return file.isEmpty() ? null : new Line(file, facts, Boolean.parseBoolean(values.get("incomplete")));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return null;
        }
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(values.getOrDefault(name, ""));
    }

    private static long numberOr(Map<String, String> values, String name, long none) {
        return "null".equals(values.get(name)) ? none : number(values, name);
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
