// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.pipeline.text.FactFields;
import io.medicloud.pipeline.text.Fields;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A segment's facts as names and values: in the file beside it, and as the metadata of its object. */
public final class FactsText {
    private static final String KEY = "key";
    private static final String INCOMPLETE = "incomplete";
    private static final String PLACE = "place";
    private static final String EPOCH = "epoch";

    private FactsText() {}

    /** Names of {@code a-z-}, values of ASCII. */
    public static Map<String, String> toMap(SealedSegment segment) {
        Fields fields = fields(segment);
        long epoch = segment.place().epoch();
        return (epoch > 0 ? fields.put(EPOCH, epoch) : fields).toMap();
    }

    private static Fields fields(SealedSegment segment) {
        return FactFields.of(segment.facts()).put(INCOMPLETE, segment.incomplete());
    }

    static String write(SealedSegment segment) {
        return fields(segment)
                .put(KEY, segment.key())
                .put(PLACE, segment.place().write())
                .write();
    }

    /**
     * The segment in a file; if its facts are missing or no facts, only what the file itself tells.
     *
     * @param usualKey its key, if its facts do not tell another
     */
    static SealedSegment read(String streamId, Path file, Path facts, long sequence, String usualKey)
            throws IOException {
        long bytes = Files.size(file);
        Fields fields = Fields.read(
                Files.isRegularFile(facts) ? new String(Files.readAllBytes(facts), StandardCharsets.UTF_8) : "");
        String key = ObjectKeys.isKey(fields.text(KEY)) ? fields.text(KEY) : usualKey;
        return read(streamId, file, fields, sequence, bytes, key);
    }

    private static SealedSegment read(
            String streamId, Path file, Fields fields, long sequence, long bytes, String key) {
        try {
            if (FactFields.areIn(fields)) {
                long packets = bytes / StreamFolder.PACKET_BYTES;
                SegmentFacts told = FactFields.read(fields, sequence, bytes, packets);
                return new SealedSegment(
                        streamId, told, file, key, fields.flag(INCOMPLETE), Place.read(fields.text(PLACE)));
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            Spool.LOG.warn("What is told of {} are no facts", file, e);
        }
        return new SealedSegment(streamId, unknown(sequence, bytes), file, key, true);
    }

    /**
     * A segment of which there is no file here any more, as the metadata of its object tell of it.
     *
     * @param file where it was
     */
    public static SealedSegment read(
            String streamId, Path file, Map<String, String> metadata, long sequence, long bytes, String key) {
        Fields fields = new Fields();
        metadata.forEach(fields::put);
        return read(streamId, file, fields, sequence, bytes, key);
    }

    /** What is known of a segment whose facts were never told. */
    public static SegmentFacts unknown(long sequence, long bytes) {
        long packets = bytes / StreamFolder.PACKET_BYTES;
        return new SegmentFacts(
                sequence, packets * StreamFolder.PACKET_BYTES, packets, 0, 0, Pts.NONE, 0, false, true, 0);
    }

    /** The facts of a segment of which only the first bytes could be written. */
    static SegmentFacts cutTo(SegmentFacts facts, long bytes) {
        long packets = bytes / StreamFolder.PACKET_BYTES;
        return FactFields.read(
                FactFields.of(facts).put("injected-packets", Math.min(facts.injectedPackets(), packets)),
                facts.sequence(),
                bytes,
                packets);
    }
}
