// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Limits;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.playlist.LivePart;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.source.FileSource;
import io.medicloud.pipeline.source.Pace;
import io.medicloud.pipeline.source.PaceClock;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.service.config.Address;
import io.medicloud.service.config.PlaybackConfig;
import io.medicloud.service.hls.TimedSource.Batch;
import io.medicloud.service.http.Servers;
import io.medicloud.service.http.SignedUrls;
import io.medicloud.service.security.AccessTable;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.CallRate;
import io.medicloud.service.security.ConnectionLimits;
import io.medicloud.service.security.ConnectionRules;
import io.medicloud.service.security.JwtAuthentication;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Players that wait for each part of a live stream: how long after the last packet of a part its answer arrives, and how long media keeps the thread that it comes on, without players (the
 * first half) and with them. {@code -Dreload.players=200 -Dreload.seconds=120} is the long form, for a machine that does nothing else: it holds the times. The short one holds that each is
 * answered part by part, soon. Both print what they found.
 */
@Tag("heavy")
@Isolated
final class BlockingReloadTest {
    private static final int PLAYERS = Integer.getInteger("reload.players", 10);
    private static final boolean IS_LONG = PLAYERS >= 100;
    private static final int MOST_MS = IS_LONG ? 100 : 2000;
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("reload.seconds", 12));
    private static final Pattern HINT = Pattern.compile("URI=\"segment_(\\d+)\\.(\\d+)\\.ts\"\\n$");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final double NS_PER_MS = 1e6;
    private static final double NS_PER_US = 1e3;
    private static final int PACKET = 188;

    @TempDir
    private Path folder;

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Map<String, LivePart> parts = new ConcurrentHashMap<>();
    /** Each request that waits has a connection to itself. */
    private final WebClient http = WebClient.builder().responseTimeoutMillis(0).build();

    /** A player has heard of a part. */
    private record Answer(int player, long sequence, int part, long atNs) {
        String name() {
            return sequence + "." + part;
        }
    }

    @BeforeAll
    static void measureWithoutLeakDetection() {
        if (IS_LONG) {
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        }
    }

    @Test
    void whoWaitsHearsOfEachPartSoonAndMediaIsNotHeldUp() throws Exception {
        Path media = folder.resolve("media.ts");
        Files.write(
                media, new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1))).generate(LENGTH));
        DirectoryStore store = new DirectoryStore(folder.resolve("store"));
        TimedSource source =
                new TimedSource(FileSource.of(media, Pace.PCR, PaceClock.SYSTEM, ByteBufAllocator.DEFAULT));
        Map<Long, SegmentFacts> facts = new HashMap<>();
        long joinedNs;
        try (Pipelines pipelines =
                new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, EventSink.NONE, InstantSource.system())) {
            Server server = serve(pipelines, store);
            try {
                Pipeline pipeline =
                        pipelines.open(PipelineConfig.of("live", SegmentPolicy.ofTarget(Duration.ofSeconds(2))));
                long beganNs = System.nanoTime();
                pipeline.start(source);
                await().atMost(LENGTH).until(() -> System.nanoTime() - beganNs > LENGTH.toNanos() / 2);
                joinedNs = System.nanoTime();
                String url = "h1c://127.0.0.1:" + server.activeLocalPort() + "/hls/live/live.m3u8";
                for (int i = 0; i < PLAYERS; i++) {
                    play(pipeline, i, url, "");
                }
                await().atMost(LENGTH.plus(PATIENCE))
                        .until(() -> pipeline.state().isFinal());
                for (SegmentRecord row : pipelines.ledger().segments("live", 1, 1000)) {
                    facts.put(row.sequence(), row.facts());
                }
            } finally {
                Servers.close(server);
            }
        }
        judge(source.batches(), facts, joinedNs);
    }

    static Server serve(Pipelines pipelines, DirectoryStore store) throws IOException {
        ServerBuilder builder = Servers.builder(
                        new Address("127.0.0.1", 0),
                        16,
                        null,
                        new Authentication(
                                () -> AccessTable.OPEN,
                                new JwtAuthentication(() -> null, InstantSource.system()),
                                () -> new CallRate(0, 0),
                                System::nanoTime),
                        new ConnectionLimits(
                                () -> new ConnectionRules(
                                        2 * PLAYERS + 100, 2 * PLAYERS + 100, 16, Duration.ofMinutes(1)),
                                System::nanoTime,
                                limit -> {})::guard)
                .requestTimeoutMillis(0);
        SignedUrls urls = new SignedUrls(() -> PlaybackConfig.OPEN, InstantSource.system(), wrong -> 0);
        new HlsService(pipelines, store, InstantSource.system(), urls).addTo(builder);
        Server server = builder.build();
        server.start().join();
        return server;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // goes on by itself
    private void play(Pipeline pipeline, int player, String url, String query) {
        http.get(url + query).aggregate().thenAccept(response -> heard(pipeline, player, url, query, response));
    }

    private void heard(Pipeline pipeline, int player, String url, String query, AggregatedHttpResponse response) {
        long nowNs = System.nanoTime();
        Matcher hint = HINT.matcher(response.contentUtf8());
        if (response.status().code() != 200 || !hint.find()) {
            return;
        }
        long sequence = Long.parseLong(hint.group(1));
        int next = Integer.parseInt(hint.group(2));
        if (!query.isEmpty() && next > 0) {
            Answer answer = new Answer(player, sequence, next - 1, nowNs);
            answers.add(answer);
            LivePart part = pipeline.window().part(sequence, next - 1);
            if (part != null) {
                parts.put(answer.name(), part);
            }
        }
        play(pipeline, player, url, "?_HLS_msn=" + sequence + "&_HLS_part=" + next);
    }

    private void judge(List<Batch> batches, Map<Long, SegmentFacts> facts, long joinedNs) {
        List<Long> delays = new ArrayList<>();
        for (Answer answer : answers) {
            LivePart part = parts.get(answer.name());
            SegmentFacts of = facts.get(answer.sequence());
            if (part != null && of != null) {
                long end = (of.startPacket() - of.injectedPackets()) * PACKET + part.offset() + part.bytes();
                batches.stream()
                        .filter(batch -> batch.bytes() >= end)
                        .findFirst()
                        .ifPresent(batch -> delays.add(answer.atNs() - batch.atNs()));
            }
        }
        List<Long> alone = took(batches, batches.get(0).atNs(), joinedNs);
        List<Long> watched = took(batches, joinedNs, System.nanoTime());
        System.out.printf(
                Locale.ROOT,
                "reload: %d players, %d answers, ms after a part's last packet: %s%n"
                        + "reload: us that a batch of media takes: %s; without players: %s%n",
                PLAYERS,
                delays.size(),
                spread(delays, NS_PER_MS),
                spread(watched, NS_PER_US),
                spread(alone, NS_PER_US));
        Map<Integer, Long> answered =
                answers.stream().collect(Collectors.groupingBy(Answer::player, Collectors.counting()));
        // A part is half a second, and one of four ends with its segment, which is heard of with the next.
        long least = IS_LONG ? LENGTH.toSeconds() / 2 : 2;
        assertThat(answered)
                .hasSize(PLAYERS)
                .allSatisfy((player, count) -> assertThat(count).isGreaterThanOrEqualTo(least));
        assertThat(delays).hasSizeGreaterThan(answers.size() / 2);
        assertThat(at(delays, 50) / NS_PER_MS).as("median, ms").isLessThanOrEqualTo(MOST_MS);
        if (IS_LONG) {
            assertThat(at(watched, 50) / NS_PER_US)
                    .as("us a batch takes with players")
                    .isLessThanOrEqualTo(2 * at(alone, 50) / NS_PER_US + 100);
        }
    }

    private static List<Long> took(List<Batch> batches, long fromNs, long toNs) {
        return batches.stream()
                .filter(batch -> batch.atNs() - fromNs >= 0 && batch.atNs() - toNs < 0)
                .map(Batch::tookNs)
                .toList();
    }

    private static long at(List<Long> values, int percent) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get((sorted.size() - 1) * percent / 100);
    }

    private static String spread(List<Long> values, double unit) {
        return values.isEmpty()
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "median %.1f, 90 %% %.1f, 99 %% %.1f, most %.1f",
                        at(values, 50) / unit,
                        at(values, 90) / unit,
                        at(values, 99) / unit,
                        at(values, 100) / unit);
    }
}
