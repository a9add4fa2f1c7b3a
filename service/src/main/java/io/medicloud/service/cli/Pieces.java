// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** Buffers to read a file into, each used again once nobody holds a part of it: few, so that a processor's cache keeps them. One thread. */
final class Pieces implements AutoCloseable {
    private final int bytes;
    private final List<ByteBuf> all = new ArrayList<>();

    /**
     * @param bytes of each piece
     */
    Pieces(int bytes) {
        this.bytes = bytes;
    }

    /** An empty piece, lent: it is the next one's again once all that was retained of it is released. */
    ByteBuf next() {
        for (ByteBuf piece : all) {
            if (piece.refCnt() == 1) {
                return piece.clear();
            }
        }
        ByteBuf fresh = Unpooled.directBuffer(bytes, bytes);
        all.add(fresh);
        return fresh;
    }

    @Override
    public void close() {
        all.forEach(ByteBuf::release);
        all.clear();
    }
}
