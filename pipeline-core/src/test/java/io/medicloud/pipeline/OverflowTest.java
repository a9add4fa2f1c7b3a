// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.spool.SpoolSink;
import io.medicloud.pipeline.spool.SpoolStream;
import io.medicloud.pipeline.timeline.Place;
import io.medicloud.testdata.ScriptedDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverflowTest {
    private static final long NOW_US = 5_000_000;
    private static final SpoolSink NOBODY = new SpoolSink() {
        @Override
        public void onOpened(long sequence, Place place) {}

        @Override
        public void onSealed(SealedSegment segment) {}

        @Override
        public void onLost(long sequence, String reason) {}

        @Override
        public void onDropped(long bytes, String reason) {}

        @Override
        public void onDrained() {}
    };

    @TempDir
    Path root;

    private final ScriptedDisk disk = new ScriptedDisk();
    private Spool spool;
    private SpoolStream stream;
    private Overflow overflow;

    @BeforeEach
    void open() throws Exception {
        spool = SpoolAccess.open(root, SpoolLimits.DEFAULT, disk);
        stream = spool.stream(spool.folder("live", "live/"), NOBODY);
        overflow = new Overflow(stream);
    }

    @AfterEach
    void close() throws Exception {
        spool.close();
    }

    private void failTheDisk() {
        disk.refuse(true);
        stream.onSegmentStart(1);
        stream.flush();
        await().until(() -> stream.fault() != null);
    }

    @Test
    void whatIsDroppedForLongIsToldEachSecondAndOnce() {
        overflow.begin(NOW_US);
        assertThat(overflow.isTellingDue(NOW_US + 2 * Overflow.STEP_US))
                .as("nothing was dropped")
                .isFalse();

        overflow.drop(1316);
        overflow.drop(188);
        assertThat(overflow.isTellingDue(NOW_US + Overflow.STEP_US - 1)).isFalse();
        assertThat(overflow.isTellingDue(NOW_US + Overflow.STEP_US)).isTrue();
        assertThat(overflow.takeUntold(NOW_US + Overflow.STEP_US)).isEqualTo(1504);
        assertThat(overflow.takeUntold(NOW_US + Overflow.STEP_US)).isZero();

        overflow.drop(188);
        assertThat(overflow.isTellingDue(NOW_US + 2 * Overflow.STEP_US - 1)).isFalse();
        assertThat(overflow.isTellingDue(NOW_US + 2 * Overflow.STEP_US)).isTrue();
        assertThat(overflow.takeUntold(NOW_US + 2 * Overflow.STEP_US)).isEqualTo(188);
    }

    @Test
    void aDiskThatFailedIsTriedAgainEachSecond() {
        failTheDisk();
        overflow.begin(NOW_US);
        assertThat(overflow.reason()).contains("Read-only file system");
        assertThat(overflow.tryEnd(NOW_US + Overflow.STEP_US - 1)).isFalse();
        assertThat(overflow.isActive()).isTrue();
        assertThat(stream.fault()).isNotNull();

        assertThat(overflow.tryEnd(NOW_US + Overflow.STEP_US)).isTrue();
        assertThat(overflow.isActive()).isFalse();
        assertThat(stream.fault()).as("the next segment tries it").isNull();
    }

    @Test
    void aFullQueueThatHasRoomAgainIsNoReasonToWait() {
        overflow.begin(NOW_US);
        assertThat(overflow.reason()).contains("spool.queue");
        assertThat(overflow.tryEnd(NOW_US)).isTrue();
    }
}
