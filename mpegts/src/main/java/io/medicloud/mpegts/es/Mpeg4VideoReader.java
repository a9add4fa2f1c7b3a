// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Finds the video object layer of MPEG-4 visual (14496-2, 6.2.3), for its size and frame rate. */
public final class Mpeg4VideoReader {
    private static final int MOST_BYTES = 64;
    private static final int VISUAL_OBJECT_SEQUENCE = 0xB0;
    private static final int LAYER_FIRST = 0x20;
    private static final int LAYER_LAST = 0x2F;
    private static final int EXTENDED_PAR = 15;
    private static final int RECTANGULAR = 0;
    private static final int GRAYSCALE = 3;

    private final Collector collector = new Collector();
    private final NalScanner scanner = new NalScanner(collector, false);

    /** A reader at the beginning of a stream. */
    public Mpeg4VideoReader() {}

    /** Reads the next piece of the elementary stream; lent. */
    public void scan(ByteBuf data, int from, int to) {
        scanner.scan(data, from, to);
    }

    /** What the first video object layer says; null until it is complete, and if it makes no sense. */
    public @Nullable VideoFormat format() {
        return collector.format;
    }

    private static final class Collector implements NalScanner.Sink {
        private final byte[] bytes = new byte[MOST_BYTES];
        private int length;
        private int startCode;
        private int profileAndLevel;
        private @Nullable VideoFormat format;

        @Override
        public boolean onNalUnit(int header, long start, long leadingZeros) {
            startCode = header;
            length = 0;
            return header == VISUAL_OBJECT_SEQUENCE || isLayer();
        }

        private boolean isLayer() {
            return startCode >= LAYER_FIRST && startCode <= LAYER_LAST;
        }

        @Override
        public boolean onByte(int value) {
            if (!isLayer()) {
                profileAndLevel = value;
                return false;
            }
            bytes[length++] = (byte) value;
            if (length < MOST_BYTES) {
                return true;
            }
            format = parse(new BitReader(bytes, length), profileAndLevel);
            return false;
        }

        @Override
        public void onNalUnitEnd() {
            if (isLayer()) {
                format = parse(new BitReader(bytes, length), profileAndLevel);
            }
        }

        @Override
        public boolean isDone() {
            return format != null;
        }
    }

    private static @Nullable VideoFormat parse(BitReader in, int profileAndLevel) {
        in.skip(9);
        int version = 1;
        if (in.flag()) {
            version = in.u(4);
            in.skip(3);
        }
        if (in.u(4) == EXTENDED_PAR) {
            in.skip(16);
        }
        if (in.flag()) {
            in.skip(3);
            if (in.flag()) {
                in.skip(79);
            }
        }
        int shape = in.u(2);
        if (shape == GRAYSCALE && version != 1) {
            in.skip(4);
        }
        in.skip(1);
        int resolution = in.u(16);
        in.skip(1);
        double rate = 0;
        if (in.flag()) {
            int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(resolution - 1));
            rate = VideoFormat.frameRate(resolution, in.u(bits));
        }
        in.skip(1);
        int width = in.u(13);
        in.skip(1);
        int height = in.u(13);
        in.skip(1);
        boolean interlaced = in.flag();
        if (shape != RECTANGULAR || in.isBroken() || width == 0 || height == 0) {
            return null;
        }
        // Simple and Advanced Simple are all that is met in transport streams (14496-2, table G.1).
        int profile = profileAndLevel >> 4;
        String name = profile == 0 ? "Simple Profile" : profile == 0xF ? "Advanced Simple Profile" : null;
        return new VideoFormat(name, String.valueOf(profileAndLevel & 0x0F), width, height, rate, interlaced);
    }
}
