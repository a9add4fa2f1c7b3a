// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.text.Fields;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's segments hold. A stream has other tracks only behind a break (RFC 8216, 4.3.2.3), so what was found is kept for each number of
 * breaks (see {@link io.medicloud.pipeline.timeline.Place}), of the newest. Immutable.
 */
public final class MediaFormats {
    /** Nothing is known. */
    public static final MediaFormats NONE = new MediaFormats(new TreeMap<>(), MediaFormat.UNKNOWN);

    private static final int MOST = 256;
    private static final String FORMAT = "format-";

    private final NavigableMap<Long, MediaFormat> formats;
    /** Of a stream that was recorded by a version that kept one only: its last. */
    private final MediaFormat only;

    private MediaFormats(NavigableMap<Long, MediaFormat> formats, MediaFormat only) {
        this.formats = formats;
        this.only = only;
    }

    /** The same, and what was found behind so many breaks. */
    public MediaFormats with(long breaks, MediaFormat format) {
        NavigableMap<Long, MediaFormat> all = new TreeMap<>(formats);
        all.merge(breaks, format, MediaFormat::and);
        while (all.size() > MOST) {
            all.pollFirstEntry();
        }
        return new MediaFormats(all, only);
    }

    /** What a segment holds, or null if that is not known. */
    public @Nullable MediaFormat of(SegmentRecord segment) {
        MediaFormat known = formats.get(segment.place().breaks());
        return known == null && formats.isEmpty() && !only.equals(MediaFormat.UNKNOWN) ? only : known;
    }

    /** What a player of these segments must be able to decode (4.3.4.2: every format that is in one of them). */
    public MediaFormat of(Iterable<SegmentRecord> segments) {
        MediaFormat all = null;
        for (SegmentRecord segment : segments) {
            if (segment.state().isThere()) {
                MediaFormat its = of(segment);
                MediaFormat known = its == null ? MediaFormat.UNKNOWN : its;
                all = all == null ? known : all.and(known);
            }
        }
        return all == null ? MediaFormat.UNKNOWN : all;
    }

    /** As text. */
    public String write() {
        Map.Entry<Long, MediaFormat> newest = formats.lastEntry();
        Fields fields = Fields.read((newest == null ? only : newest.getValue()).write());
        formats.forEach((breaks, format) -> fields.put(FORMAT + breaks, format.write()));
        return fields.write();
    }

    /** What {@link #write} wrote, or {@link MediaFormat#write}; {@link #NONE} of an empty text. */
    public static MediaFormats read(String text) {
        NavigableMap<Long, MediaFormat> formats = new TreeMap<>();
        for (Map.Entry<String, String> field : Fields.read(text).toMap().entrySet()) {
            if (field.getKey().startsWith(FORMAT)) {
                formats.put(
                        Long.parseLong(field.getKey().substring(FORMAT.length())), MediaFormat.read(field.getValue()));
            }
        }
        return new MediaFormats(formats, MediaFormat.read(text));
    }
}
