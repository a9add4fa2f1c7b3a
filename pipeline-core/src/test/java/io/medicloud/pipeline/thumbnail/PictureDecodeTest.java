// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.testdata.PeerProgram;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first keyframes of what x264 makes are decoded, sample by sample, to what ffmpeg decodes; what is not decoded is told apart. */
class PictureDecodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;

    private static final Map<String, String> DECODED = new LinkedHashMap<>();
    private static final Map<String, String> REFUSED = new LinkedHashMap<>();

    static {
        DECODED.put("baseline", "-c:v libx264 -profile:v baseline");
        DECODED.put("main", "-c:v libx264 -profile:v main -bf 3");
        DECODED.put("high", "-c:v libx264 -profile:v high -preset slow");
        DECODED.put("cavlc", "-c:v libx264 -profile:v high -coder 0 -x264-params slices=3");
        DECODED.put("slices", "-c:v libx264 -preset veryfast -x264-params slice-max-size=900");
        DECODED.put("unfiltered", "-c:v libx264 -preset ultrafast -x264-params no-deblock=1");
        DECODED.put("lists", "-c:v libx264 -x264-params cqm=jvt:constrained-intra=1:chroma-qp-offset=5");
        DECODED.put("anamorphic", "-c:v libx264 -vf setsar=64/45 -crf 12");

        REFUSED.put("interlaced", "-c:v libx264 -flags +ilme+ildct -x264-params tff=1");
        REFUSED.put("10 bits", "-c:v libx264 -pix_fmt yuv420p10le");
        REFUSED.put("4:2:2", "-c:v libx264 -pix_fmt yuv422p");
        REFUSED.put("scaling lists", "-c:v libx264 -x264-params cqm4i=16,20,24,28,20,24,28,32,24,28,32,36,28,32,36,40");
        REFUSED.put("hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=error");
    }

    @TempDir
    private static Path folder;

    private final AvcPictureDecoder decoder = new AvcPictureDecoder(WIDTH * 192, Duration.ofSeconds(20));

    /** One run of ffmpeg makes all streams, another decodes them. */
    @BeforeAll
    static void make() throws IOException, InterruptedException {
        StringBuilder encode = new StringBuilder("ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=" + WIDTH + "x"
                + HEIGHT + ":rate=25,noise=alls=8:allf=t");
        List<String> names = new ArrayList<>(DECODED.keySet());
        DECODED.forEach((name, options) -> encode.append(" -pix_fmt yuv420p ").append(output(options, name)));
        REFUSED.forEach((name, options) -> encode.append(options.contains("pix_fmt") ? " " : " -pix_fmt yuv420p ")
                .append(output(options, name)));
        run(encode.toString());
        StringBuilder decode = new StringBuilder("ffmpeg -nostdin -v error -y");
        names.forEach(name -> decode.append(" -i ").append(file(name, "ts")));
        for (int i = 0; i < names.size(); i++) {
            decode.append(" -map ").append(i).append(":v -frames:v 1 -f rawvideo -pix_fmt yuv420p ");
            decode.append(file(names.get(i), "yuv"));
        }
        decode.append(
                " -map 2:v -frames:v 1 -vf scale=160:90:flags=area+accurate_rnd+full_chroma_int:in_color_matrix=bt601");
        decode.append(" -f rawvideo -pix_fmt rgb24 ").append(file("high", "rgb"));
        run(decode.toString());
    }

    private static String output(String options, String name) {
        return options + " -g 8 -frames:v 8 -f mpegts " + file(name, "ts");
    }

    private static Path file(String name, String ending) {
        return folder.resolve(name.replaceAll("[ :]", "") + "." + ending);
    }

    private static void run(String command) throws IOException, InterruptedException {
        assumeTrue(PeerProgram.isInstalled("ffmpeg") || System.getenv("CI") != null, "ffmpeg is not installed");
        PeerProgram.Result result = PeerProgram.run(LIMIT, command.split(" +", -1));
        assertThat(result.exitStatus()).as(result.err()).isZero();
    }

    @Test
    void eachSampleIsWhatFfmpegDecodes() throws Exception {
        for (String name : DECODED.keySet()) {
            DecodedPicture picture = decoder.decode(keyframe(name));
            assertThat(shown(picture)).as(name).isEqualTo(Files.readAllBytes(file(name, "yuv")));
        }
    }

    @Test
    void theSmallPictureIsWhatFfmpegScalesItTo() throws Exception {
        BufferedImage small = PictureScaler.scale(decoder.decode(keyframe("high")), 160);
        assertThat(small.getHeight()).isEqualTo(90);
        byte[] expected = Files.readAllBytes(file("high", "rgb"));
        assertThat(psnr(small, expected)).isGreaterThan(45);

        byte[] jpeg = Jpeg.encode(small);
        assertThat(psnr(luma(Jpeg.decode(jpeg)), luma(small))).isGreaterThan(30);
        assertThat(jpeg.length).isLessThan(160 * 90);
    }

    @Test
    void theHeightFollowsTheShapeOfSamples() throws Exception {
        AvcFormat format = AvcFormat.parse(keyframe("anamorphic").sps());
        assertThat(format.sarWidth()).isEqualTo(64);
        assertThat(PictureScaler.heightFor(format, 320)).isEqualTo(126);
    }

    @Test
    void whatIsNotDecodedIsTold() throws Exception {
        for (String name : List.of("interlaced", "10 bits", "4:2:2", "scaling lists")) {
            assertThatThrownBy(() -> decoder.decode(keyframe(name)))
                    .as(name)
                    .isInstanceOf(UndecodableException.class)
                    .hasMessageContaining(name);
        }
        assertThat(search("hevc").hopeless()).contains("hevc");
        AvcPictureDecoder narrow = new AvcPictureDecoder(WIDTH * HEIGHT / 2, Duration.ofSeconds(20));
        assertThatThrownBy(() -> narrow.decode(keyframe("high")))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("thumbnails.maxPixels");
    }

    private static Keyframe keyframe(String name) throws IOException {
        Keyframe found = search(name).found();
        assertThat(found).as(name).isNotNull();
        return found;
    }

    private static KeyframeSearch search(String name) throws IOException {
        byte[] stream = Files.readAllBytes(file(name, "ts"));
        KeyframeSearch search = new KeyframeSearch(1 << 20);
        for (int at = 0; at < stream.length; at += 1000) {
            byte[] piece = Arrays.copyOfRange(stream, at, Math.min(stream.length, at + 1000));
            search.onData(piece, piece.length);
        }
        search.finish();
        return search;
    }

    /** What of the planes is shown, as ffmpeg writes it. */
    private static byte[] shown(DecodedPicture picture) {
        AvcFormat format = picture.format();
        byte[] out = new byte[format.width() * format.height() * 3 / 2];
        int at = 0;
        for (int plane = 0; plane < 3; plane++) {
            int part = plane == 0 ? 1 : 2;
            for (int y = 0; y < format.height() / part; y++) {
                for (int x = 0; x < format.width() / part; x++) {
                    int line = y + format.top() / part;
                    int stride = format.widthMbs() * 16 / part;
                    out[at++] = (byte) (picture.planes()[plane][line * stride + x + format.left() / part] + 128);
                }
            }
        }
        return out;
    }

    private static double psnr(BufferedImage image, byte[] rgb) {
        byte[] ours = new byte[rgb.length];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int value = image.getRGB(x, y);
                ours[at++] = (byte) (value >> 16);
                ours[at++] = (byte) (value >> 8);
                ours[at++] = (byte) value;
            }
        }
        return psnr(ours, rgb);
    }

    private static byte[] luma(BufferedImage image) {
        byte[] out = new byte[image.getWidth() * image.getHeight()];
        for (int i = 0; i < out.length; i++) {
            int value = image.getRGB(i % image.getWidth(), i / image.getWidth());
            out[i] = (byte) ((299 * (value >> 16 & 0xFF) + 587 * (value >> 8 & 0xFF) + 114 * (value & 0xFF)) / 1000);
        }
        return out;
    }

    private static double psnr(byte[] a, byte[] b) {
        assertThat(a).hasSameSizeAs(b);
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = (a[i] & 0xFF) - (b[i] & 0xFF);
            squares += difference * difference;
        }
        return squares == 0 ? 100 : 10 * Math.log10(255.0 * 255 * a.length / squares);
    }
}
