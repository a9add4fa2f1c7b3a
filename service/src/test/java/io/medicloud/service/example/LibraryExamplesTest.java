// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.FreePorts;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.PeerProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of each library does what it says. */
final class LibraryExamplesTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final byte[] STREAM = TestEncoder.stream(Duration.ofSeconds(14));

    @TempDir
    private Path folder;

    private Path input;

    @BeforeEach
    void writeInput() throws IOException {
        input = Files.write(folder.resolve("input.ts"), STREAM);
    }

    @Test
    void aFileIsCut() throws Exception {
        Path out = folder.resolve("out");
        String said = run("libraries/SegmentFile.java", input.toString(), out.toString());

        assertThat(said)
                .contains("segment 1: 6.000 s, ")
                .contains("segment 3: ")
                .doesNotContain("not independent");
        assertThat(segments(out)).hasSize(3);
        assertThat(joined(out)).isEqualTo(STREAM);
    }

    @Test
    void aStreamIsReceived() throws Exception {
        int port = FreePorts.range(1).first();
        Path out = folder.resolve("received.ts");
        ExampleProgram example = ExampleProgram.compile("libraries/ReceiveSrt.java", classes());
        try (PeerProgram program = example.start(
                        "srt://127.0.0.1:" + port + "?mode=listener&passphrase=correct-horse-battery&latency=2000",
                        out.toString());
                SrtStack stack = ServiceUnderTest.stack()) {
            assertThat(ExampleProgram.said(program, "listening on (\\d+)")).isEqualTo(String.valueOf(port));
            try (TestEncoder encoder = new TestEncoder(stack, port, "correct-horse-battery").connected()) {
                encoder.send(STREAM);
            }
            PeerProgram.Result result = program.await(LIMIT);

            assertThat(result.exitStatus()).as(result.err()).isZero();
            assertThat(result.out()).contains(", encrypted").contains("ended: ");
            assertThat(out).hasBinaryContent(STREAM);
        }
    }

    @Test
    void aStreamIsRecorded() throws Exception {
        Path store = folder.resolve("store");
        String said = run(
                "libraries/RecordStream.java",
                input.toString(),
                folder.resolve("spool").toString(),
                store.toString());

        assertThat(said).contains("SegmentUploaded").contains("segmentsSealed=3");
        assertThat(joined(store.resolve("studio1"))).isEqualTo(STREAM);
        assertThat(store.resolve("studio1/segments.jsonl")).exists();
        assertThat(store.resolve("studio1/index.m3u8")).exists();
    }

    private String run(String file, String... arguments) throws Exception {
        try (PeerProgram program = ExampleProgram.compile(file, classes()).start(arguments)) {
            PeerProgram.Result result = program.await(LIMIT);
            assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
            return result.out();
        }
    }

    private Path classes() throws IOException {
        return Files.createDirectories(folder.resolve("classes"));
    }

    private static List<Path> segments(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.filter(file -> file.toString().endsWith(".ts"))
                    .sorted()
                    .toList();
        }
    }

    private static byte[] joined(Path of) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : segments(of)) {
            all.write(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }
}
