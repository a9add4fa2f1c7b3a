// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatermarksTest {
    @TempDir
    Path root;

    @Test
    void ofASmallDiskNoMoreThanHalfIsToBeFree() throws Exception {
        FileStore disk = Files.getFileStore(root);
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(0, Long.MAX_VALUE / 4, false));

        boolean isFull = marks.measure();

        assertThat(isFull).isEqualTo(marks.freeBytes() < disk.getTotalSpace() / 2);
        assertThat(marks.excess()).isLessThanOrEqualTo(disk.getTotalSpace());
    }

    @Test
    void pastItsBytesItIsFullUntilATenthIsGone() throws Exception {
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(1000, 0, false));
        Path stream = Files.createDirectories(root.resolve("live"));
        Path file = Files.write(stream.resolve("segment_0001.ts"), new byte[1001]);
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.MOST_BYTES);

        Files.write(file, new byte[950]);
        assertThat(marks.measure()).isTrue();
        assertThat(marks.excess()).isEqualTo(50);

        Files.write(file, new byte[900]);
        assertThat(marks.measure()).isFalse();
        assertThat(marks.reason()).isNull();
    }
}
