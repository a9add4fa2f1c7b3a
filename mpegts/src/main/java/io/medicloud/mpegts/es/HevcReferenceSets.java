// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** The short-term reference picture sets of an H.265 sequence parameter set (23008-2, 7.3.7), read to get past them. */
final class HevcReferenceSets {
    private static final int MOST_SETS = 64;
    private static final int MOST_PICTURES = 16;

    private HevcReferenceSets() {}

    static void skip(BitReader in) {
        int count = in.ue(MOST_SETS);
        int pictures = 0;
        for (int set = 0; set < count && !in.isBroken(); set++) {
            boolean predicted = set > 0 && in.flag();
            pictures = predicted ? skipPredicted(in, pictures) : skipListed(in);
        }
    }

    /** Returns NumDeltaPocs (7-71). */
    private static int skipListed(BitReader in) {
        int pictures = in.ue(MOST_PICTURES) + in.ue(MOST_PICTURES);
        for (int i = 0; i < pictures; i++) {
            in.ue();
            in.skip(1);
        }
        return pictures;
    }

    /** Predicted from the set before, of which each picture, and that set's own, may be used. */
    private static int skipPredicted(BitReader in, int picturesBefore) {
        in.skip(1);
        in.ue();
        int pictures = 0;
        for (int j = 0; j <= picturesBefore; j++) {
            boolean used = in.flag();
            pictures += used || in.flag() ? 1 : 0;
        }
        return pictures;
    }
}
