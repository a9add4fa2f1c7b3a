// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What players find in the bucket. */
class BucketPlaylistsTest extends PipelineScene {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-29T01:59:56Z"));

    @Override
    Pipelines newPipelines(Limits limits) throws Exception {
        Spool spool = SpoolAccess.open(folder.resolve("spool"), limits.spool(), disk);
        return new Pipelines(spool, store, limits, events, now::get);
    }

    private String read(String name) throws Exception {
        Path file = stored().resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static List<String> uris(String playlist) {
        return playlist.lines().filter(line -> !line.startsWith("#")).toList();
    }

    @Test
    void playlistsStandBesideTheSegmentsAnHourEachAndTheWholeOnceItIsOver() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(FIRST_HALF);
        source.disconnect();
        await().until(() -> uris(read("live.m3u8")).size() == 2);
        assertThat(read("live.m3u8")).doesNotContain("ENDLIST");
        await().until(() -> !read("index.m3u8").isEmpty()); // the last that is written
        assertThat(read("index.m3u8")).contains("CODECS=\"avc1.", "RESOLUTION=").endsWith("\nlive.m3u8\n");
        assertThat(read("playlists/2026-11-29T01.m3u8"))
                .contains("#EXT-X-PLAYLIST-TYPE:EVENT\n", "../segment_0001.ts\n", "../segment_0002.ts\n")
                .doesNotContain("ENDLIST");
        assertThat(read("vod.m3u8")).isEmpty();

        now.set(Instant.parse("2026-11-29T02:00:01Z"));
        source.connect();
        source.push(SECOND_HALF);
        get(pipeline.stop("stopped", PATIENCE));

        await().until(() -> read("live.m3u8").endsWith("#EXT-X-ENDLIST\n"));
        await().until(() -> !read("vod.m3u8").isEmpty());
        List<String> all = uris(read("vod.m3u8"));
        assertThat(all)
                .hasSizeGreaterThanOrEqualTo(4)
                .startsWith("segment_0001.ts")
                .doesNotHaveDuplicates();
        assertThat(read("vod.m3u8")).containsOnlyOnce("#EXT-X-DISCONTINUITY\n");
        assertThat(read("playlists/2026-11-29T01.m3u8")).endsWith("#EXT-X-ENDLIST\n");
        assertThat(read("playlists/2026-11-29T02.m3u8"))
                .contains("#EXT-X-MEDIA-SEQUENCE:3\n", "#EXT-X-DISCONTINUITY-SEQUENCE:1\n")
                .endsWith("#EXT-X-ENDLIST\n");
        await().until(() -> read("index.m3u8").endsWith("\nvod.m3u8\n"));
        for (String uri : all) {
            assertThat(stored().resolve(uri)).exists();
        }
    }

    @Test
    void aPlaylistIsNeverAheadOfTheStoreAndOneThatFailsIsWrittenAgain() throws Exception {
        start();
        source.connect();
        store.fail(StoreException.Kind.UNREACHABLE);
        source.push(FIRST_HALF);
        source.disconnect();
        await().until(() -> !events.of(StreamEvent.UploadFailed.class).isEmpty());
        assertThat(read("live.m3u8")).isEmpty();
        store.fail(null);

        await().until(() -> {
            for (String uri : uris(read("live.m3u8"))) {
                assertThat(stored().resolve(uri)).exists();
            }
            return uris(read("live.m3u8")).size() == 2;
        });
    }

    @Test
    void whatRetentionDeletesLeavesThePlaylists() throws Exception {
        pipelines.close();
        pipelines = newPipelines(
                Limits.DEFAULT.withRetention(new RetentionLimits(Duration.ZERO, 0, 1, Duration.ofMillis(50))));
        start();
        source.connect();
        source.push(FIRST_HALF);
        source.disconnect();
        await().until(() -> uris(read("playlists/2026-11-29T01.m3u8")).equals(List.of("../segment_0002.ts")));
        assertThat(read("playlists/2026-11-29T01.m3u8")).doesNotContain("PLAYLIST-TYPE");

        now.set(Instant.parse("2026-11-29T02:00:01Z"));
        source.connect();
        source.push(SECOND_HALF);
        source.disconnect();
        await().until(() -> !Files.exists(stored().resolve("playlists/2026-11-29T01.m3u8")));
    }
}
