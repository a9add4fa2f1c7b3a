// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each independent segment of what ffmpeg's encoders make decodes alone, without an error, to the pictures that the whole stream decodes to. */
class SegmentDecodesTest {
    private static final int PICTURES = 75;

    private PeerDecoder peer;

    @BeforeEach
    void setUp(@TempDir Path folder) {
        peer = new PeerDecoder(folder);
    }

    /** Whole: from the first picture that is sent; open: from the random access point on, as leading pictures may be missing. */
    private enum Gop {
        WHOLE,
        OPEN
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            WHOLE | -c:v libx264 -preset veryfast -bf 3 -g 20
            WHOLE | -c:v libx264 -preset ultrafast -x264-params slices=4:keyint=20 -bsf:v filter_units=remove_types=9
            WHOLE | -c:v libx264 -preset veryfast -flags +ilme+ildct -x264-params tff=1:keyint=20
            OPEN  | -c:v libx264 -preset veryfast -bf 3 -x264-params open-gop=1:keyint=20:scenecut=0
            WHOLE | -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params keyint=20:bframes=3:open-gop=0:log-level=error
            OPEN  | -c:v libx265 -preset ultrafast -x265-params keyint=20:bframes=3:open-gop=1:scenecut=0:log-level=error
            WHOLE | -c:v mpeg2video -g 20 -bf 2 -flags +cgop -sc_threshold 1000000000 -bitexact
            OPEN  | -c:v mpeg2video -g 20 -bf 2 -bitexact
            """)
    void anIndependentSegmentDecodesAlone(Gop gop, String encoder) throws IOException, InterruptedException {
        byte[] stream = encode(encoder);
        Cuts cuts = Cuts.of(stream, SegmentPolicy.ofTarget(Duration.ofMillis(700)));
        assertThat(cuts.facts()).hasSize(4).allMatch(SegmentFacts::independent);
        assertDecodes(cuts, stream, gop);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            -c:v libx264 -preset veryfast -bf 2 -g 20
            -c:v libx265 -preset ultrafast -x265-params keyint=20:open-gop=0:log-level=error
            """)
    void parameterSetsThatAreSentOnceAreRepeatedIfThatIsAskedFor(String encoder)
            throws IOException, InterruptedException {
        byte[] whole = encode(encoder);
        byte[] stream = ParameterSetHider.hide(whole, encoder.contains("265"));
        SegmentPolicy policy = SegmentPolicy.ofTarget(Duration.ofMillis(700));
        Cuts plain = Cuts.of(stream, policy);
        assertThat(plain.facts()).extracting(SegmentFacts::independent).containsExactly(true, false, false, false);

        Cuts cuts = Cuts.of(stream, policy.withParameterSets(true));
        assertThat(cuts.facts()).hasSize(4).allMatch(SegmentFacts::independent);
        assertThat(cuts.joined()).isEqualTo(stream);
        assertThat(cuts.facts()).extracting(SegmentFacts::injectedParameterSets).containsExactly(0, 1, 1, 1);
        assertDecodes(cuts, whole, Gop.WHOLE);
    }

    private byte[] encode(String encoder) throws IOException, InterruptedException {
        return peer.make("ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=320x192:rate=25 -pix_fmt yuv420p "
                + encoder + " -frames:v " + PICTURES + " -f mpegts FILE");
    }

    private void assertDecodes(Cuts cuts, byte[] stream, Gop gop) throws IOException, InterruptedException {
        List<byte[]> files = new ArrayList<>(cuts.segments());
        files.add(stream);
        List<PeerDecoder.Decoded> decoded = peer.decode(files);
        Map<Long, String> whole = decoded.get(files.size() - 1).pictures();
        assertThat(whole).hasSize(PICTURES);
        int pictures = 0;
        for (int i = 0; i < cuts.facts().size(); i++) {
            // ffmpeg's time base is 1/25.
            long start = cuts.fact(i).startPts() / 3600;
            Map<Long, String> segment = new TreeMap<>(decoded.get(i).pictures());
            if (gop == Gop.OPEN) {
                segment.keySet().removeIf(pts -> pts < start);
            }
            assertThat(segment).containsKey(start);
            segment.forEach((pts, crc) -> assertThat(whole).containsEntry(pts, crc));
            pictures += segment.size();
        }
        assertThat(pictures).isGreaterThanOrEqualTo(gop == Gop.OPEN ? PICTURES - 4 * 8 : PICTURES);
    }
}
