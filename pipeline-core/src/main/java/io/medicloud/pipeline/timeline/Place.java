// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.timeline;

import io.medicloud.pipeline.text.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a segment stands in what its stream plays: what a playlist says of it beyond what is in it. Each place follows from
 * the one before it, and is kept with its segment, so that it survives whatever happens to the process. Immutable.
 *
 * @param startMs the time of day of its first picture, in milliseconds since 1970; 0 if it is not known
 * @param breaks how many breaks of the stream lie before it, or at its beginning: its discontinuity sequence number
 *     (RFC 8216, 6.2.1)
 * @param targetSeconds the target duration that was promised while it was recorded; 0 if none was
 * @param cues the splice points that were announced while it was received
 * @param epoch which owner of the stream received it, where streams have owners; 0 elsewhere
 */
public record Place(long startMs, long breaks, int targetSeconds, List<Cue> cues, long epoch) {
    /** Nothing is known. */
    public static final Place NONE = new Place(0, 0, 0, List.of());

    private static final String START = "start-ms";
    private static final String BREAKS = "breaks";
    private static final String TARGET = "target-seconds";
    private static final String CUE = "cue-";
    private static final String EPOCH = "epoch";

    public Place {
        cues = List.copyOf(cues);
    }

    /** The place of a segment of a stream that has no owner. */
    public Place(long startMs, long breaks, int targetSeconds, List<Cue> cues) {
        this(startMs, breaks, targetSeconds, cues, 0);
    }

    /** The same of a segment that this owner received. */
    public Place withEpoch(long other) {
        return new Place(startMs, breaks, targetSeconds, cues, other);
    }

    /** Is the time of day known? */
    public boolean hasStart() {
        return startMs > 0;
    }

    /** As text. */
    public String write() {
        Fields fields = new Fields();
        if (equals(NONE)) {
            return "";
        }
        fields.put(START, startMs).put(BREAKS, breaks).put(TARGET, targetSeconds);
        if (epoch > 0) {
            fields.put(EPOCH, epoch);
        }
        for (int i = 0; i < cues.size(); i++) {
            fields.put(CUE + i, cues.get(i).write());
        }
        return fields.write();
    }

    /**
     * What {@link #write} wrote; {@link #NONE} of an empty text.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Place read(String text) {
        Fields fields = Fields.read(text);
        List<Cue> cues = new ArrayList<>();
        while (fields.has(CUE + cues.size())) {
            cues.add(Cue.read(fields.text(CUE + cues.size())));
        }
        return new Place(
                fields.number(START),
                fields.number(BREAKS),
                Math.toIntExact(fields.number(TARGET)),
                cues,
                fields.number(EPOCH));
    }
}
