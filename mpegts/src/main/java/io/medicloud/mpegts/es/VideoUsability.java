// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** The front of the video usability information, which H.264 (E.1.1) and H.265 (E.2.1) have in common. */
final class VideoUsability {
    private static final int EXTENDED_SAR = 255;

    private VideoUsability() {}

    /** From aspect_ratio_info_present_flag to chroma_sample_loc_type_bottom_field. */
    static void skipFront(BitReader in) {
        if (in.flag() && in.u(8) == EXTENDED_SAR) {
            in.skip(32);
        }
        if (in.flag()) {
            // overscan_appropriate_flag
            in.skip(1);
        }
        if (in.flag()) {
            // video_format, video_full_range_flag
            in.skip(4);
            if (in.flag()) {
                in.skip(24);
            }
        }
        if (in.flag()) {
            in.ue();
            in.ue();
        }
    }
}
