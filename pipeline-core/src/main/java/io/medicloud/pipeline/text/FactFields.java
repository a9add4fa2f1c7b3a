// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.text;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;

/** A segment's facts as {@link Fields}; its number and length are told apart from them, or with them. */
public final class FactFields {
    private FactFields() {}

    /** All but the length. */
    public static Fields of(SegmentFacts facts) {
        SegmentFaults faults = facts.faults();
        return new Fields()
                .put("sequence", facts.sequence())
                .put("packets", facts.packets())
                .put("injected-packets", facts.injectedPackets())
                .put("injected-parameter-sets", facts.injectedParameterSets())
                .put("start-packet", facts.startPacket())
                .put("start-pts", facts.startPts())
                .put("duration-ticks", facts.durationTicks())
                .put("bitrate", facts.bitrate())
                .put("independent", facts.independent())
                .put("discontinuity", facts.discontinuity())
                .put("sync-losses", faults.syncLoss())
                .put("transport-errors", faults.transport())
                .put("continuity-errors", faults.continuity())
                .put("crc-errors", faults.crc())
                .put("pes-errors", faults.pes());
    }

    /** Do the fields tell of a segment what its file does not? */
    public static boolean areIn(Fields fields) {
        return fields.has("injected-packets") && fields.has("start-pts") && fields.has("duration-ticks");
    }

    /**
     * The facts of a segment of that number and length.
     *
     * @throws ArithmeticException if a value cannot be
     * @throws NumberFormatException if one is no number
     */
    public static SegmentFacts read(Fields fields, long sequence, long bytes, long packets) {
        return new SegmentFacts(
                sequence,
                bytes,
                packets,
                Math.toIntExact(fields.number("injected-packets")),
                Math.toIntExact(fields.number("injected-parameter-sets")),
                fields.number("start-packet"),
                fields.number("start-pts", Pts.NONE),
                fields.number("duration-ticks"),
                fields.number("bitrate", SegmentFacts.NO_BITRATE),
                fields.flag("independent"),
                fields.flag("discontinuity"),
                new SegmentFaults(
                        fields.number("sync-losses"),
                        fields.number("transport-errors"),
                        fields.number("continuity-errors"),
                        fields.number("crc-errors"),
                        fields.number("pes-errors")));
    }
}
