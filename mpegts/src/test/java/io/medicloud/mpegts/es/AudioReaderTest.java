// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frame headers of real encoders, and what ffprobe says of them; but for parametric stereo, of which a header may not tell. */
class AudioReaderTest {
    @ParameterizedTest
    @CsvSource({
        "fff14c802b7ffc21, 347, aac, LC, 48000, 2",
        "56e12020002b8a080ff3fc6005008a028d5bee02, 291, aac_latm, HE-AAC, 44100, 1",
        "0b7720871c304afff4, 1536, ac3, , 48000, 2",
        "0b77b50b1e40ebf8403eff99, 1792, ac3, , 48000, 6",
        "0b7700ff3485ffa8c390204c, 512, eac3, , 48000, 2",
        "0b77037f3f87c00020f82000, 1792, eac3, , 48000, 6",
        "fffca4042eb0664433433133, 576, mp2, , 48000, 2",
        "fff38064000c74572c02ad24, 208, mp3, , 22050, 2",
        "7ffe8001fc3c75b276c005380009ef7bdeff, 1884, dts, , 48000, 6",
    })
    void aFrameTellsWhatFfprobeTells(
            String header, int length, String codec, String profile, int sampleRate, int channels) {
        byte[] stream = stream(header, length, 12);
        AudioHeader expected = new AudioHeader(codec, profile, sampleRate, channels);
        assertThat(read(stream, stream.length)).isEqualTo(expected);
        assertThat(read(stream, 1)).isEqualTo(expected);
        assertThat(read(Arrays.copyOfRange(stream, length / 2, stream.length), 184))
                .as("capture that starts within a frame")
                .isEqualTo(expected);
    }

    @Test
    void oneFrameIsEnoughIfItBeginsThePes() {
        byte[] frame = stream("0b7720871c304afff4", 1536, 1);
        assertThat(read(Arrays.copyOf(frame, 700), 184)).isEqualTo(new AudioHeader("ac3", 48000, 2));
    }

    @Test
    void aSyncWordThatNothingFollowsIsNoFrame() {
        byte[] noise = new byte[6000];
        Arrays.fill(noise, (byte) 0x22);
        System.arraycopy(HexFormat.of().parseHex("fff14c802b7ffc21"), 0, noise, 100, 8);
        assertThat(read(noise, 184)).isNull();
    }

    @Test
    void dependentSubstreamsAddTheirChannels() {
        String independent = "0b77037f3f87c00020f82000";
        // strmtyp 1, acmod 6, chanmape with chanmap Ls, Rs, Lrs/Rrs.
        String dependent = "0b77437f3c80" + "0000".repeat(5);
        byte[] first = stream(independent, 1792, 1);
        byte[] second = stream(dependent, 1792, 1);
        // bsid 16 u5, dialnorm u5, compre u1 = 0, chanmape u1 = 1, chanmap u16 = 1A00
        long bits = (16L << 23 | 1L << 16 | 0x1A00) << 4;
        for (int k = 0; k < 4; k++) {
            second[5 + k] = (byte) (bits >> (24 - 8 * k));
        }
        byte[] stream = new byte[4 * 1792];
        for (int k = 0; k < 4; k++) {
            System.arraycopy(k % 2 == 0 ? first : second, 0, stream, 1792 * k, 1792);
        }
        assertThat(read(stream, 184)).isEqualTo(new AudioHeader("eac3", 48000, 8));
    }

    @Test
    void opusSaysItsChannelsInItsDescriptor() {
        assertThat(AudioHeader.ofOpus(0).channels()).isEqualTo(2);
        assertThat(AudioHeader.ofOpus(1).channels()).isEqualTo(1);
        assertThat(AudioHeader.ofOpus(0x86)).isEqualTo(new AudioHeader("opus", 48000, 6));
    }

    @Test
    void framesAreFoundBehindMuchThatIsNone() {
        byte[] noise = new byte[5 * AudioReader.MOST_BYTES];
        new Random(1).nextBytes(noise);
        for (int k = 0; k < noise.length; k++) {
            noise[k] = (byte) (noise[k] & 0x3F);
        }
        byte[] frames = stream("fffca4042eb0664433433133", 576, 4);
        byte[] stream = Arrays.copyOf(noise, noise.length + frames.length);
        System.arraycopy(frames, 0, stream, noise.length, frames.length);
        assertThat(read(stream, 184)).isEqualTo(new AudioHeader("mp2", 48000, 2));
    }

    @Test
    void whatIsKeptBeforeAGapIsNotJoinedToWhatFollows() {
        byte[] stream = stream("fff14c802b7ffc21", 347, 4);
        AudioReader reader = new AudioReader();
        reader.onPesStart();
        ByteBuf data = Unpooled.wrappedBuffer(stream);
        reader.onPesData(data, 0, 200);
        reader.onGap();
        reader.onPesData(data, 200, stream.length);
        assertThat(reader.header()).isNull();
        reader.onPesStart();
        reader.onPesData(data, 0, stream.length);
        reader.finish();
        assertThat(reader.header()).isNotNull();
    }

    @Property(tries = 1000)
    void anyBytesAreTaken(@ForAll @Size(max = 4000) byte[] noise, @ForAll boolean manySyncs) {
        for (int k = 0; manySyncs && k + 3 < noise.length; k += 3) {
            noise[k] = (byte) 0xFF;
            noise[k + 1] |= (byte) 0xE0;
        }
        AudioHeader header = read(noise, 300);
        if (header != null) {
            assertThat(header.sampleRate()).isPositive();
            assertThat(header.channels()).isBetween(0, 16);
        }
    }

    private static AudioHeader read(byte[] stream, int piece) {
        AudioReader reader = new AudioReader();
        reader.onPesStart();
        ByteBuf data = Unpooled.wrappedBuffer(stream);
        for (int at = 0; at < stream.length; at += piece) {
            reader.onPesData(data, at, Math.min(stream.length, at + piece));
        }
        reader.finish();
        return reader.header();
    }

    private static byte[] stream(String header, int length, int frames) {
        byte[] bytes = HexFormat.of().parseHex(header);
        byte[] stream = new byte[length * frames];
        for (int k = 0; k < frames; k++) {
            System.arraycopy(bytes, 0, stream, k * length, bytes.length);
        }
        return stream;
    }
}
