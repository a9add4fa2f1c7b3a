// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.psi.SpliceInfo;
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

    /**
     * What follows does not go on from what was before (see {@link SegmentFacts#discontinuity()}): told in front of a segment's beginning, or within it
     * before its first picture is given.
     */
    default void onDiscontinuity() {}

    /** The program that is cut has this map now: told when it is known, and again whenever it is another, also after a discontinuity. */
    default void onProgram(Program program) {}

    /**
     * The program's splice information (SCTE 35) has this message: where it may be left for another program, or returned to. Comes with every repetition, and
     * before the segment that starts there, if the policy asks for that.
     *
     * @param pid where it came
     * @param packet the number in the input, from 0, of the packet in which it begins
     * @param splice what it says
     */
    default void onSplice(int pid, long packet, SpliceInfo splice) {}

    /**
     * The same message as it was sent; told in front of {@link #onSplice}.
     *
     * @param section the section from index 0, lent
     * @param length how many bytes it has
     */
    default void onSpliceSection(SpliceInfo splice, byte[] section, int length) {}
}
