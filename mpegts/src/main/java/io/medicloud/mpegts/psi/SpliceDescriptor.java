// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A descriptor of a splice information section (SCTE 35, 10). Immutable. */
public sealed interface SpliceDescriptor {
    /**
     * avail_descriptor() (10.3.1).
     *
     * @param providerAvailId provider_avail_id
     */
    record Avail(long providerAvailId) implements SpliceDescriptor {}

    /**
     * DTMF_descriptor() (10.3.2).
     *
     * @param prerollTenths preroll, in tenths of a second
     * @param tones the tones: digits, * and #
     */
    record Dtmf(int prerollTenths, String tones) implements SpliceDescriptor {}

    /**
     * segmentation_descriptor() (10.3.3).
     *
     * @param eventId segmentation_event_id
     * @param cancelled whether an earlier event of this id is called off; then nothing else is said
     * @param durationTicks segmentation_duration in 90 kHz, or {@link #NO_DURATION}
     * @param upidType segmentation_upid_type
     * @param upid segmentation_upid: text where its type says that it is, else hexadecimal digits
     * @param typeId segmentation_type_id
     * @param segmentNum segment_num
     * @param segmentsExpected segments_expected
     * @param restrictions delivery restrictions, or null if there are none
     * @param components segments of single components; empty if it is the whole program
     */
    record Segmentation(
            long eventId,
            boolean cancelled,
            long durationTicks,
            int upidType,
            String upid,
            int typeId,
            int segmentNum,
            int segmentsExpected,
            @Nullable Restrictions restrictions,
            List<SpliceCommand.Component> components)
            implements SpliceDescriptor {
        /** No segmentation_duration is sent. */
        public static final long NO_DURATION = -1;

        public Segmentation {
            components = List.copyOf(components);
        }

        /** The name of the segmentation type (table 23), or "reserved". */
        public String typeName() {
            return SegmentationType.name(typeId);
        }
    }

    /**
     * What must not be done with a segment.
     *
     * @param webDeliveryAllowed web_delivery_allowed_flag
     * @param noRegionalBlackout no_regional_blackout_flag
     * @param archiveAllowed archive_allowed_flag
     * @param deviceRestrictions device_restrictions; 3 is none
     */
    record Restrictions(
            boolean webDeliveryAllowed, boolean noRegionalBlackout, boolean archiveAllowed, int deviceRestrictions) {}

    /**
     * time_descriptor() (10.3.4).
     *
     * @param taiSeconds seconds of atomic time since 1970
     * @param taiNanos and nanoseconds
     * @param utcOffset seconds by which universal time is behind
     */
    record Time(long taiSeconds, long taiNanos, int utcOffset) implements SpliceDescriptor {}

    /**
     * Any other, and one whose identifier is not CUEI.
     *
     * @param tag splice_descriptor_tag
     * @param identifier four characters
     * @param body what follows, as hexadecimal digits
     */
    record Other(int tag, String identifier, String body) implements SpliceDescriptor {
        static Other of(int tag, String identifier, byte[] body) {
            return new Other(tag, identifier, HexFormat.of().formatHex(body));
        }
    }
}
