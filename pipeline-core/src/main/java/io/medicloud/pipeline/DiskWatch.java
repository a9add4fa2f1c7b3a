// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.DiskLimits;
import io.medicloud.pipeline.spool.DiskReserve;
import io.medicloud.pipeline.spool.DiskWatermarks;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.Spool;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks now and then how full the spool's disk is, tells of it, and makes room if that is the policy. Belongs to one thread, but for {@link #reason}. */
final class DiskWatch {
    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final String POLICY = "spool.whenFull=dropOldest";

    private final DiskWatermarks watermarks;
    private final DiskReserve reserve;
    private final DiskLimits limits;
    private final Reporter reporter;
    private final Supplier<List<StreamUploads>> uploads;
    private boolean isMeasured = true;
    private boolean isReleased;

    DiskWatch(Spool spool, DiskLimits limits, Reporter reporter, Supplier<List<StreamUploads>> uploads) {
        this.watermarks = spool.watermarks(limits);
        this.reserve = spool.reserve();
        this.limits = limits;
        this.reporter = reporter;
        this.uploads = uploads;
    }

    /** Why no stream may be added, in one line that names the limit; null if one may. Any thread may ask. */
    @Nullable
    String reason() {
        String reason = watermarks.reason();
        if (reason != null) {
            return watermarks.limit() + ": " + reason;
        }
        return reserve.isReleased() ? DiskReserve.RESERVE + ": the spool's disk is full" : null;
    }

    DiskWatermarks watermarks() {
        return watermarks;
    }

    void look() {
        try {
            lookAtReserve();
            lookAtMarks();
            if (!isMeasured) {
                LOG.info("The spool's disk can be measured again");
            }
            isMeasured = true;
        } catch (IOException e) {
            if (isMeasured) {
                LOG.warn("The spool's disk cannot be measured: {}", e.toString());
            }
            isMeasured = false;
        }
    }

    /** A disk that is full: told by means of the space that was kept for that. */
    private void lookAtReserve() throws IOException {
        reserve.releaseIfFull();
        boolean isNew = reserve.isReleased() && !isReleased;
        if (isNew) {
            isReleased = true;
            String does = "the disk is full: what comes is dropped and counted until there is room again";
            reporter.tell(new StreamEvent.LimitReached("", reporter.now(), DiskReserve.RESERVE, does));
            return;
        }
        reserve.restore();
        if (isReleased && !reserve.isReleased()) {
            isReleased = false;
            String does = "there is room again: what comes is stored";
            reporter.tell(new StreamEvent.LimitCleared("", reporter.now(), DiskReserve.RESERVE, does));
        }
    }

    private void lookAtMarks() throws IOException {
        String passed = watermarks.limit();
        boolean isFull = watermarks.measure();
        String passes = isFull ? watermarks.limit() : null;
        if (passed != null && !passed.equals(passes)) {
            String does = isFull ? "another limit is reached" : "there is room in the spool again: streams are added";
            reporter.tell(new StreamEvent.LimitCleared("", reporter.now(), passed, does));
        }
        if (passes != null && !passes.equals(passed)) {
            String does = limits.dropsOldest() ? "the oldest segments are dropped" : "no stream is added";
            reporter.tell(new StreamEvent.LimitReached("", reporter.now(), passes, watermarks.reason() + ": " + does));
        }
        if (isFull && limits.dropsOldest()) {
            makeRoom(watermarks.excess());
        }
    }

    private void makeRoom(long bytes) throws IOException {
        for (long freed = 0; freed < bytes; ) {
            StreamUploads next = oldest();
            SealedSegment segment = next == null ? null : next.oldest();
            if (next == null || segment == null) {
                return;
            }
            long made = next.drop(segment, "dropped to make room: " + POLICY + ", " + reason());
            if (made == 0) {
                return;
            }
            freed += made;
        }
    }

    /** Whose oldest segment is the oldest of all. */
    private @Nullable StreamUploads oldest() {
        StreamUploads found = null;
        long foundMs = Long.MAX_VALUE;
        for (StreamUploads way : uploads.get()) {
            SealedSegment segment = way.oldest();
            if (segment != null) {
                long ms = segment.file().toFile().lastModified();
                if (ms < foundMs) {
                    found = way;
                    foundMs = ms;
                }
            }
        }
        return found;
    }
}
