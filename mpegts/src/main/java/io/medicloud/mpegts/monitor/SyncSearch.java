// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.PacketFramer;

/** Tells, whatever the pieces, when sync counts as lost that never was there. Not thread-safe. */
final class SyncSearch {
    /** Bytes in front of the first packet from which on that is so. */
    static final int MOST_BEFORE_SYNC = 4096;

    /** What the framer needs at the most to tell where packets begin. */
    private static final int UNDECIDED = PacketFramer.ACQUIRE * 204;

    private long bytes;
    private boolean told;

    /** So many bytes were given to the framer. Returns whether they are too many; once. */
    boolean onBytes(int more, PacketFramer framer) {
        bytes += more;
        return framer.firstPacketOffset() < 0 && bytes - UNDECIDED > MOST_BEFORE_SYNC && tell();
    }

    /** Packets have been found. Returns whether they begin too late; once. */
    boolean onPackets(PacketFramer framer) {
        return framer.firstPacketOffset() > MOST_BEFORE_SYNC && tell();
    }

    /** The input has ended. Returns whether too much of it was without a packet; once. */
    boolean onEnd(PacketFramer framer) {
        return framer.firstPacketOffset() < 0 && bytes > MOST_BEFORE_SYNC && tell();
    }

    private boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }
}
