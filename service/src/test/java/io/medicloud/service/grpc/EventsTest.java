// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetSegmentUrlRequest;
import io.medicloud.service.proto.GetSegmentUrlResponse;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.Segment;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events and segments as clients read them. */
final class EventsTest {
    private static final String PASSPHRASE = "canary-passphrase";

    @TempDir
    private static Path directory;

    private static SrtStack encoders;
    private static ServiceUnderTest service;
    private final List<EventReader> readers = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        service = new ServiceUnderTest(directory, 4, "events.watchers=8");
    }

    @AfterAll
    static void end() {
        service.close();
        encoders.close();
    }

    @AfterEach
    void endWatches() {
        readers.forEach(EventReader::close);
    }

    private static LivestreamBlockingStub client() {
        return service.client(LivestreamBlockingStub.class);
    }

    private EventReader watch(WatchEventsRequest.Builder request) {
        EventReader reader = new EventReader(service.client(LivestreamStub.class), request.build());
        readers.add(reader);
        return reader;
    }

    private static WatchEventsRequest.Builder of(String liveId) {
        return WatchEventsRequest.newBuilder().addLiveIds(liveId);
    }

    private static void record(String liveId, int seconds) throws Exception {
        int port = client().startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(seconds)));
        }
        client().stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
    }

    private static Ledger ledger() {
        return service.service().ledger();
    }

    private static void append(String liveId, long from, long to) throws Exception {
        for (long i = from; i < to; i++) {
            ledger().append(new StreamEvent.SegmentLost(liveId, Instant.EPOCH, i, "told by the test"));
        }
        ledger().append(new StreamEvent.Started(liveId, Instant.EPOCH))
                .toCompletableFuture()
                .get();
    }

    @Test
    void aStreamsLifeIsToldInOrderAndCanBeReadAgain() throws Exception {
        EventReader live = watch(of("life"));
        record("life", 3);
        List<WatchEventsResponse> heard = live.takeUntil(WatchEventsResponse.Type.STREAM_ENDED);

        assertThat(heard)
                .extracting(WatchEventsResponse::getType)
                .startsWith(
                        WatchEventsResponse.Type.STREAM_STARTED,
                        WatchEventsResponse.Type.CONNECTED,
                        WatchEventsResponse.Type.MEDIA_FLOWING)
                .contains(WatchEventsResponse.Type.DISCONNECTED);
        assertThat(heard).extracting(WatchEventsResponse::getCursor).isSorted().doesNotHaveDuplicates();
        assertThat(heard.stream().filter(event -> event.getType() == WatchEventsResponse.Type.SEGMENT_UPLOADED))
                .extracting(WatchEventsResponse::getKey)
                .containsExactly("life/segment_0001.ts", "life/segment_0002.ts", "life/segment_0003.ts");
        assertThat(heard.stream().filter(event -> event.getType() == WatchEventsResponse.Type.SEGMENT_SEALED))
                .extracting(event -> event.getSegment().getIndependent())
                .containsOnly(true);

        assertThat(watch(of("life")).takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                .isEqualTo(heard);
        int middle = heard.size() / 2;
        assertThat(watch(of("life").setFromCursor(heard.get(middle).getCursor()))
                        .takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                .isEqualTo(heard.subList(middle + 1, heard.size()));
        assertThat(watch(of("life").addTypes(WatchEventsResponse.Type.STREAM_ENDED))
                        .takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                .hasSize(1);
    }

    @Test
    void segmentsAreListedInPagesAndCanBeFetchedByTheirUrls() throws Exception {
        record("listed", 4);
        await().until(() -> list("listed", 0, 10).getSegmentsList().stream()
                .allMatch(segment -> segment.getState() == Segment.State.STORED));
        ListSegmentsResponse page = list("listed", 0, 3);
        ListSegmentsResponse rest = list("listed", page.getNextSequence(), 3);

        assertThat(page.getSegmentsList()).extracting(Segment::getSequence).containsExactly(1L, 2L, 3L);
        assertThat(rest.getSegmentsList()).extracting(Segment::getSequence).containsExactly(4L);
        assertThat(rest.getNextSequence()).isZero();
        assertThat(page.getSegments(1).getDurationMs()).isEqualTo(1000);
        GetSegmentUrlResponse url = client().getSegmentUrl(GetSegmentUrlRequest.newBuilder()
                .setLiveId("listed")
                .setSequence(2)
                .setExpiresSeconds(60)
                .build());
        HttpResponse<byte[]> fetched = Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(url.getUrl())).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(fetched.statusCode()).isEqualTo(200);
        assertThat(fetched.body())
                .isEqualTo(Files.readAllBytes(service.segments("listed").get(1)));
        assertThatThrownBy(() -> client().getSegmentUrl(GetSegmentUrlRequest.newBuilder()
                        .setLiveId("listed")
                        .setSequence(99)
                        .build()))
                .satisfies(is(Status.Code.NOT_FOUND, "sequence"));
        assertThatThrownBy(() -> client().getSegmentUrl(GetSegmentUrlRequest.newBuilder()
                        .setLiveId("listed")
                        .setSequence(2)
                        .setExpiresSeconds(700_000)
                        .build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, "expires_seconds"));
    }

    private static ListSegmentsResponse list(String liveId, long from, int limit) {
        return client().listSegments(ListSegmentsRequest.newBuilder()
                .setLiveId(liveId)
                .setFromSequence(from)
                .setLimit(limit)
                .build());
    }

    @Test
    void aWatcherThatReadsNothingHoldsUpNobodyAndMissesNothing() throws Exception {
        EventReader slow = watch(of("busy"));
        EventReader quick = watch(of("busy"));
        append("busy", 0, 5000);
        assertThat(quick.takeUntil(WatchEventsResponse.Type.STREAM_STARTED)).hasSize(5001);

        assertThat(slow.take(5000))
                .extracting(WatchEventsResponse::getSequence)
                .containsExactlyElementsOf(LongStream.range(0, 5000).boxed().toList());
    }

    @Test
    void aWatcherThatComesBackWithItsCursorManyTimesMissesNothing() throws Exception {
        append("often", 0, 500);
        List<Long> heard = new ArrayList<>();
        long cursor = 0;
        while (heard.size() < 500) {
            try (EventReader events = watch(of("often").setFromCursor(cursor))) {
                for (WatchEventsResponse event : events.take(20)) {
                    heard.add(event.getSequence());
                    cursor = event.getCursor();
                }
            }
        }
        assertThat(heard)
                .containsExactlyElementsOf(LongStream.range(0, 500).boxed().toList());
    }

    @Test
    void fromNowTellsOnlyWhatComes() throws Exception {
        append("now", 0, 3);
        EventReader events = watch(of("now").setFromNow(true));
        CompletableFuture<WatchEventsResponse> first = CompletableFuture.supplyAsync(() -> {
            try {
                return events.next();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> {
            append("now", 7, 8);
            return first.isDone();
        });

        assertThat(first.get().getSequence()).isEqualTo(7);
    }

    @Test
    void aCursorThatWasNeverGivenOutIsToldSo() {
        assertThatThrownBy(() -> watch(of("x").setFromCursor(Long.MAX_VALUE)).next())
                .satisfies(is(Status.Code.OUT_OF_RANGE, "from_cursor"));
    }

    @Test
    void onlySoManyMayWatch() throws Exception {
        append("crowd", 0, 1);
        for (int i = 0; i < 8; i++) {
            await().ignoreException(StatusRuntimeException.class)
                    .until(() -> watch(of("crowd")).next() != null);
        }
        assertThatThrownBy(() -> watch(of("crowd")).next())
                .satisfies(is(Status.Code.RESOURCE_EXHAUSTED, "events.watchers"));
        String metrics = Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + service.service().httpPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        assertThat(metrics.lines())
                .contains(
                        "medicloud_limit{limit=\"events.watchers\"} 8.0",
                        "medicloud_limit_used{limit=\"stream.limit\"} 0.0")
                .anyMatch(line -> line.matches("medicloud_limit_reached_total.limit=.events.watchers.. [1-9]\\d*\\.0"));
    }

    private static java.util.function.Consumer<Throwable> is(Status.Code code, String word) {
        return failure -> {
            assertThat(failure).isInstanceOf(StatusRuntimeException.class);
            Status status = ((StatusRuntimeException) failure).getStatus();
            assertThat(status.getCode()).isEqualTo(code);
            assertThat(status.getDescription()).contains(word);
        };
    }
}
