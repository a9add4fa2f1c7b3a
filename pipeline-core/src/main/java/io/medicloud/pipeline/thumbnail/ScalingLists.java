// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

/**
 * Reads the scaling lists of a parameter set (14496-10, 7.3.2.1.1.1), for one question: does the decoder get them right? It takes a list that is not
 * sent for the default one, and not, as it should, for the one before it or that of the sequence (table 7-2).
 */
final class ScalingLists {
    private static final int LISTS_4X4 = 6;
    /** Before the first list of its kind stands none to fall back to. */
    private static final int FIRST_INTER = 3;

    private ScalingLists() {}

    /**
     * Passes over them.
     *
     * @param count how many there are
     * @param hasFallback whether the sequence has lists, to which those of the picture fall back
     * @return whether the decoder gets them right
     */
    static boolean pass(Rbsp in, int count, boolean hasFallback) {
        boolean isRight = true;
        boolean isOwn = false;
        for (int list = 0; list < count && !in.isBroken(); list++) {
            boolean isFirst = list == 0 || list == FIRST_INTER || list >= LISTS_4X4;
            if (in.flag()) {
                isOwn = passOne(in, list < LISTS_4X4 ? 16 : 64);
            } else if (isFirst) {
                isOwn = false;
                isRight &= !hasFallback;
            } else {
                isRight &= !isOwn;
            }
        }
        return isRight;
    }

    /** Returns whether it is another than the default list. */
    private static boolean passOne(Rbsp in, int size) {
        int last = 8;
        int next = 8;
        for (int j = 0; j < size && next != 0; j++) {
            next = (last + in.se()) & 0xFF;
            if (j == 0 && next == 0) {
                return false;
            }
            last = next == 0 ? last : next;
        }
        return true;
    }
}
