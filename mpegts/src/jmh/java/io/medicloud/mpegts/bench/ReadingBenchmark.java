// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.bench;

import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One pass over a stream in memory, in ms; {@code -p file=FILE} names a stream of your own, {@code -prof gc} tells what is allocated. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadingBenchmark {
    private static final long MOST = 256 << 20;

    /** What is read; without a name, a generated stream. */
    @Param("")
    public String file = "";

    @Param({"DEMUX", "SEGMENT", "SEARCH", "MONITOR"})
    public String job = "";

    /** Of pieces as large as a file reader's, and as small as a datagram's payload. */
    @Param({"1048476", "1316"})
    public int piece;

    private Recording recording = Recording.of(new byte[0], 1);

    /** Reads the file. */
    @Setup
    public void open() throws IOException {
        recording = file.isEmpty()
                ? Recording.of(new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(60)), piece)
                : Recording.of(Path.of(file), MOST, piece, true);
    }

    /** Gives it back. */
    @TearDown
    public void close() {
        recording.close();
    }

    /** Packets a ms are this by 188. */
    @Benchmark
    public long pass() {
        return Job.valueOf(job).run(recording);
    }
}
