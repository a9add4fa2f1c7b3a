// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;

/** Writes so many seconds of the synthetic stream to standard output. */
public final class SyntheticFile {
    private static final long US_PER_S = 1_000_000;

    private SyntheticFile() {}

    /** {@code SECONDS} is the one argument. */
    public static void main(String[] args) throws IOException {
        write(System.out, Integer.parseInt(args[0]));
        System.out.flush();
    }

    static void write(OutputStream out, int seconds) throws IOException {
        SyntheticEncoder encoder = new SyntheticEncoder(SyntheticStream.DEFAULT);
        ByteBuf chunk = Unpooled.buffer(SyntheticEncoder.CHUNK);
        while (encoder.nextDueUs() < seconds * US_PER_S) {
            encoder.next(chunk.clear());
            chunk.readBytes(out, chunk.readableBytes());
        }
        while (encoder.drain(chunk.clear())) {
            chunk.readBytes(out, chunk.readableBytes());
        }
    }
}
