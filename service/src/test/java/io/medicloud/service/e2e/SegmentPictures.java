// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import io.medicloud.service.Http1;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How many pictures are in each segment of a stream, by the segment's name. */
record SegmentPictures(Map<String, Long> counts) {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** Counts what stands in the bucket. */
    static SegmentPictures count(Bucket bucket) throws IOException, InterruptedException {
        Map<String, Long> counts = new HashMap<>();
        for (Path segment : bucket.segments()) {
            PeerProgram.Result counted = PeerProgram.run(
                    LIMIT,
                    "ffprobe",
                    "-v",
                    "quiet",
                    "-count_packets",
                    "-select_streams",
                    "v",
                    "-show_entries",
                    "stream=nb_read_packets",
                    "-of",
                    "csv=p=0",
                    segment.toString());
            String count = counted.out().lines().findFirst().orElseThrow();
            counts.put(segment.getFileName().toString(), Long.parseLong(count.replaceAll("\\D", "")));
        }
        return new SegmentPictures(counts);
    }

    long all() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** How many are in the segments that a playlist lists, or the one that it leads to. */
    long listed(String url) throws IOException, InterruptedException {
        String playlist = Http1.client()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        long count = 0;
        for (String line : playlist.lines().toList()) {
            if (line.endsWith(".m3u8")) {
                return listed(url.substring(0, url.lastIndexOf('/') + 1) + line);
            }
            if (line.endsWith(".ts")) {
                count += counts.getOrDefault(line.substring(line.lastIndexOf('/') + 1), 0L);
            }
        }
        return count;
    }
}
