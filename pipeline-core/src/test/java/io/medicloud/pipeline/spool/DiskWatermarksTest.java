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
        DiskWatermarks marks =
                new DiskWatermarks(root, new DiskLimits(0, Long.MAX_VALUE / 4, false), DiskWatermarks.of(root));

        boolean isFull = marks.measure();

        assertThat(isFull).isEqualTo(marks.freeBytes() < disk.getTotalSpace() / 2);
        assertThat(marks.excess()).isLessThanOrEqualTo(disk.getTotalSpace());
    }

    @Test
    void pastItsBytesItIsFullUntilATenthIsGone() throws Exception {
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(1000, 0, false), DiskWatermarks.of(root));
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

    @Test
    void withoutALimitToThemBytesAreCountedToo() throws Exception {
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(0, 0, false), DiskWatermarks.of(root));
        Path file = Files.createDirectories(root.resolve("live")).resolve("segment_0001.ts");
        Files.write(file, new byte[1001]);
        assertThat(marks.measure()).isFalse();
        assertThat(marks.bytes()).isEqualTo(1001);

        Files.write(file, new byte[2002]);
        for (int second = 1; second < 10; second++) {
            assertThat(marks.measure()).isFalse();
            assertThat(marks.bytes()).as("nothing hangs on it").isEqualTo(1001);
        }
        marks.measure();
        assertThat(marks.bytes()).isEqualTo(2002);
    }

    @Test
    void whatMustBeFreeIsToldAsItIsInForce() throws Exception {
        Disk disk = new Disk();
        DiskWatermarks large = new DiskWatermarks(root, new DiskLimits(0, 2000, false), disk);
        large.measure();
        assertThat(large.leastFreeBytes()).isEqualTo(2000);
        DiskWatermarks small = new DiskWatermarks(root, new DiskLimits(0, 9000, false), disk);
        small.measure();
        assertThat(small.leastFreeBytes()).isEqualTo(5000);
        assertThat(small.totalBytes()).isEqualTo(10_000);
    }

    /** A disk of 10,000 bytes. */
    private static final class Disk implements DiskWatermarks.Space {
        private long usable;

        @Override
        public long usable() {
            return usable;
        }

        @Override
        public long total() {
            return 10_000;
        }
    }

    @Test
    void eachOfTheTwoLimitsHasItsOwnLowMark() throws Exception {
        Disk disk = new Disk();
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(1000, 2000, false), disk);
        Path file = Files.createDirectories(root.resolve("live")).resolve("segment_0001.ts");
        Files.write(file, new byte[950]);
        disk.usable = 1999;
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.LEAST_FREE);
        assertThat(marks.excess()).isEqualTo(201);

        disk.usable = 2199;
        assertThat(marks.measure()).as("less than a tenth above").isTrue();
        assertThat(marks.excess()).isEqualTo(1);
        disk.usable = 2200;
        assertThat(marks.measure()).as("the bytes were never too many").isFalse();

        Files.write(file, new byte[1001]);
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.MOST_BYTES);
        Files.write(file, new byte[950]);
        disk.usable = 2001;
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.MOST_BYTES);
        Files.write(file, new byte[900]);
        assertThat(marks.measure()).as("the space was never too little").isFalse();
    }

    @Test
    void whenOneLimitIsKeptAgainTheOtherIsTold() throws Exception {
        Disk disk = new Disk();
        DiskWatermarks marks = new DiskWatermarks(root, new DiskLimits(1000, 2000, false), disk);
        Path file = Files.createDirectories(root.resolve("live")).resolve("segment_0001.ts");
        Files.write(file, new byte[1001]);
        disk.usable = 1999;
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.MOST_BYTES);
        Files.write(file, new byte[900]);
        assertThat(marks.measure()).isTrue();
        assertThat(marks.limit()).isEqualTo(DiskWatermarks.LEAST_FREE);
        assertThat(marks.reason()).contains("1999", "2000");
    }
}
