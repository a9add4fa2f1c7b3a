// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.testdata.ChunkSplitter;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

class MonitorFuzzTest {
    @FuzzTest
    void aFileIsMeasuredTheSameInAnyPieces(byte[] input) {
        assertThat(file(input, ChunkSplitter.random(Arrays.hashCode(input), 1, 1000)))
                .isEqualTo(file(input, ChunkSplitter.every(Math.max(1, input.length))));
    }

    /** A piece arrives each 5 ms; the clock of arrival has a mind of its own now and then. */
    @FuzzTest
    void aLiveStreamIsMeasuredWhateverComes(byte[] input) {
        long[] nowUs = new long[1];
        TsMonitor monitor = new TsMonitor();
        ChunkSplitter.random(Arrays.hashCode(input), 1, 1000).split(input, bytes -> {
            int first = bytes[0];
            nowUs[0] += first == 0 ? -1_000_000 : first == 1 ? 3_600_000_000L : 5000;
            monitor.onTime(nowUs[0]);
            monitor.onData(Unpooled.wrappedBuffer(bytes), nowUs[0]);
        });
        monitor.finish();
        MonitorReport report = monitor.report();
        assertThat(report.packets()).isLessThanOrEqualTo(input.length / 188);
        assertThat(report.toString()).isNotEmpty();
    }

    private static MonitorReport file(byte[] input, ChunkSplitter pieces) {
        FileMonitor monitor = new FileMonitor();
        pieces.split(input, bytes -> monitor.onData(Unpooled.wrappedBuffer(bytes)));
        monitor.finish();
        return monitor.report();
    }
}
