// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.io.IOException;

/** By what right a stream is written, where others might write it too. What is not said to block must not: it is asked on the stream's own thread. */
public interface Tenure {
    /** Nobody else writes streams. */
    Tenure ALONE = new Tenure() {
        @Override
        public long epoch() {
            return 0;
        }

        @Override
        public long begin(long atLeast) {
            return atLeast;
        }

        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public boolean take(long number) {
            return true;
        }
    };

    /** Which owner of the stream this is, counted from 1; stands in the facts of each segment, and in its object's metadata. 0 if nobody counts. */
    long epoch();

    /**
     * The number of the first segment. Blocks.
     *
     * @param atLeast what lies below is taken, as far as the store and the record know
     * @throws IOException if there is none to be had
     */
    long begin(long atLeast) throws IOException;

    /** May what has come just now still be written? Asked for each piece. */
    boolean holds();

    /** A segment of that number is to begin; false: it may not, and the stream ends. Numbers are taken one after the other. */
    boolean take(long number);
}
