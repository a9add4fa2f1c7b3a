// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the headers of AAC say: in ADTS one of four profiles, in LOAS any configuration. */
class AacFrameTest {
    private static final int FRAME = 100;
    private static final int LOAS_HEADER = 3;

    @ParameterizedTest
    @CsvSource({"0, Main", "1, LC", "2, SSR", "3, LTP"})
    void adtsHasFourProfiles(int code, String profile) {
        assertThat(read(adts(code, 4, 2))).isEqualTo(new AudioHeader("aac", profile, 44100, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 96000",
        "1, 88200",
        "2, 64000",
        "3, 48000",
        "4, 44100",
        "5, 32000",
        "6, 24000",
        "7, 22050",
        "8, 16000",
        "9, 12000",
        "10, 11025",
        "11, 8000",
        "12, 7350"
    })
    void sampleRatesHaveAnIndex(int index, int rate) {
        assertThat(read(adts(1, index, 2)).sampleRate()).isEqualTo(rate);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "2, 2", "3, 3", "4, 4", "5, 5", "6, 6", "7, 8"})
    void sevenChannelsAreEight(int configuration, int channels) {
        assertThat(read(adts(1, 3, configuration)).channels()).isEqualTo(channels);
        assertThat(read(loas(version0(2, 3, configuration))).channels()).isEqualTo(channels);
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15})
    void aRateThatIsReservedIsNoFrame(int index) {
        assertThat(read(adts(1, index, 2))).isNull();
    }

    @Test
    void channelConfigurationsBeyondTheTableSayNothing() {
        assertThat(read(loas(version0(2, 3, 8))).channels()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, Main", "2, LC", "3, SSR", "4, LTP", "23, LD", "39, ELD", "20, "})
    void loasNamesAnyObjectType(int type, String profile) {
        assertThat(read(loas(version0(type, 6, 1)))).isEqualTo(new AudioHeader("aac_latm", profile, 24000, 1));
    }

    @Test
    void theRateMayBeWrittenOut() {
        BitWriter out = mux(0);
        type(out, 2).u(4, 15).u(24, 47_999).u(4, 2).u(3, 0);
        assertThat(read(loas(out))).isEqualTo(new AudioHeader("aac_latm", "LC", 47_999, 2));
    }

    @Test
    void aConfigurationMayBeginWithSbrOrParametricStereo() {
        BitWriter sbr = mux(0);
        type(sbr, 5).u(4, 7).u(4, 2).u(4, 4);
        assertThat(read(loas(type(sbr, 2)))).isEqualTo(new AudioHeader("aac_latm", "HE-AAC", 44100, 2));
        BitWriter stereo = mux(0);
        type(stereo, 29).u(4, 6).u(4, 1).u(4, 3);
        assertThat(read(loas(type(stereo, 2)))).isEqualTo(new AudioHeader("aac_latm", "HE-AACv2", 48000, 2));
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, LC, 24000, 1",
        "true, false, HE-AAC, 48000, 1",
        "true, true, HE-AACv2, 48000, 2",
        "false, true, LC, 24000, 1"
    })
    void sbrAndParametricStereoMayBeSaidBehindTheConfiguration(
            boolean sbr, boolean stereo, String profile, int rate, int channels) {
        for (boolean coreCoder : new boolean[] {false, true}) {
            BitWriter configuration = general(new BitWriter(), coreCoder);
            configuration.u(11, 0x2B7).u(5, 5).flag(sbr);
            if (sbr) {
                configuration.u(4, 3);
            }
            configuration.u(11, 0x548).flag(stereo);
            assertThat(read(loas(version1(configuration))))
                    .isEqualTo(new AudioHeader("aac_latm", profile, rate, channels));
        }
    }

    @Test
    void behindTheEndOfTheConfigurationNothingIsRead() {
        BitWriter plain = general(new BitWriter(), false);
        int bits = plain.bits();
        BitWriter more =
                general(new BitWriter(), false).u(11, 0x2B7).u(5, 5).flag(true).u(4, 3);
        int withSbr = more.bits();
        more.u(11, 0x548).flag(true);
        assertThat(read(loas(version1(more, bits + 15))).profile()).isEqualTo("LC");
        assertThat(read(loas(version1(more, withSbr + 11))).profile()).isEqualTo("HE-AAC");
        assertThat(read(loas(version1(more, withSbr + 12))).profile()).isEqualTo("HE-AACv2");
        assertThat(read(loas(version1(plain, bits))).profile()).isEqualTo("LC");
    }

    @Test
    void anotherSyncWordBehindTheConfigurationIsNone() {
        assertThat(read(loas(version1(
                        general(new BitWriter(), false).u(11, 0x2B6).u(5, 5).flag(true)))))
                .isEqualTo(new AudioHeader("aac_latm", "LC", 24000, 1));
        assertThat(read(loas(version1(
                        general(new BitWriter(), false).u(11, 0x2B7).u(5, 22).flag(true)))))
                .isEqualTo(new AudioHeader("aac_latm", "LC", 24000, 1));
    }

    @Test
    void aFrameThatRefersToTheConfigurationBeforeItSaysNothing() {
        assertThat(read(loas(new BitWriter().flag(true)))).isNull();
        // audioMuxVersionA
        assertThat(read(loas(new BitWriter().flag(false).flag(true).flag(true))))
                .isNull();
    }

    /** StreamMuxConfig of one program and layer, up to its AudioSpecificConfig, or the length of that. */
    private static BitWriter mux(int version) {
        BitWriter out = new BitWriter().flag(false).u(1, version);
        if (version == 1) {
            // audioMuxVersionA, taraBufferFullness in two bytes
            out.flag(false).u(2, 1).u(16, 0xFFFF);
        }
        return out.flag(true).u(6, 0).u(4, 0).u(3, 0);
    }

    private static BitWriter version0(int type, int rate, int channels) {
        return type(mux(0), type).u(4, rate).u(4, channels).u(3, 0);
    }

    private static BitWriter version1(BitWriter configuration) {
        return version1(configuration, configuration.bits());
    }

    private static BitWriter version1(BitWriter configuration, int length) {
        BitWriter out = mux(1).u(2, 0).u(8, length);
        byte[] bytes = configuration.end();
        for (byte value : bytes) {
            out.u(8, value);
        }
        return out;
    }

    /** LC of 24 kHz and one channel, with its GASpecificConfig. */
    private static BitWriter general(BitWriter out, boolean coreCoder) {
        type(out, 2).u(4, 6).u(4, 1).flag(false).flag(coreCoder);
        if (coreCoder) {
            out.u(14, 0x3FFF);
        }
        return out.flag(false);
    }

    private static BitWriter type(BitWriter out, int type) {
        return type < 31 ? out.u(5, type) : out.u(5, 31).u(6, type - 32);
    }

    private static byte[] loas(BitWriter element) {
        byte[] frame = new byte[FRAME];
        byte[] head = new BitWriter().u(11, 0x2B7).u(13, FRAME - LOAS_HEADER).end();
        System.arraycopy(head, 0, frame, 0, LOAS_HEADER);
        byte[] bytes = element.end();
        System.arraycopy(bytes, 0, frame, LOAS_HEADER, bytes.length);
        return frame;
    }

    private static byte[] adts(int profile, int rate, int channels) {
        BitWriter out = new BitWriter().u(12, 0xFFF).flag(false).u(2, 0).flag(true);
        out.u(2, profile).u(4, rate).flag(false).u(3, channels).u(4, 0).u(13, FRAME);
        return Arrays.copyOf(out.u(11, 0x7FF).u(2, 0).end(), FRAME);
    }

    private static AudioHeader read(byte[] frame) {
        AudioReader reader = new AudioReader();
        reader.onPesStart();
        ByteBuf data = Unpooled.wrappedBuffer(frame);
        for (int k = 0; k < 3; k++) {
            reader.onPesData(data, 0, frame.length);
        }
        reader.finish();
        return reader.header();
    }
}
