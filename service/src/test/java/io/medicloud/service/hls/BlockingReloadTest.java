// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.SessionProtocol;
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
import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Players that wait for each part of a live stream: prints how long after the last packet of a part its answer arrives, and how long the thread works on media that it comes
 * on. A measurement: {@code -Dmeasure.players=200 -Dmeasure.seconds=60}.
 */
@EnabledIfSystemProperty(named = "measure.players", matches = "[0-9]+")
final class BlockingReloadTest {
    private static final Pattern HINT = Pattern.compile("URI=\"segment_(\\d+)\\.(\\d+)\\.ts\"\\n$");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PLAYERS = Integer.getInteger("measure.players", 0);
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("measure.seconds", 30));

    @TempDir
    private Path folder;

    /** A batch of media: how much had come with it, when, and how long it was worked on. */
    private record Batch(long bytes, long atNs, long tookNs) {}

    private record Answer(int player, long sequence, int part, long atNs) {}

    private final List<Batch> batches = new ArrayList<>();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Times what the pipeline does on the thread of its source. */
    private final class Timed implements Source {
        private final Source source;

        Timed(Source source) {
            this.source = source;
        }

        @Override
        public boolean canWait() {
            return false;
        }

        @Override
        public void start(SourceSink sink) {
            source.start(new SourceSink() {
                private long bytes;
                private long beganNs;

                @Override
                public void onConnected(String peer, long nowUs) {
                    sink.onConnected(peer, nowUs);
                }

                @Override
                public void onData(ByteBuf data, long nowUs) {
                    beganNs = System.nanoTime();
                    bytes += data.readableBytes();
                    sink.onData(data, nowUs);
                }

                @Override
                public void onBatchEnd(long nowUs) {
                    sink.onBatchEnd(nowUs);
                    batches.add(new Batch(bytes, beganNs, System.nanoTime() - beganNs));
                }

                @Override
                public void onDisconnected(String reason, long nowUs) {
                    sink.onDisconnected(reason, nowUs);
                }

                @Override
                public void onEnd(String reason) {
                    sink.onEnd(reason);
                }

                @Override
                public void onFailure(String reason) {
                    sink.onFailure(reason);
                }
            });
        }

        @Override
        public void close() {
            source.close();
        }
    }

    @Test
    void everyWaitingPlayerIsAnswered() throws Exception {
        Path media = folder.resolve("media.ts");
        Files.write(media, new SyntheticEncoder(SyntheticStream.DEFAULT).generate(LENGTH));
        DirectoryStore store = new DirectoryStore(folder.resolve("store"));
        Map<String, LivePart> parts = new HashMap<>();
        Map<Long, SegmentFacts> facts = new HashMap<>();
        try (Pipelines pipelines =
                new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, EventSink.NONE, InstantSource.system())) {
            ServerBuilder builder = Server.builder().port(new InetSocketAddress("127.0.0.1", 0), SessionProtocol.HTTP);
            new HlsService(pipelines, store, InstantSource.system()).addTo(builder);
            Server server = builder.build();
            server.start().join();
            try {
                Pipeline pipeline =
                        pipelines.open(PipelineConfig.of("live", SegmentPolicy.ofTarget(Duration.ofSeconds(2))));
                pipeline.window().snapshot();
                pipeline.start(new Timed(FileSource.of(media, Pace.PCR, PaceClock.SYSTEM, ByteBufAllocator.DEFAULT)));
                await().atMost(PATIENCE)
                        .until(() -> pipeline.window().snapshot().playlist() != null);
                String url = "http://127.0.0.1:" + server.activeLocalPort() + "/hls/live/live.m3u8";
                for (int i = 0; i < PLAYERS; i++) {
                    play(i, url, "");
                }
                await().atMost(LENGTH.plus(PATIENCE))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            note(pipeline, parts);
                            return pipeline.state().isFinal();
                        });
                for (SegmentRecord row : pipelines.ledger().segments("live", 1, 1000)) {
                    facts.put(row.sequence(), row.facts());
                }
            } finally {
                server.stop().get(10, TimeUnit.SECONDS);
            }
        }
        report(parts, facts);
        Map<Integer, Long> answered = new HashMap<>();
        answers.forEach(answer -> answered.merge(answer.player(), 1L, Long::sum));
        assertThat(answered).hasSize(PLAYERS);
    }

    private static void note(Pipeline pipeline, Map<String, LivePart> parts) {
        for (long sequence = 1; sequence <= LENGTH.toSeconds(); sequence++) {
            LivePart part = pipeline.window().part(sequence, 0);
            for (int index = 0; part != null; part = pipeline.window().part(sequence, ++index)) {
                parts.put(sequence + "." + index, part);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // goes on by itself
    private void play(int player, String url, String query) {
        http.sendAsync(HttpRequest.newBuilder(URI.create(url + query)).build(), BodyHandlers.ofString())
                .thenAccept(response -> {
                    long nowNs = System.nanoTime();
                    Matcher hint = HINT.matcher(response.body());
                    if (response.statusCode() != 200 || !hint.find()) {
                        return;
                    }
                    long sequence = Long.parseLong(hint.group(1));
                    int next = Integer.parseInt(hint.group(2));
                    if (!query.isEmpty() && next > 0) {
                        answers.add(new Answer(player, sequence, next - 1, nowNs));
                    }
                    play(player, url, "?_HLS_msn=" + sequence + "&_HLS_part=" + next);
                });
    }

    private void report(Map<String, LivePart> parts, Map<Long, SegmentFacts> facts) {
        List<Long> delays = new ArrayList<>();
        for (Answer answer : answers) {
            LivePart part = parts.get(answer.sequence() + "." + answer.part());
            SegmentFacts of = facts.get(answer.sequence());
            if (part != null && of != null) {
                long end = (of.startPacket() - of.injectedPackets()) * 188 + part.offset() + part.bytes();
                batches.stream()
                        .filter(batch -> batch.bytes() >= end)
                        .findFirst()
                        .ifPresent(batch -> delays.add(answer.atNs() - batch.atNs()));
            }
        }
        List<Long> took = batches.stream().map(Batch::tookNs).toList();
        System.out.printf(
                Locale.ROOT,
                "%d players, %d answers: ms after a part's last packet %s; us a batch of media takes %s%n",
                PLAYERS,
                delays.size(),
                spread(delays, 1e6),
                spread(took, 1e3));
    }

    private static String spread(List<Long> values, double unit) {
        List<Long> sorted = values.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "none";
        }
        int last = sorted.size() - 1;
        return String.format(
                Locale.ROOT,
                "median %.1f, 90 %% %.1f, 99 %% %.1f, most %.1f",
                sorted.get(last / 2) / unit,
                sorted.get(last * 9 / 10) / unit,
                sorted.get(last * 99 / 100) / unit,
                sorted.get(last) / unit);
    }
}
