// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/**
 * What the header of an audio frame says.
 *
 * @param codec as ffprobe names it: aac, aac_latm, ac3, dts, eac3, mp1, mp2, mp3, opus, s302m
 * @param profile of AAC, as ffprobe names it: LC, HE-AAC, HE-AACv2, Main, SSR, LTP, LD, ELD; LC with implicit SBR; null if it has none
 * @param sampleRate samples a second; of AAC as the header has it, which is half with implicit SBR
 * @param channels with the low frequency channel; 0 if the header does not say
 */
public record AudioHeader(String codec, @Nullable String profile, int sampleRate, int channels) {
    private static final int OPUS_SAMPLE_RATE = 48_000;

    /** Of a codec without profiles. */
    public AudioHeader(String codec, int sampleRate, int channels) {
        this(codec, null, sampleRate, channels);
    }

    /**
     * Opus says its channels in the DVB extension descriptor (tag 7F, extension tag 80) alone.
     *
     * @param channelConfiguration its channel_config_code: 0 is dual mono, from 82 hex on the channel mapping is given
     */
    public static AudioHeader ofOpus(int channelConfiguration) {
        int channels = channelConfiguration & 0x7F;
        return new AudioHeader("opus", OPUS_SAMPLE_RATE, channels == 0 ? 2 : channels);
    }
}
