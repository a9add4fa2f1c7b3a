// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.store.ObjectKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A segment's facts as names and values: in the file beside it, and as the metadata of its object. */
public final class FactsText {
    private static final String KEY = "key";

    private FactsText() {}

    /** Names of {@code a-z-}, values of ASCII. */
    public static Map<String, String> toMap(SealedSegment segment) {
        SegmentFacts facts = segment.facts();
        Map<String, String> map = new LinkedHashMap<>();
        map.put("sequence", Long.toString(facts.sequence()));
        map.put("packets", Long.toString(facts.packets()));
        map.put("injected-packets", Long.toString(facts.injectedPackets()));
        map.put("start-packet", Long.toString(facts.startPacket()));
        map.put("start-pts", Long.toString(facts.startPts()));
        map.put("duration-ticks", Long.toString(facts.durationTicks()));
        map.put("independent", Boolean.toString(facts.independent()));
        map.put("discontinuity", Boolean.toString(facts.discontinuity()));
        map.put("continuity-errors", Long.toString(facts.continuityErrors()));
        map.put("incomplete", Boolean.toString(segment.incomplete()));
        return map;
    }

    static String write(SealedSegment segment) {
        StringBuilder text = new StringBuilder();
        Map<String, String> map = toMap(segment);
        map.put(KEY, segment.key());
        map.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }

    /**
     * The segment in a file; if its facts are missing or no facts, only what the file itself tells.
     *
     * @param usualKey its key, if its facts do not tell another
     */
    static SealedSegment read(String streamId, Path file, Path facts, long sequence, String usualKey)
            throws IOException {
        long bytes = Files.size(file);
        Map<String, String> map = new LinkedHashMap<>();
        if (Files.isRegularFile(facts)) {
            for (String line : new String(Files.readAllBytes(facts), StandardCharsets.UTF_8).split("\n", -1)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    map.put(line.substring(0, equals), line.substring(equals + 1));
                }
            }
        }
        String told = map.getOrDefault(KEY, usualKey);
        String key = ObjectKeys.isKey(told) ? told : usualKey;
        try {
            return new SealedSegment(
                    streamId, parse(map, sequence, bytes), file, key, Boolean.parseBoolean(map.get("incomplete")));
        } catch (NumberFormatException | ArithmeticException e) {
            return new SealedSegment(streamId, unknown(sequence, bytes), file, key, true);
        }
    }

    private static SegmentFacts parse(Map<String, String> map, long sequence, long bytes) {
        return new SegmentFacts(
                sequence,
                bytes,
                bytes / StreamFolder.PACKET_BYTES,
                Math.toIntExact(number(map, "injected-packets")),
                number(map, "start-packet"),
                number(map, "start-pts"),
                number(map, "duration-ticks"),
                Boolean.parseBoolean(map.get("independent")),
                Boolean.parseBoolean(map.get("discontinuity")),
                number(map, "continuity-errors"));
    }

    private static long number(Map<String, String> map, String name) {
        return Long.parseLong(map.getOrDefault(name, ""));
    }

    /** What is known of a segment whose facts were never told. */
    static SegmentFacts unknown(long sequence, long bytes) {
        long packets = bytes / StreamFolder.PACKET_BYTES;
        return new SegmentFacts(
                sequence, packets * StreamFolder.PACKET_BYTES, packets, 0, 0, Pts.NONE, 0, false, true, 0);
    }

    /** The facts of a segment of which only the first bytes could be written. */
    static SegmentFacts cutTo(SegmentFacts facts, long bytes) {
        long packets = bytes / StreamFolder.PACKET_BYTES;
        return new SegmentFacts(
                facts.sequence(),
                bytes,
                packets,
                (int) Math.min(facts.injectedPackets(), packets),
                facts.startPacket(),
                facts.startPts(),
                facts.durationTicks(),
                facts.independent(),
                facts.discontinuity(),
                facts.continuityErrors());
    }
}
