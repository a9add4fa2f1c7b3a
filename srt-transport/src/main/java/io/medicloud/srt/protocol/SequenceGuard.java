// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;

/**
 * Notices damaged headers. In live mode every packet is a message, so sequence and message number advance in step; a packet where they do not
 * has a flipped bit. Believing it would open a gap of packets that were never sent, and asking a libsrt sender for those makes it break the
 * connection. A new relation is learned when two packets in a row agree on it; a peer that has none is left alone.
 */
final class SequenceGuard {
    private static final int TURN = MsgNo.MAX;
    private static final int MOST_MISMATCHES = 16;

    private int relation = MsgNo.FIRST;
    private int candidate = -1;
    private int mismatches;
    private boolean off;
    private int lastSeqNo;
    private long position;

    SequenceGuard(int initialSeqNo) {
        lastSeqNo = initialSeqNo;
    }

    /** False if the packet is to be dropped. */
    boolean accepts(int seqNo, int msgNo) {
        // Counted on over the wrap of the sequence numbers, at which the message numbers do not wrap.
        long at = position + SeqNo.distance(lastSeqNo, seqNo);
        int r = Math.floorMod(msgNo - at, TURN);
        boolean isAccepted = r == relation || off || r == candidate;
        if (isAccepted) {
            relation = off ? relation : r;
            mismatches = 0;
            candidate = -1;
            position = at;
            lastSeqNo = seqNo;
            return true;
        }
        candidate = r;
        off = ++mismatches == MOST_MISMATCHES;
        return off;
    }
}
