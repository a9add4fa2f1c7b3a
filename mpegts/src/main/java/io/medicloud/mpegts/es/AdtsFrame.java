// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** AAC in an audio data transport stream (14496-3, 1.A.3.2). */
final class AdtsFrame implements AudioFrame {
    private static final int[] SAMPLE_RATES = {
        96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350
    };
    private static final int HEADER = 7;
    private static final int EIGHT_CHANNELS = 7;

    /** samplingFrequencyIndex (14496-3, table 1.18); 0 for those that have none. */
    static int sampleRate(int index) {
        return index < SAMPLE_RATES.length ? SAMPLE_RATES[index] : 0;
    }

    /** channelConfiguration (14496-3, table 1.19); 0 if the stream says it elsewhere. */
    static int channels(int configuration) {
        return configuration == EIGHT_CHANNELS ? 8 : configuration < EIGHT_CHANNELS ? configuration : 0;
    }

    @Override
    public int length(byte[] data, int at) {
        if ((AudioFrame.word(data, at) & 0xFFF6) != 0xFFF0 || sampleRate(data[at + 2] >> 2 & 0x0F) == 0) {
            return 0;
        }
        int length = (data[at + 3] & 0x03) << 11 | (data[at + 4] & 0xFF) << 3 | (data[at + 5] & 0xFF) >> 5;
        return length > HEADER ? length : 0;
    }

    @Override
    public AudioHeader header(byte[] data, int at, int end) {
        int configuration = (data[at + 2] & 0x01) << 2 | (data[at + 3] & 0xFF) >> 6;
        // profile_ObjectType (table 1.A.11) counts from the first audio object type.
        String profile = AacProfile.of(((data[at + 2] & 0xFF) >> 6) + 1);
        return new AudioHeader("aac", profile, sampleRate(data[at + 2] >> 2 & 0x0F), channels(configuration));
    }
}
