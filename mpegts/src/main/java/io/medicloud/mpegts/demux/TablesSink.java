// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.psi.Pat;

/** Is told what {@link ProgramTables} read. All calls come while the packet is handed in that completes a table. */
public interface TablesSink {
    /**
     * A PAT section, or the map of a program that the PAT names on this PID, is complete and in force. Comes with every repetition, before the
     * calls that tell a change.
     *
     * @param pid where it came
     * @param section its bytes from index 0, lent
     * @param length how many they are
     * @param firstPacket the number of the packet in which it begins
     * @param lastPacket the number of the packet in which it ends
     */
    default void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {}

    /** A PAT section is new, or differs from the one before it. */
    default void onPat(Pat pat) {}

    /** A program's map is new, or differs from the one before it. */
    default void onProgram(Program program) {}

    /** A program whose map was in force is no longer in the PAT, or its map moved to another PID. */
    default void onProgramGone(Program program) {}
}
