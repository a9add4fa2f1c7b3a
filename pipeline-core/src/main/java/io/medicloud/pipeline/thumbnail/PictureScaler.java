// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.awt.image.BufferedImage;

/** Makes a small RGB picture of a decoded one: the mean of the area behind each sample, plane by plane, then the colours. */
final class PictureScaler {
    /** No picture is higher than that many times its width. */
    private static final int MOST_RATIO = 4;

    private static final float LUMA_601_RED = 0.299f;
    private static final float LUMA_601_BLUE = 0.114f;
    private static final float LUMA_709_RED = 0.2126f;
    private static final float LUMA_709_BLUE = 0.0722f;

    private PictureScaler() {}

    /** The height that belongs to a width, by the shown picture's ratio with that of its samples; even. */
    static int heightFor(AvcFormat format, int width) {
        double height =
                (double) width * format.height() * format.sarHeight() / (format.width() * (double) format.sarWidth());
        return (int) Math.max(2, Math.min((double) MOST_RATIO * width, 2.0 * Math.rint(height / 2)));
    }

    /** Scales it to a width. */
    static BufferedImage scale(DecodedPicture picture, int width) {
        AvcFormat format = picture.format();
        int height = heightFor(format, width);
        int stride = format.widthMbs() * 16;
        float[] luma = area(
                picture.planes()[0],
                stride,
                format.left(),
                format.top(),
                format.width(),
                format.height(),
                width,
                height);
        float[][] chroma = new float[2][];
        for (int i = 0; i < 2; i++) {
            chroma[i] = area(
                    picture.planes()[i + 1],
                    stride / 2,
                    format.left() / 2,
                    format.top() / 2,
                    format.width() / 2,
                    format.height() / 2,
                    width,
                    height);
        }
        return toRgb(luma, chroma[0], chroma[1], format, width, height);
    }

    /** The means of a part of a plane; 128 is added back. */
    private static float[] area(
            byte[] plane, int stride, int left, int top, int fromWidth, int fromHeight, int width, int height) {
        float[] out = new float[width * height];
        float[] row = new float[fromWidth];
        float stepX = (float) fromWidth / width;
        double stepY = (double) fromHeight / height;
        for (int y = 0; y < height; y++) {
            double begin = y * stepY;
            double end = Math.min(fromHeight, begin + stepY);
            java.util.Arrays.fill(row, 0);
            for (int line = (int) begin; line < end && line < fromHeight; line++) {
                float weight = (float) ((Math.min(line + 1, end) - Math.max(line, begin)) / stepY);
                int at = (top + line) * stride + left;
                for (int x = 0; x < fromWidth; x++) {
                    row[x] += weight * plane[at + x];
                }
            }
            for (int x = 0; x < width; x++) {
                out[y * width + x] = 128 + mean(row, x * stepX, Math.min(fromWidth, (x + 1) * stepX));
            }
        }
        return out;
    }

    private static float mean(float[] row, float begin, float end) {
        float sum = 0;
        float weights = 0;
        for (int i = (int) begin; i < end && i < row.length; i++) {
            float weight = Math.min(i + 1, end) - Math.max(i, begin);
            sum += weight * row[i];
            weights += weight;
        }
        return weights > 0 ? sum / weights : row[row.length - 1];
    }

    /** ITU-T H.273, 8.3. */
    private static BufferedImage toRgb(float[] luma, float[] cb, float[] cr, AvcFormat format, int width, int height) {
        float red = format.bt601() ? LUMA_601_RED : LUMA_709_RED;
        float blue = format.bt601() ? LUMA_601_BLUE : LUMA_709_BLUE;
        float green = 1 - red - blue;
        float black = format.fullRange() ? 0 : 16;
        float lumaScale = format.fullRange() ? 1 : 255f / 219;
        float chromaScale = format.fullRange() ? 1 : 255f / 224;
        int[] rgb = new int[luma.length];
        for (int i = 0; i < rgb.length; i++) {
            float y = (luma[i] - black) * lumaScale;
            float b = (cb[i] - 128) * chromaScale * 2 * (1 - blue);
            float r = (cr[i] - 128) * chromaScale * 2 * (1 - red);
            float g = -(b * blue + r * red) / green;
            rgb[i] = clamp(y + r) << 16 | clamp(y + g) << 8 | clamp(y + b);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, rgb, 0, width);
        return image;
    }

    private static int clamp(float value) {
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) (value + 0.5f);
    }
}
