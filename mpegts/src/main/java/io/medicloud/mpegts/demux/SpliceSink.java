// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.psi.SpliceInfo;

/** Is told of splice points (SCTE 35). */
public interface SpliceSink {
    /**
     * A splice information section is complete, its CRC right. Comes with every repetition of a message.
     *
     * @param pid where it came
     * @param packet the number of the packet in which it begins
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
