// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** DTS coherent acoustics, core substream (ETSI TS 102 114, 5.3). */
final class DtsFrame implements AudioFrame {
    private static final int SYNC_FIRST = 0x7FFE;
    private static final int SYNC_LAST = 0x8001;
    private static final int[] SAMPLE_RATES = {
        0, 8000, 16000, 32000, 0, 0, 11025, 22050, 44100, 0, 0, 12000, 24000, 48000, 0, 0
    };
    /** Channels of AMODE (table 5-4). */
    private static final int[] CHANNELS = {1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8};

    private static final int LEAST_BYTES = 96;

    @Override
    public int length(byte[] data, int at) {
        if (AudioFrame.word(data, at) != SYNC_FIRST || AudioFrame.word(data, at + 2) != SYNC_LAST) {
            return 0;
        }
        int length = 1 + ((data[at + 5] & 0x03) << 12 | (data[at + 6] & 0xFF) << 4 | (data[at + 7] & 0xF0) >> 4);
        boolean known = SAMPLE_RATES[data[at + 8] >> 2 & 0x0F] != 0 && mode(data, at) < CHANNELS.length;
        return known && length >= LEAST_BYTES ? length : 0;
    }

    @Override
    public AudioHeader header(byte[] data, int at, int end) {
        // LFF: 1 and 2 say that there is a low frequency channel.
        int lowFrequency = (data[at + 10] & 0x06) == 0 ? 0 : 1;
        return new AudioHeader("dts", SAMPLE_RATES[data[at + 8] >> 2 & 0x0F], CHANNELS[mode(data, at)] + lowFrequency);
    }

    /** AMODE, across two bytes. */
    private static int mode(byte[] data, int at) {
        return (data[at + 7] & 0x0F) << 2 | (data[at + 8] & 0xC0) >> 6;
    }
}
