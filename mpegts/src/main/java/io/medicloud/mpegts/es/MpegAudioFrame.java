// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** MPEG-1 and MPEG-2 audio, layers I to III (11172-3, 2.4.1.3; 13818-3, 2.4.2.3). */
final class MpegAudioFrame implements AudioFrame {
    private static final int[] SAMPLE_RATES = {44100, 48000, 32000};
    private static final int[][] KBITS_MPEG1 = {
        {32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
        {32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
        {32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
    };
    private static final int[] KBITS_MPEG2_LAYER1 = {32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256};
    private static final int[] KBITS_MPEG2 = {8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
    private static final int MPEG1 = 3;
    private static final int RESERVED = 1;
    private static final int SINGLE_CHANNEL = 3;

    @Override
    public int length(byte[] data, int at) {
        int layer = layer(data, at);
        int rate = sampleRate(data, at);
        int index = (data[at + 2] & 0xFF) >> 4;
        if ((AudioFrame.word(data, at) & 0xFFE0) != 0xFFE0 || layer > 3 || rate == 0 || index == 0 || index == 15) {
            return 0;
        }
        boolean mpeg1 = version(data, at) == MPEG1;
        int[] kbits = mpeg1 ? KBITS_MPEG1[layer - 1] : layer == 1 ? KBITS_MPEG2_LAYER1 : KBITS_MPEG2;
        int bits = 1000 * kbits[index - 1];
        int padding = data[at + 2] >> 1 & 1;
        if (layer == 1) {
            return 4 * (12 * bits / rate + padding);
        }
        return (layer == 3 && !mpeg1 ? 72 : 144) * bits / rate + padding;
    }

    @Override
    public AudioHeader header(byte[] data, int at, int end) {
        int channels = (data[at + 3] & 0xFF) >> 6 == SINGLE_CHANNEL ? 1 : 2;
        return new AudioHeader("mp" + layer(data, at), sampleRate(data, at), channels);
    }

    /** 1 to 3; 4 is reserved. */
    private static int layer(byte[] data, int at) {
        return 4 - (data[at + 1] >> 1 & 3);
    }

    private static int version(byte[] data, int at) {
        return data[at + 1] >> 3 & 3;
    }

    private static int sampleRate(byte[] data, int at) {
        int index = data[at + 2] >> 2 & 3;
        int version = version(data, at);
        if (index == 3 || version == RESERVED) {
            return 0;
        }
        return SAMPLE_RATES[index] >> (version == MPEG1 ? 0 : version == 2 ? 1 : 2);
    }
}
