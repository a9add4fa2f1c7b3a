// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.psi.SpliceInfo;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import io.medicloud.pipeline.timeline.Cue;
import io.medicloud.pipeline.timeline.Place;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CuesTest {
    /** The splice_insert of SCTE 35, 14.2: the program is left for 60.3 s. */
    private static final byte[] SECTION =
            Base64.getDecoder().decode("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=");

    private static final long SPLICE_PTS = 0x0_7369_C02EL;
    private static final long START_MS = 1_800_000_000_000L;

    private static SegmentFacts facts(long startPts) {
        return new SegmentFacts(1, 188, 1, 0, 0, startPts, 540_000, true, false, 0);
    }

    @Test
    void aSplicePointIsToldOnceWithTheTimeOfDayAtWhichItHappens() {
        Cues cues = new Cues();
        SpliceInfo splice = SpliceInfo.parse(SECTION, SECTION.length);
        assertThat(splice).isNotNull();
        cues.onSplice(splice, SECTION, SECTION.length);
        cues.onSplice(splice, SECTION, SECTION.length);

        List<Cue> found = cues.take(facts(SPLICE_PTS - 4 * 90_000), START_MS);
        cues.onSplice(splice, SECTION, SECTION.length);

        assertThat(cues.take(facts(SPLICE_PTS), START_MS + 4000)).isEmpty();
        assertThat(found).hasSize(1);
        assertThat(found.get(0).startMs()).isEqualTo(START_MS + 4000);
        Place place = new Place(START_MS, 3, 7, found);
        assertThat(Place.read(place.write())).isEqualTo(place);
        MediaPlaylist.Segment segment =
                new MediaPlaylist.Segment("a.ts", 540_000, false, true, false, START_MS, found, List.of());
        assertThat(PlaylistWriter.write(MediaPlaylist.vod(1, List.of(segment))))
                .contains("#EXT-X-DATERANGE:ID=\"splice-1207959695-out-1936310318\","
                        + "START-DATE=\"2027-01-15T08:00:04.000Z\",PLANNED-DURATION=60.293,SCTE35-OUT=0xFC302F");
    }
}
