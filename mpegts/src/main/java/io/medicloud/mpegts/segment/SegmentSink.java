// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.netty.buffer.ByteBuf;

/**
 * Is given segments, packet by packet, in order: {@code onSegmentStart}, {@code takePackets} once or more, {@code onSegmentEnd}, and again. Called
 * on the thread that hands the data in. It must not call the segmenter.
 */
public interface SegmentSink {
    /** A segment begins. */
    void onSegmentStart(long sequence);

    /**
     * The segment goes on.
     *
     * @param packets whole 188-byte packets, given: you release them. Mostly a slice of the buffer that was handed in, which stays alive as long
     *     as its slices
     */
    void takePackets(ByteBuf packets);

    /** The segment is complete. */
    void onSegmentEnd(SegmentFacts facts);
}
