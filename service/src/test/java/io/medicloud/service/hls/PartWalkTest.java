// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.server.Server;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Limits;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.source.FileSource;
import io.medicloud.pipeline.source.Pace;
import io.medicloud.pipeline.source.PaceClock;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.service.Http1;
import io.medicloud.service.http.Servers;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A player walks from part to part over the ends of segments, as hls.js does: it asks for the part behind the last one it was told, or for the first of the next segment once a segment is
 * listed with all of its own. An answer that brings it nothing new has it rest for half a target duration, and stall. Meanwhile the disk does not take one of the segments for good.
 */
@Tag("heavy")
final class PartWalkTest {
    private static final Pattern PART = Pattern.compile("#EXT-X-PART:.*URI=\"(segment_(\\d+)\\.(\\d+)\\.ts)\".*");
    private static final Pattern SEGMENT = Pattern.compile("segment_(\\d+)\\.ts");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long UNSEALED = 3;
    private static final long LAST = 6;

    @TempDir
    private Path folder;

    private final HttpClient http = Http1.client();
    /** The parts that were loaded, in order, by their segments. */
    private final Map<Long, ByteArrayOutputStream> loaded = new TreeMap<>();

    /** How far a playlist goes: its last segment, and the segment and number of its last part. */
    private record Edge(long segment, long partSegment, int part) {
        boolean isBehind(Edge before) {
            return segment > before.segment
                    || partSegment > before.partSegment
                    || (partSegment == before.partSegment && part > before.part);
        }

        /** What hls.js asks for next. */
        String query() {
            if (part < 0) {
                return "?_HLS_msn=" + (segment + 1);
            }
            boolean isWhole = partSegment == segment;
            return "?_HLS_msn=" + (isWhole ? segment + 1 : partSegment) + "&_HLS_part=" + (isWhole ? 0 : part + 1);
        }
    }

    @Test
    void eachAnswerBringsSomethingNewThoughTheDiskIsSlow() throws Exception {
        Path media = folder.resolve("media.ts");
        SyntheticStream stream = SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1));
        Files.write(media, new SyntheticEncoder(stream).generate(Duration.ofSeconds(LAST + 2)));
        DirectoryStore store = new DirectoryStore(folder.resolve("store"));
        try (Pipelines pipelines =
                new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, EventSink.NONE, InstantSource.system())) {
            Server server = BlockingReloadTest.serve(pipelines, store);
            try {
                Pipeline pipeline =
                        pipelines.open(PipelineConfig.of("live", SegmentPolicy.ofTarget(Duration.ofSeconds(1))));
                Path sealed = pipelines.spoolFile("live", UNSEALED);
                Path inTheWay = Files.createDirectories(Path.of(sealed + ".facts"));
                pipeline.start(FileSource.of(media, Pace.PCR, PaceClock.SYSTEM, ByteBufAllocator.DEFAULT));
                String base = "http://127.0.0.1:" + server.activeLocalPort() + "/hls/live/";
                walk(base);

                assertThat(sealed).doesNotExist();
                assertThat(loaded).hasSizeGreaterThan(3).containsKey(UNSEALED);
                for (Map.Entry<Long, ByteArrayOutputStream> segment : loaded.entrySet()) {
                    assertThat(segment.getValue().toByteArray())
                            .as("the parts of segment %d", segment.getKey())
                            .isEqualTo(load(base + "segment_000" + segment.getKey() + ".ts"));
                }
                Files.delete(inTheWay);
                await().atMost(PATIENCE).until(() -> pipeline.state().isFinal());
                assertThat(folder.resolve("store/live/segment_0003.ts")).exists();
            } finally {
                Servers.close(server);
            }
        }
    }

    /** Until the last segment is listed; of what was listed first only what comes behind is loaded. */
    private void walk(String base) throws Exception {
        String playlist = text(base + "live.m3u8");
        Edge edge = edge(playlist);
        long first = edge.segment() + 1;
        Set<String> told = new HashSet<>();
        loadParts(base, playlist, first, told);
        while (edge.segment() < LAST) {
            String next = text(base + "live.m3u8" + edge.query());
            assertThat(edge(next).isBehind(edge))
                    .as("news, asked for with %s after\n%s:\n%s", edge.query(), playlist, next)
                    .isTrue();
            playlist = next;
            edge = edge(next);
            loadParts(base, playlist, first, told);
        }
        loaded.keySet().removeIf(segment -> segment > LAST);
    }

    private void loadParts(String base, String playlist, long first, Set<String> told) throws Exception {
        for (Matcher part : parts(playlist)) {
            long segment = Long.parseLong(part.group(2));
            if (segment >= first && told.add(part.group(1))) {
                loaded.computeIfAbsent(segment, none -> new ByteArrayOutputStream())
                        .writeBytes(load(base + part.group(1)));
            }
        }
    }

    private static List<Matcher> parts(String playlist) {
        return playlist.lines().map(PART::matcher).filter(Matcher::matches).toList();
    }

    private static Edge edge(String playlist) {
        long last = playlist.lines()
                .map(SEGMENT::matcher)
                .filter(Matcher::matches)
                .mapToLong(segment -> Long.parseLong(segment.group(1)))
                .max()
                .orElseThrow();
        List<Matcher> parts = parts(playlist);
        if (parts.isEmpty()) {
            return new Edge(last, last, -1);
        }
        Matcher part = parts.get(parts.size() - 1);
        return new Edge(last, Long.parseLong(part.group(2)), Integer.parseInt(part.group(3)));
    }

    private String text(String url) throws Exception {
        return new String(load(url), StandardCharsets.UTF_8);
    }

    private byte[] load(String url) throws Exception {
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(), BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(url).isEqualTo(200);
        return answer.body();
    }
}
