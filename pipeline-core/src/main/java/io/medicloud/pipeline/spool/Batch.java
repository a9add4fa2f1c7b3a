// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Place;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * What a stream hands to the writer at once: slices of received buffers, and between them the marks where segments begin
 * and end. Filled by the stream's thread, then emptied by the writer's.
 */
final class Batch {
    /** Something to be done before the slice at an index. */
    sealed interface Mark {
        /** The index of the slice that it stands in front of. */
        int at();

        record Start(int at, long sequence, Place place) implements Mark {}

        /**
         * A segment ends.
         *
         * @param beganUs when its first bytes had arrived
         * @param arrivedUs when its last bytes had
         */
        record End(int at, SegmentFacts facts, boolean incomplete, Place place, long beganUs, long arrivedUs)
                implements Mark {}

        record Finish(int at) implements Mark {}
    }

    final List<ByteBuf> slices = new ArrayList<>();
    final List<Mark> marks = new ArrayList<>(2);
    long bytes;

    void add(ByteBuf slice) {
        slices.add(slice);
        bytes += slice.readableBytes();
    }

    boolean isEmpty() {
        return slices.isEmpty() && marks.isEmpty();
    }

    /** Gives up the slices from an index on that nobody has taken over. */
    void releaseFrom(int index) {
        for (int i = index; i < slices.size(); i++) {
            slices.get(i).release();
        }
    }

    void clear() {
        slices.clear();
        marks.clear();
        bytes = 0;
    }
}
