// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskReserveTest {
    private static final long RESERVED = 3 << 20;

    @TempDir
    Path root;

    private final SmallDisk disk = new SmallDisk();

    /** So much is in use by others, beside the reserve. */
    private final class SmallDisk implements DiskReserve.Disk {
        private long total = 64 << 20;
        private long used;

        @Override
        public long usable() throws IOException {
            return total - used - (Files.exists(file()) ? Files.size(file()) : 0);
        }

        @Override
        public long total() {
            return total;
        }
    }

    private Path file() {
        return root.resolve(".reserve");
    }

    private DiskReserve reserve(long bytes) throws IOException {
        DiskReserve reserve = new DiskReserve(root, disk);
        reserve.hold(bytes);
        return reserve;
    }

    @Test
    void spaceIsHeldGivenFreeWhenTheDiskIsFullAndHeldAgain() throws Exception {
        DiskReserve reserve = reserve(RESERVED);
        assertThat(file()).hasSize(RESERVED);
        assertThat(reserve.isReleased()).isFalse();

        reserve.releaseIfFull();
        assertThat(reserve.isReleased()).as("it is not full").isFalse();
        disk.used = disk.total - RESERVED - 1000;
        reserve.releaseIfFull();
        assertThat(reserve.isReleased()).isTrue();
        assertThat(file()).doesNotExist();

        reserve.restore();
        assertThat(reserve.isReleased()).as("as much again must be free").isTrue();
        disk.used = disk.total - 2 * RESERVED;
        reserve.restore();
        assertThat(reserve.isReleased()).isFalse();
        assertThat(file()).hasSize(RESERVED);
    }

    @Test
    void whatAnEarlierProcessHeldIsTakenOverAlsoOnAFullDisk() throws Exception {
        reserve(RESERVED);
        disk.used = disk.total - RESERVED - 1000;
        DiskReserve next = reserve(RESERVED);
        assertThat(next.isReleased()).isTrue();
        assertThat(file()).doesNotExist();
    }

    @Test
    void ofASmallDiskItIsAnEighthAndWithoutOneNothingIsHeld() throws Exception {
        disk.total = 16 << 20;
        assertThat(reserve(RESERVED).bytes()).isEqualTo(2 << 20);
        assertThat(file()).hasSize(2 << 20);
        assertThat(reserve(0).isReleased()).isFalse();
        assertThat(file()).doesNotExist();
    }
}
