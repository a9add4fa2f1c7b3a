// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/** Is given whole sections. */
@FunctionalInterface
public interface SectionSink {
    /**
     * A section is complete; if it has a CRC, that is right.
     *
     * @param pid where it came
     * @param section its bytes from index 0, lent: valid until the call returns
     * @param length how many they are
     * @param firstPacket the number of the packet in which it begins
     * @param lastPacket the number of the packet in which it ends
     */
    void onSection(int pid, byte[] section, int length, long firstPacket, long lastPacket);
}
