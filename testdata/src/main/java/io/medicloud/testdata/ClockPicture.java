// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.util.Arrays;
import java.util.Locale;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Rect;

/**
 * Draws the test picture: a clock, the frame number in digits, the same number as a row of black and white blocks that
 * a program can read, and a bar that moves. Not thread-safe.
 */
final class ClockPicture {
    static final int WIDTH = 320;
    static final int HEIGHT = 180;
    /** The blocks: {@link #CODE_BITS} squares of {@link #CODE_BLOCK} pixels from (0, {@link #CODE_TOP}), highest bit first. */
    static final int CODE_BITS = 32;

    static final int CODE_BLOCK = 10;
    static final int CODE_TOP = 164;

    private static final int MACROBLOCK = 16;
    private static final int CODED_HEIGHT = (HEIGHT + MACROBLOCK - 1) / MACROBLOCK * MACROBLOCK;
    private static final int BLACK = 16;
    private static final int WHITE = 235;
    private static final int BAR_TOP = 136;
    private static final int BAR_HEIGHT = 12;
    private static final int BAR_WIDTH = 24;
    private static final int BAR_STEP = 4;

    private final Picture picture;
    private final byte[] luma;

    ClockPicture() {
        // The planes hold whole macroblocks, of which the crop in the SPS shows the upper 180 lines.
        picture = Picture.createCropped(WIDTH, CODED_HEIGHT, ColorSpace.YUV420J, new Rect(0, 0, WIDTH, HEIGHT));
        luma = picture.getPlaneData(0);
        for (int y = 0; y < CODED_HEIGHT; y++) {
            Arrays.fill(luma, y * WIDTH, (y + 1) * WIDTH, sample(BLACK + y / MACROBLOCK * 6));
        }
        for (int y = 0; y < CODED_HEIGHT / 2; y++) {
            for (int x = 0; x < WIDTH / 2; x++) {
                picture.getPlaneData(1)[y * WIDTH / 2 + x] = sample(112 + x / 8 * 2);
                picture.getPlaneData(2)[y * WIDTH / 2 + x] = sample(140 - y / 8 * 2);
            }
        }
        text("MEDICLOUD", 8, 8, 2);
    }

    /** Draws picture {@code number} as it is shown at {@code clockMs}, milliseconds since midnight; lent until the next. */
    Picture draw(long number, long clockMs) {
        long ms = Math.floorMod(clockMs, 86_400_000L);
        String clock = String.format(
                Locale.ROOT, "%02d:%02d:%02d.%03d", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
        text(clock, 16, 48, 4);
        text(String.format(Locale.ROOT, "FRAME %08d", number), 16, 96, 3);
        fill(0, BAR_TOP, WIDTH, BAR_HEIGHT, BLACK);
        fill((int) (number * BAR_STEP % (WIDTH - BAR_WIDTH)), BAR_TOP, BAR_WIDTH, BAR_HEIGHT, WHITE);
        for (int bit = 0; bit < CODE_BITS; bit++) {
            boolean one = (number >> (CODE_BITS - 1 - bit) & 1) == 1;
            fill(bit * CODE_BLOCK, CODE_TOP, CODE_BLOCK, CODE_BLOCK, one ? WHITE : BLACK);
        }
        return picture;
    }

    private void text(String text, int left, int top, int scale) {
        fill(left, top, text.length() * (BitmapFont.WIDTH + 1) * scale, BitmapFont.HEIGHT * scale, BLACK);
        for (int i = 0; i < text.length(); i++) {
            for (int y = 0; y < BitmapFont.HEIGHT; y++) {
                for (int x = 0; x < BitmapFont.WIDTH; x++) {
                    if (BitmapFont.isSet(text.charAt(i), x, y)) {
                        fill(left + (i * (BitmapFont.WIDTH + 1) + x) * scale, top + y * scale, scale, scale, WHITE);
                    }
                }
            }
        }
    }

    private void fill(int left, int top, int width, int height, int value) {
        for (int y = top; y < top + height; y++) {
            Arrays.fill(luma, y * WIDTH + left, y * WIDTH + left + width, sample(value));
        }
    }

    /** jcodec keeps samples less 128. */
    private static byte sample(int value) {
        return (byte) (value - 128);
    }
}
