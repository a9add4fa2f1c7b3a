// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.playlist.MediaPlaylist.Segment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PlaylistWriterTest {
    @Test
    void aRecordingOfTwoSegmentsReadsAsTheStandardHasIt() {
        MediaPlaylist playlist = MediaPlaylist.vod(
                1,
                List.of(
                        new Segment("segment_0001.ts", 540_000, false, true),
                        new Segment("segment_0002.ts", 541_845, true, true)));

        assertThat(PlaylistWriter.write(playlist)).isEqualTo("""
                        #EXTM3U
                        #EXT-X-VERSION:3
                        #EXT-X-TARGETDURATION:6
                        #EXT-X-MEDIA-SEQUENCE:1
                        #EXT-X-PLAYLIST-TYPE:VOD
                        #EXT-X-INDEPENDENT-SEGMENTS
                        #EXTINF:6.000000,
                        segment_0001.ts
                        #EXT-X-DISCONTINUITY
                        #EXTINF:6.020500,
                        segment_0002.ts
                        #EXT-X-ENDLIST
                        """);
    }

    @Test
    void theTargetDurationIsTheLongestAsWrittenRounded() {
        assertThat(PlaylistWriter.write(MediaPlaylist.vod(1, List.of(new Segment("a.ts", 585_000, false, true)))))
                .contains("#EXTINF:6.500000,")
                .contains("#EXT-X-TARGETDURATION:7\n");
    }

    @Test
    void aPlaylistThatMayGrowHasNoEnd() {
        assertThat(PlaylistWriter.write(event(5, List.of(new Segment("a.ts", 90_000, true, false)))))
                .contains("#EXT-X-PLAYLIST-TYPE:EVENT\n")
                .contains("#EXT-X-MEDIA-SEQUENCE:5\n")
                .doesNotContain("ENDLIST")
                .doesNotContain("INDEPENDENT")
                .as("the first segment follows nothing")
                .doesNotContain("DISCONTINUITY");
    }

    private static MediaPlaylist event(long mediaSequence, List<Segment> segments) {
        return new MediaPlaylist(MediaPlaylist.Type.EVENT, 1, mediaSequence, 0, segments, false, null);
    }

    @Test
    void anEmptyPlaylistIsStillOne() {
        assertThat(PlaylistWriter.write(event(0, List.of()))).isEqualTo("""
                        #EXTM3U
                        #EXT-X-VERSION:3
                        #EXT-X-TARGETDURATION:1
                        #EXT-X-MEDIA-SEQUENCE:0
                        #EXT-X-PLAYLIST-TYPE:EVENT
                        """);
    }

    @Test
    void aNameCannotBreakOutOfItsLine() {
        String text = PlaylistWriter.write(
                MediaPlaylist.vod(1, List.of(new Segment("a\n#EXT-X-KEY é?%.ts", 90_000, false, true))));

        assertThat(text.lines()).contains("a%0A%23EXT-X-KEY%20%C3%A9%3F%25.ts").hasSize(9);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Segment("", 1, false, false)).hasMessageContaining("URI");
        assertThatThrownBy(() -> new Segment("a", -1, false, false)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new MediaPlaylist(MediaPlaylist.Type.VOD, 1, 1, 0, List.of(), false, null))
                .hasMessageContaining("VOD");
        assertThatThrownBy(() -> MediaPlaylist.vod(-1, List.of())).hasMessageContaining("-1");
    }

    @Property(tries = 200)
    void everyPlaylistKeepsTheRules(@ForAll("segments") List<Segment> segments) {
        List<String> lines =
                PlaylistWriter.write(MediaPlaylist.vod(1, segments)).lines().toList();

        assertThat(lines.get(0)).isEqualTo("#EXTM3U");
        assertThat(lines.get(lines.size() - 1)).isEqualTo("#EXT-X-ENDLIST");
        assertThat(lines.contains("#EXT-X-INDEPENDENT-SEGMENTS"))
                .isEqualTo(!segments.isEmpty() && segments.stream().allMatch(Segment::independent));
        assertThat(lines.stream().filter("#EXT-X-DISCONTINUITY"::equals)).hasSize((int)
                segments.stream().skip(1).filter(Segment::discontinuity).count());
        assertThat(lines.stream().filter(line -> !line.startsWith("#")))
                .isEqualTo(segments.stream().map(Segment::uri).toList());
        checkDurations(segments, lines);
    }

    private static void checkDurations(List<Segment> segments, List<String> lines) {
        List<BigDecimal> written = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("#EXTINF:")) {
                written.add(new BigDecimal(line.substring(8, line.length() - 1)));
            }
        }
        assertThat(written).hasSameSizeAs(segments);
        double target = Double.parseDouble(lines.get(2).substring("#EXT-X-TARGETDURATION:".length()));
        double sum = 0;
        double exact = 0;
        for (int i = 0; i < written.size(); i++) {
            double seconds = written.get(i).doubleValue();
            sum += seconds;
            exact += segments.get(i).durationTicks() / 90_000.0;
            assertThat(Math.floor(seconds + 0.5)).isLessThanOrEqualTo(target);
            assertThat(seconds).isCloseTo(segments.get(i).durationTicks() / 90_000.0, within(0.00000051));
            assertThat(sum).isCloseTo(exact, within(0.00000051 * (i + 1)));
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double offset) {
        return org.assertj.core.data.Offset.offset(offset);
    }

    @Provide
    Arbitrary<List<Segment>> segments() {
        Arbitrary<Segment> one = Combinators.combine(
                        Arbitraries.integers().between(1, 99_999),
                        Arbitraries.longs().between(0, 90_000L * 600),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as((number, ticks, discontinuity, independent) ->
                        new Segment("segment_%04d.ts".formatted(number), ticks, discontinuity, independent));
        return one.list().ofMaxSize(200);
    }
}
