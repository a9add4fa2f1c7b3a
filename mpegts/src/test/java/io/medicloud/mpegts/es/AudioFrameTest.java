// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths, rates and channels as the tables of the standards have them. */
class AudioFrameTest {
    private static final AudioFrame AC3 = new Ac3Frame();
    private static final AudioFrame MPEG = new MpegAudioFrame();
    private static final AudioFrame DTS = new DtsFrame();

    /** TS 102 366, table 4.13, in words of 16 bits, for frmsizecod 0 to 37. */
    private static final int[] WORDS_44100 = {
        69, 70, 87, 88, 104, 105, 121, 122, 139, 140, 174, 175, 208, 209, 243, 244, 278, 279, 348, 349, 417, 418, 487,
        488, 557, 558, 696, 697, 835, 836, 975, 976, 1114, 1115, 1253, 1254, 1393, 1394
    };
    /** The same for 48 kHz, for even codes; odd ones are the same. */
    private static final int[] WORDS_48000 = {
        64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1280
    };

    @Test
    void anAc3FrameIsAsLongAsTheTableSays() {
        for (int code = 0; code < WORDS_44100.length; code++) {
            assertThat(AC3.length(ac3(0, code, 8, 7, false), 0)).isEqualTo(2 * WORDS_48000[code / 2]);
            assertThat(AC3.length(ac3(1, code, 8, 7, false), 0)).isEqualTo(2 * WORDS_44100[code]);
            assertThat(AC3.length(ac3(2, code, 8, 7, false), 0)).isEqualTo(3 * WORDS_48000[code / 2]);
        }
        assertThat(AC3.length(ac3(0, 38, 8, 7, false), 0)).isZero();
        assertThat(AC3.length(ac3(3, 0, 8, 7, false), 0)).as("a reserved rate").isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 1", "2, 2", "3, 3", "4, 3", "5, 4", "6, 4", "7, 5"})
    void channelsAreThoseOfTheModeAndTheLowFrequencyOne(int mode, int channels) {
        for (int bsid : new int[] {8, 16}) {
            byte[] without = bsid == 8 ? ac3(0, 20, 8, mode, false) : eac3(0, 0, 3, mode, false, bsid);
            byte[] with = bsid == 8 ? ac3(0, 20, 8, mode, true) : eac3(0, 0, 3, mode, true, bsid);
            assertThat(AC3.header(without, 0, without.length).channels()).isEqualTo(channels);
            assertThat(AC3.header(with, 0, with.length).channels()).isEqualTo(channels + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 6, 48000", "1, 8, 44100", "2, 8, 32000", "0, 9, 24000", "1, 9, 22050", "0, 10, 12000", "2, 10, 8000"
    })
    void ac3OfHalfAndQuarterRateSaysSoByItsIdentification(int code, int bsid, int rate) {
        byte[] frame = ac3(code, 20, bsid, 2, false);
        assertThat(AC3.header(frame, 0, frame.length)).isEqualTo(new AudioHeader("ac3", rate, 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 48000", "1, 3, 44100", "2, 3, 32000", "3, 0, 24000", "3, 1, 22050", "3, 2, 16000"})
    void enhancedAc3HasItsOwnReducedRates(int code, int code2, int rate) {
        byte[] frame = eac3(0, code, code2, 2, false, 16);
        assertThat(AC3.header(frame, 0, frame.length)).isEqualTo(new AudioHeader("eac3", rate, 2));
        assertThat(AC3.length(frame, 0)).isEqualTo(512);
    }

    @Test
    void whatIsNoAc3IsNoFrame() {
        assertThat(AC3.length(eac3(0, 3, 3, 2, false, 16), 0))
                .as("reserved rate")
                .isZero();
        assertThat(AC3.length(eac3(0, 0, 3, 2, false, 17), 0))
                .as("later version")
                .isZero();
        assertThat(AC3.length(eac3(0, 0, 3, 2, false, 11), 0)).isEqualTo(512);
        byte[] frame = ac3(0, 20, 8, 2, false);
        frame[1]++;
        assertThat(AC3.length(frame, 0)).isZero();
    }

    @Test
    void aDependentSubstreamAloneSaysNothing() {
        byte[] frame = eac3(1, 0, 3, 2, false, 16);
        assertThat(AC3.header(frame, 0, frame.length)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "7, 0x0200, 7", // Lrs and Rrs behind five channels
        "7, 0x0010, 7", // Vhl and Vhr
        "7, 0x0100, 6", // Cs
        "2, 0x5800, 5", // C, Ls and Rs behind L and R
        "7, 0xF801, 6", // what is there, and a low frequency channel
    })
    void aChannelMapTellsWhereTheFurtherChannelsAre(int mode, String map, int channels) {
        for (boolean dualMono : new boolean[] {false, true}) {
            for (boolean compressed : new boolean[] {false, true}) {
                byte[] further = eac3(1, 0, 3, dualMono ? 0 : 2, false, 16);
                // From bsid on: dialnorm, compre [compr], twice in dual mono, chanmape, chanmap.
                BitWriter out = new BitWriter().u(5, 16);
                for (int i = 0; i < (dualMono ? 2 : 1); i++) {
                    out.u(5, 31).flag(compressed);
                    if (compressed) {
                        out.u(8, 0xFF);
                    }
                }
                byte[] tail = out.flag(true).u(16, Integer.decode(map)).end();
                System.arraycopy(tail, 0, further, 5, tail.length);
                assertThat(header(eac3(0, 0, 3, mode, false, 16), further).channels())
                        .isEqualTo(channels);
            }
        }
    }

    @Test
    void withoutAMapADependentSubstreamHasItsModesChannels() {
        byte[] further = eac3(1, 0, 3, 6, true, 16);
        byte[] tail = new BitWriter()
                .u(5, 16)
                .u(5, 31)
                .flag(false)
                .flag(false)
                .u(16, -1)
                .end();
        System.arraycopy(tail, 0, further, 5, tail.length);
        assertThat(header(eac3(0, 0, 3, 2, false, 16), further).channels())
                .as("L, R; and Ls, Rs, LFE")
                .isEqualTo(5);
        byte[] independent = eac3(0, 0, 3, 7, true, 16);
        assertThat(header(eac3(0, 0, 3, 2, false, 16), independent).channels()).isEqualTo(2);
    }

    private static AudioHeader header(byte[] frame, byte[] next) {
        byte[] both = Arrays.copyOf(frame, frame.length + next.length);
        System.arraycopy(next, 0, both, frame.length, next.length);
        return AC3.header(both, 0, both.length);
    }

    private static byte[] ac3(int rate, int size, int bsid, int mode, boolean lowFrequency) {
        BitWriter out = new BitWriter()
                .u(16, 0x0B77)
                .u(16, 0)
                .u(2, rate)
                .u(6, size)
                .u(5, bsid)
                .u(3, 0);
        out.u(3, mode);
        if ((mode & 1) != 0 && mode != 1) {
            out.u(2, lowFrequency ? 0 : 3);
        }
        if ((mode & 4) != 0) {
            out.u(2, lowFrequency ? 0 : 3);
        }
        if (mode == 2) {
            out.u(2, lowFrequency ? 0 : 3);
        }
        return Arrays.copyOf(out.flag(lowFrequency).u(8, lowFrequency ? 0 : -1).end(), 32);
    }

    /** A frame of 512 bytes. */
    private static byte[] eac3(int type, int rate, int rate2, int mode, boolean lowFrequency, int bsid) {
        BitWriter out = new BitWriter().u(16, 0x0B77).u(2, type).u(3, 0).u(11, 255);
        out.u(2, rate).u(2, rate2).u(3, mode).flag(lowFrequency).u(5, bsid);
        return Arrays.copyOf(out.end(), 512);
    }

    /** 11172-3, 2.4.2.3 and 13818-3, 2.4.2.3: kbit/s for bitrate_index 1 to 14. */
    @ParameterizedTest
    @CsvSource({
        "3, 1, 32 64 96 128 160 192 224 256 288 320 352 384 416 448",
        "3, 2, 32 48 56 64 80 96 112 128 160 192 224 256 320 384",
        "3, 3, 32 40 48 56 64 80 96 112 128 160 192 224 256 320",
        "2, 1, 32 48 56 64 80 96 112 128 144 160 176 192 224 256",
        "2, 2, 8 16 24 32 40 48 56 64 80 96 112 128 144 160",
        "2, 3, 8 16 24 32 40 48 56 64 80 96 112 128 144 160",
        "0, 3, 8 16 24 32 40 48 56 64 80 96 112 128 144 160",
    })
    void anMpegFrameIsAsLongAsItsRatesSay(int version, int layer, String kbits) {
        List<Integer> rates =
                Arrays.stream(kbits.split(" ", -1)).map(Integer::valueOf).toList();
        // At 32, 16 or 8 kHz no frame has a fraction.
        int hertz = version == 3 ? 32_000 : version == 2 ? 16_000 : 8_000;
        int samples = layer == 1 ? 384 : layer == 3 && version != 3 ? 576 : 1152;
        int slot = layer == 1 ? 4 : 1;
        for (int index = 1; index <= 14; index++) {
            int bytes = rates.get(index - 1) * 1000 / 8 * samples / hertz / slot * slot;
            assertThat(MPEG.length(mpeg(version, layer, index, 2, 0, 0), 0)).isEqualTo(bytes);
            assertThat(MPEG.length(mpeg(version, layer, index, 2, 1, 0), 0)).isEqualTo(bytes + slot);
        }
        assertThat(MPEG.length(mpeg(version, layer, 0, 2, 0, 0), 0))
                .as("free format")
                .isZero();
        assertThat(MPEG.length(mpeg(version, layer, 15, 2, 0, 0), 0)).isZero();
        assertThat(MPEG.length(mpeg(version, layer, 5, 3, 0, 0), 0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "3, 0, 44100",
        "3, 1, 48000",
        "3, 2, 32000",
        "2, 0, 22050",
        "2, 1, 24000",
        "2, 2, 16000",
        "0, 0, 11025",
        "0, 1, 12000",
        "0, 2, 8000"
    })
    void mpegAudioHasNineSampleRates(int version, int code, int rate) {
        assertThat(MPEG.header(mpeg(version, 2, 5, code, 0, 0), 0, 16)).isEqualTo(new AudioHeader("mp2", rate, 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 2", "2, 2", "3, 1"})
    void onlyASingleChannelIsOne(int mode, int channels) {
        assertThat(MPEG.header(mpeg(3, 3, 5, 0, 0, mode), 0, 16)).isEqualTo(new AudioHeader("mp3", 44100, channels));
    }

    @Test
    void whatIsNoMpegAudioIsNoFrame() {
        assertThat(MPEG.length(mpeg(1, 2, 5, 0, 0, 0), 0))
                .as("reserved version")
                .isZero();
        assertThat(MPEG.length(mpeg(3, 4, 5, 0, 0, 0), 0)).as("reserved layer").isZero();
        byte[] frame = mpeg(3, 2, 5, 0, 0, 0);
        frame[0] = (byte) 0xFE;
        assertThat(MPEG.length(frame, 0)).isZero();
    }

    private static byte[] mpeg(int version, int layer, int bitrate, int rate, int padding, int mode) {
        BitWriter out =
                new BitWriter().u(11, 0x7FF).u(2, version).u(2, 4 - layer).flag(true);
        out.u(4, bitrate).u(2, rate).u(1, padding).flag(false).u(2, mode);
        return Arrays.copyOf(out.end(), 16);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 8000",
        "2, 16000",
        "3, 32000",
        "6, 11025",
        "7, 22050",
        "8, 44100",
        "11, 12000",
        "12, 24000",
        "13, 48000"
    })
    void dtsHasNineSampleRates(int code, int rate) {
        byte[] frame = dts(1000, 9, code, 0);
        assertThat(DTS.length(frame, 0)).isEqualTo(1000);
        assertThat(DTS.header(frame, 0, frame.length)).isEqualTo(new AudioHeader("dts", rate, 5));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 5, 9, 10, 14, 15})
    void otherRatesOfDtsAreReserved(int code) {
        assertThat(DTS.length(dts(1000, 9, code, 0), 0)).isZero();
    }

    @Test
    void dtsHasItsChannelsByTheArrangementAndTheLowFrequencyOne() {
        int[] channels = {1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8};
        for (int mode = 0; mode < channels.length; mode++) {
            for (int lowFrequency = 0; lowFrequency < 3; lowFrequency++) {
                byte[] frame = dts(1000, mode, 13, lowFrequency);
                assertThat(DTS.header(frame, 0, frame.length).channels())
                        .isEqualTo(channels[mode] + (lowFrequency > 0 ? 1 : 0));
            }
        }
        assertThat(DTS.length(dts(1000, 16, 13, 0), 0)).as("user defined").isZero();
    }

    @Test
    void aFrameOfDtsHasAtLeast96BytesAndAtMost16384() {
        assertThat(DTS.length(dts(96, 9, 13, 0), 0)).isEqualTo(96);
        assertThat(DTS.length(dts(95, 9, 13, 0), 0)).isZero();
        assertThat(DTS.length(dts(16_384, 9, 13, 0), 0)).isEqualTo(16_384);
        byte[] frame = dts(1000, 9, 13, 0);
        frame[3] = 0;
        assertThat(DTS.length(frame, 0)).isZero();
        frame[3] = 1;
        frame[1] = 0;
        assertThat(DTS.length(frame, 0)).isZero();
    }

    private static byte[] dts(int length, int mode, int rate, int lowFrequency) {
        // FTYPE, SHORT, CPF, NBLKS, FSIZE, AMODE, SFREQ, RATE, fixed bit, DYNF, TIMEF, AUXF, HDCD, EXT_AUDIO_ID,
        // EXT_AUDIO, ASPF, LFF
        BitWriter out = new BitWriter()
                .u(32, 0x7FFE8001L)
                .flag(true)
                .u(5, 31)
                .flag(true)
                .u(7, 15);
        out.u(14, length - 1).u(6, mode).u(4, rate).u(5, 31).flag(false);
        out.u(4, 15).u(3, 7).u(2, 3).u(2, lowFrequency).u(8, -1);
        return Arrays.copyOf(out.end(), 16);
    }
}
