// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;

/** Looks into the beginning of a segment, and says what is needed to decode it. Blocks while it reads. */
public final class FormatProbe {
    private static final int MOST_BYTES = 1 << 20;
    private static final int PIECE = 64 * 1024;

    private FormatProbe() {}

    /**
     * What the segment holds.
     *
     * @param segment read up to 1 MiB; not closed
     */
    public static MediaFormat probe(InputStream segment) throws IOException {
        StreamProbe probe = new StreamProbe();
        for (int read = 0; read < MOST_BYTES; read += PIECE) {
            byte[] piece = segment.readNBytes(PIECE);
            ByteBuf data = Unpooled.wrappedBuffer(piece);
            probe.onData(data);
            data.release();
            if (piece.length < PIECE) {
                break;
            }
        }
        return MediaFormat.of(probe.finish());
    }
}
