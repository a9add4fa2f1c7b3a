// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What stands in the bucket of one stream, as files. */
final class Bucket {
    private static final int PACKET = 188;
    private static final int MOST_INJECTED = 8;
    private static final Pattern SEGMENT = Pattern.compile("segment_\\d{4}\\.ts");

    private final Path folder;

    Bucket(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    /** The segments, counted from 1 without a gap. */
    List<Path> segments() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            // Beside objects the store keeps those that are being written, under names of its own.
            List<Path> segments = files.filter(file ->
                            SEGMENT.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
            for (int i = 0; i < segments.size(); i++) {
                assertThat(segments.get(i).getFileName().toString())
                        .isEqualTo(String.format(Locale.ROOT, "segment_%04d.ts", i + 1));
            }
            return segments;
        }
    }

    /**
     * How many bytes of {@code sent} the segments are, less the tables that were put in front of them; -1 if they are
     * anything but its beginning.
     */
    long joinedBytes(byte[] sent) throws IOException {
        int at = 0;
        for (Path segment : segments()) {
            byte[] bytes = Files.readAllBytes(segment);
            int injected = injected(bytes, sent, at);
            if (bytes.length == 0 || injected < 0) {
                return -1;
            }
            at += bytes.length - injected;
        }
        return at;
    }

    /** Every segment alone: ffprobe reads it, and its first video packet is a keyframe. */
    void assertEachBeginsWithAKeyframe() throws Exception {
        for (Path segment : segments()) {
            PeerProgram.Result result = PeerProgram.run(
                    Duration.ofSeconds(30),
                    "ffprobe",
                    "-v",
                    "error",
                    "-select_streams",
                    "v:0",
                    "-show_entries",
                    "packet=flags",
                    "-of",
                    "csv=p=0",
                    segment.toString());
            assertThat(result.exitStatus()).as("%s", segment).isZero();
            assertThat(result.out()).as("%s", segment).startsWith("K");
        }
    }

    /** The judge of the acceptance kit, where there is one. */
    void assertAccepted(Path sent, int targetSeconds, int missingPackets) throws Exception {
        @Nullable Path judge = Peers.acceptance("check_live.py");
        if (judge == null) {
            return;
        }
        PeerProgram.Result result = PeerProgram.run(
                Duration.ofSeconds(60),
                "python3",
                "-B",
                judge.toString(),
                sent.toString(),
                folder.toString(),
                "--target",
                Integer.toString(targetSeconds),
                "--missing",
                Integer.toString(missingPackets));
        assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
    }

    /** The bytes in front of {@code segment} after which it goes on as {@code sent} does at {@code at}. */
    private static int injected(byte[] segment, byte[] sent, int at) {
        for (int k = 0; k <= MOST_INJECTED * PACKET && k < segment.length; k += PACKET) {
            int end = at + segment.length - k;
            if (end <= sent.length && Arrays.equals(segment, k, segment.length, sent, at, end)) {
                return k;
            }
        }
        return -1;
    }
}
