// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;

/** What a service told of its streams, read with a cursor across its processes, held against what stands in the bucket. */
final class Story {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<WatchEventsResponse> events = new ArrayList<>();
    /** Where what a stream has stored was looked at. */
    private final Map<String, Path> buckets = new HashMap<>();

    /** Goes on behind the last event that was read, whichever process told it, for as long as is said. */
    void read(ServiceProcess service, Duration forSoLong) {
        long last = events.isEmpty() ? 0 : events.get(events.size() - 1).getCursor();
        Iterator<WatchEventsResponse> more = service.client()
                .withDeadlineAfter(forSoLong.toMillis(), TimeUnit.MILLISECONDS)
                .watchEvents(WatchEventsRequest.newBuilder().setFromCursor(last).build());
        try {
            while (more.hasNext()) {
                events.add(more.next());
            }
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }

    /** Reads until so many streams have ended, and everything that was sealed is uploaded. */
    void readToTheEnd(ServiceProcess service, int streams, Duration patience) {
        Awaitility.await("every segment is uploaded").atMost(patience).untilAsserted(() -> {
            read(service, Duration.ofMillis(1500));
            assertThat(count(WatchEventsResponse.Type.STREAM_ENDED)).isEqualTo(streams);
            assertThat(count(WatchEventsResponse.Type.SEGMENT_UPLOADED))
                    .isEqualTo(count(WatchEventsResponse.Type.SEGMENT_SEALED));
        });
    }

    List<WatchEventsResponse> all() {
        return events;
    }

    long count(WatchEventsResponse.Type type) {
        return events.stream().filter(event -> event.getType() == type).count();
    }

    List<WatchEventsResponse> of(String id, WatchEventsResponse.Type type) {
        return events.stream()
                .filter(event -> event.getLiveId().equals(id) && event.getType() == type)
                .toList();
    }

    List<Long> numbers(String id, WatchEventsResponse.Type type) {
        return of(id, type).stream().map(WatchEventsResponse::getSequence).toList();
    }

    /** Sealed, uploaded, listed: each segment once, in order, no number without its story, no object that is not told of. */
    void check(String id, Path bucket) throws IOException {
        List<Long> sealed = numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED);
        List<Long> uploaded = numbers(id, WatchEventsResponse.Type.SEGMENT_UPLOADED);
        assertThat(uploaded).as("%s: uploaded in order, each once", id).isEqualTo(sealed);
        TreeSet<Long> numbers = new TreeSet<>(sealed);
        assertThat(numbers).as("%s: no number twice", id).hasSameSizeAs(sealed);
        numbers.addAll(numbers(id, WatchEventsResponse.Type.SEGMENT_LOST));
        assertThat(numbers)
                .as("%s: no number without its story", id)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, numbers.last()).boxed().toList());
        for (WatchEventsResponse event : of(id, WatchEventsResponse.Type.SEGMENT_SEALED)) {
            assertThat(file(bucket, event)).hasSize(event.getBytes());
        }
        buckets.put(id, bucket);
        Awaitility.await("the manifest follows")
                .atMost(Duration.ofSeconds(45))
                .untilAsserted(
                        () -> assertThat(listedIn(bucket)).as("%s: listed", id).isEqualTo(sealed));
        try (var files = Files.list(bucket)) {
            assertThat(files.filter(file -> file.getFileName().toString().matches("segment_\\d+\\.ts")))
                    .hasSameSizeAs(sealed);
        }
    }

    private static List<Long> listedIn(Path bucket) throws IOException {
        List<Long> listed = new ArrayList<>();
        for (String line : Files.readAllLines(bucket.resolve("segments.jsonl"))) {
            listed.add(JSON.readTree(line).get("sequence").asLong());
        }
        return listed;
    }

    static Path file(Path bucket, WatchEventsResponse segment) {
        return bucket.resolve("segment_%04d.ts".formatted(segment.getSequence()));
    }

    /** One line: what became of everything. Received is what stands in segments and what was dropped. */
    String ledger(String id) {
        long stored = bytes(id, WatchEventsResponse.Type.SEGMENT_SEALED);
        long dropped = bytes(id, WatchEventsResponse.Type.BYTES_DROPPED);
        return "%s: received %d bytes (%d of them dropped), sealed %d, uploaded %d, listed %s, lost %d, attempts that failed were told %d times"
                .formatted(
                        id,
                        stored + dropped,
                        dropped,
                        of(id, WatchEventsResponse.Type.SEGMENT_SEALED).size(),
                        of(id, WatchEventsResponse.Type.SEGMENT_UPLOADED).size(),
                        listed(id),
                        of(id, WatchEventsResponse.Type.SEGMENT_LOST).size(),
                        of(id, WatchEventsResponse.Type.UPLOAD_FAILED).size());
    }

    private long bytes(String id, WatchEventsResponse.Type type) {
        return of(id, type).stream().mapToLong(WatchEventsResponse::getBytes).sum();
    }

    /** How many segments the manifest lists, if it was looked at. */
    private String listed(String id) {
        Path bucket = buckets.get(id);
        try {
            return bucket == null
                    ? "(not looked at)"
                    : Integer.toString(listedIn(bucket).size());
        } catch (IOException e) {
            return "(" + e + ")";
        }
    }
}
