// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.MsgNo;

/**
 * Notices damaged headers. In live mode every packet is a message, so sequence and message number advance in step; a packet where they do not
 * has a flipped bit. Believing it would open a gap of packets that were never sent, and asking a libsrt sender for those makes it break the
 * connection. A new relation is learned when two packets in a row agree on it; a peer that has none is left alone.
 */
final class SequenceGuard {
    private static final int TURN = MsgNo.MAX;
    private static final int MOST_MISMATCHES = 16;

    private int relation;
    private int candidate = -1;
    private int mismatches;
    private boolean off;

    SequenceGuard(int initialSeqNo) {
        relation = relation(initialSeqNo, MsgNo.FIRST);
    }

    /** False if the packet is to be dropped. */
    boolean accepts(int seqNo, int msgNo) {
        int r = relation(seqNo, msgNo);
        if (r == relation) {
            mismatches = 0;
            candidate = -1;
            return true;
        }
        if (off) {
            return true;
        }
        if (r == candidate) {
            relation = r;
            mismatches = 0;
            candidate = -1;
            return true;
        }
        candidate = r;
        off = ++mismatches == MOST_MISMATCHES;
        return off;
    }

    private static int relation(int seqNo, int msgNo) {
        return Math.floorMod((long) msgNo - seqNo, TURN);
    }
}
