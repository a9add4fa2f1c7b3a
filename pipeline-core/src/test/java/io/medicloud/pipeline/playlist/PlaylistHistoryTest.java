// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.timeline.Cue;
import io.medicloud.pipeline.timeline.Place;
import io.medicloud.pipeline.timeline.Places;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Whatever happens to a stream, its playlists keep the rules, one by one and one after the other. */
class PlaylistHistoryTest {
    private static final int LONGEST_MS = 12_000;

    /** What happens to a stream. */
    enum What {
        SEGMENT,
        LONG_GOP,
        LOST,
        FOUND_OPEN,
        BREAK,
        ENCODER_RESTART,
        SERVICE_RESTART,
        SPLICE
    }

    record Step(What what, int ms, int awayMs, boolean independent) {}

    /** A stream, as the pipeline and the record keep it. */
    private static final class Stream {
        private final int target = Presentation.targetSeconds(LONGEST_MS);
        private final List<SegmentRecord> record = new ArrayList<>();
        private Places places = new Places(Place.NONE, 0, true, target);
        private LiveWindow window = window(List.of());
        private long nowMs = 1_800_000_000_000L;
        private PlaylistRules live = new PlaylistRules(text(LiveOrEvent.LIVE));
        private PlaylistRules event = new PlaylistRules(text(LiveOrEvent.EVENT));

        private enum LiveOrEvent {
            LIVE,
            EVENT
        }

        private static LiveWindow window(List<SegmentRecord> known) {
            return new LiveWindow(
                    "live",
                    known,
                    sequence -> {
                        throw new NoSuchFileException("no file");
                    },
                    Runnable::run,
                    () -> 0);
        }

        private String text(LiveOrEvent which) {
            return PlaylistWriter.write(
                    which == LiveOrEvent.LIVE
                            ? window.presentation().live(false, null)
                            : Presentation.of(record).event(false));
        }

        void step(Step step) {
            switch (step.what()) {
                case SEGMENT -> segment(SegmentState.SEALED, step.ms(), step);
                case LONG_GOP -> segment(SegmentState.SEALED, LONGEST_MS + step.ms() % 700, step);
                case LOST -> segment(SegmentState.LOST, step.ms(), step);
                case FOUND_OPEN -> segment(SegmentState.SEALED, 0, step);
                case BREAK -> places.onBreak();
                case ENCODER_RESTART -> {
                    places.onBreak();
                    nowMs += step.awayMs();
                }
                case SERVICE_RESTART -> restart(step.awayMs());
                case SPLICE ->
                    places.onCue(new Cue("1-" + record.size(), nowMs + 4000, Cue.Kind.OUT, 30_000, "FC3025"));
            }
        }

        private void restart(int awayMs) {
            String before = text(LiveOrEvent.LIVE);
            window = window(record);
            assertThat(text(LiveOrEvent.LIVE)).isEqualTo(before);
            if (!record.isEmpty()) {
                SegmentRecord last = record.get(record.size() - 1);
                places = new Places(last.place(), last.facts().durationTicks(), false, target);
            }
            nowMs += awayMs;
        }

        private void segment(SegmentState state, int ms, Step step) {
            long sequence = record.size() + 1L;
            long ticks = ms * 90L + step.awayMs() % 90;
            window.onOpened(sequence, places.open(nowMs));
            nowMs += ms + step.awayMs() % 40 - 20;
            Place place = places.close(ticks);
            SegmentFacts facts =
                    new SegmentFacts(sequence, 188_000, 1000, 0, 0, Pts.NONE, ticks, step.independent(), false, 0);
            String name = SegmentName.of(sequence);
            window.onSealed(
                    new SealedSegment("live", facts, Path.of(name), "live/" + name, false, place),
                    Instant.ofEpochMilli(nowMs));
            if (state == SegmentState.LOST) {
                window.onMissing(sequence);
            }
            record.add(
                    new SegmentRecord("live", state, facts, "live/" + name, false, place, Instant.ofEpochMilli(nowMs)));
            look();
        }

        private void look() {
            PlaylistRules nowLive = new PlaylistRules(text(LiveOrEvent.LIVE));
            assertThat(nowLive.violations).isEmpty();
            if (!live.entries.isEmpty()) {
                assertThat(nowLive.since(live)).isEmpty();
            }
            PlaylistRules nowEvent = new PlaylistRules(text(LiveOrEvent.EVENT));
            assertThat(nowEvent.violations).isEmpty();
            if (!event.entries.isEmpty()) {
                assertThat(nowEvent.since(event)).isEmpty();
            }
            live = nowLive;
            event = nowEvent;
        }
    }

    @Property(tries = 200)
    void everyPlaylistOfEveryHistoryKeepsTheRules(@ForAll("histories") List<Step> history) {
        Stream stream = new Stream();
        history.forEach(stream::step);

        Presentation all = Presentation.of(stream.record);
        PlaylistRules vod = new PlaylistRules(PlaylistWriter.write(all.vod()));
        assertThat(vod.violations).isEmpty();
        assertThat(vod.entries).hasSize(all.rows().size());
        assertThat(new PlaylistRules(PlaylistWriter.write(all.live(true, null))).violations)
                .isEmpty();
        assertThat(vod.hasGaps()).isEqualTo(all.rows().stream().anyMatch(row -> row.state() == SegmentState.LOST));
        for (SegmentRecord row : all.rows()) {
            long start = row.place().startMs();
            if (row.facts().durationTicks() >= 90) {
                assertThat(all.between(start, start + 1).rows()).contains(row);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(12, Arbitraries.just(What.SEGMENT)), Tuple.of(2, Arbitraries.of(What.class))),
                        Arbitraries.integers().between(40, LONGEST_MS),
                        Arbitraries.integers().between(0, 40_000),
                        Arbitraries.of(true, true, true, false))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Test
    void anEncoderRestartIsOneDiscontinuityAndTheSequenceRemembersIt() {
        Stream stream = new Stream();
        Step six = new Step(What.SEGMENT, 6000, 20, true);
        stream.step(six);
        stream.step(new Step(What.ENCODER_RESTART, 0, 5000, true));
        stream.step(six);
        stream.step(six);

        assertThat(stream.text(Stream.LiveOrEvent.EVENT)).isEqualTo("""
                #EXTM3U
                #EXT-X-VERSION:3
                #EXT-X-TARGETDURATION:13
                #EXT-X-MEDIA-SEQUENCE:1
                #EXT-X-PLAYLIST-TYPE:EVENT
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:00.000Z
                #EXTINF:6.000222,
                segment_0001.ts
                #EXT-X-DISCONTINUITY
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:11.000Z
                #EXTINF:6.000222,
                segment_0002.ts
                #EXT-X-PROGRAM-DATE-TIME:2027-01-15T08:00:17.000Z
                #EXTINF:6.000222,
                segment_0003.ts
                """);
        for (int i = 0; i < 40; i++) {
            stream.step(six);
        }
        assertThat(stream.text(Stream.LiveOrEvent.LIVE))
                .contains("#EXT-X-DISCONTINUITY-SEQUENCE:1\n")
                .doesNotContain("#EXT-X-DISCONTINUITY\n")
                .contains("#EXT-X-MEDIA-SEQUENCE:22\n");
    }

    @Test
    void theRulesFindWhatIsAgainstThem() {
        assertThat(new PlaylistRules("#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.6,\na.ts\n#EXT-X-GAP\n").violations)
                .anyMatch(found -> found.contains("version 3"))
                .anyMatch(found -> found.contains("longer than 6"))
                .anyMatch(found -> found.contains("in front of one"));
        PlaylistRules before = new PlaylistRules(list(5, 0, "a.ts", "b.ts"));
        assertThat(before.violations).isEmpty();
        assertThat(new PlaylistRules(list(6, 0, "c.ts", "d.ts")).since(before))
                .anyMatch(found -> found.contains("does not change"));
        assertThat(new PlaylistRules(list(4, 0, "x.ts", "a.ts", "b.ts")).since(before))
                .anyMatch(found -> found.contains("decrease"));
        assertThat(new PlaylistRules(list(6, 1, "b.ts", "c.ts")).since(before))
                .anyMatch(found -> found.contains("does not change"));
    }

    private static String list(int sequence, int discontinuity, String... uris) {
        StringBuilder text = new StringBuilder(
                        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:")
                .append(sequence)
                .append("\n#EXT-X-DISCONTINUITY-SEQUENCE:")
                .append(discontinuity)
                .append('\n');
        for (String uri : uris) {
            text.append("#EXTINF:6,\n").append(uri).append('\n');
        }
        return text.toString();
    }
}
