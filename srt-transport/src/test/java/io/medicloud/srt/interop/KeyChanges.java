// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;

/** Counts, in what one end sends, how often it goes over to another key. */
final class KeyChanges {
    private volatile int count;
    private int last;
    private int newest;

    /** A well-formed packet leaves its sender. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void onData(ByteBuf packet) {
        int keyFlags = DataPacket.keyFlags(packet);
        int seqNo = DataPacket.seqNo(packet);
        boolean isFirst = last == DataPacket.KK_PLAIN;
        // What is sent again bears the key that it was first sent with.
        if (isFirst || SeqNo.isBefore(newest, seqNo)) {
            newest = seqNo;
            count += isFirst || keyFlags == last ? 0 : 1;
            last = keyFlags;
        }
    }

    int count() {
        return count;
    }
}
