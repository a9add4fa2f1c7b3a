// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/** Audio object types of AAC (14496-3, table 1.17). */
final class AacProfile {
    static final int SBR = 5;
    static final int PARAMETRIC_STEREO = 29;

    private static final int LTP = 4;

    private AacProfile() {}

    /** Whether it is one of the first four types, Main, LC, SSR and LTP, which are configured alike. */
    static boolean isGeneral(int objectType) {
        return objectType > 0 && objectType <= LTP;
    }

    /** The profile of a stream of this type, by ffprobe's name; null if it has none. */
    static @Nullable String of(int objectType) {
        return switch (objectType) {
            case 1 -> "Main";
            case 2 -> "LC";
            case 3 -> "SSR";
            case LTP -> "LTP";
            case SBR -> "HE-AAC";
            case 23 -> "LD";
            case PARAMETRIC_STEREO -> "HE-AACv2";
            case 39 -> "ELD";
            default -> null;
        };
    }
}
