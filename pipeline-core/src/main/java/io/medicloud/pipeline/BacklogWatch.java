// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.store.UploadQueue;
import org.jspecify.annotations.Nullable;

/** Looks now and then how much waits for the store, and tells when that is past a limit. Belongs to one thread, but for {@link #reason}. */
final class BacklogWatch {
    private final BacklogLimits limits;
    private final UploadQueue queue;
    private final Reporter reporter;
    private volatile @Nullable String reason;
    /** Which limit was passed; null if none. */
    private @Nullable String passed;

    BacklogWatch(BacklogLimits limits, UploadQueue queue, Reporter reporter) {
        this.limits = limits;
        this.queue = queue;
        this.reporter = reporter;
    }

    /** Why no stream may be added, in one line that names the limit; null if one may. Any thread may ask. */
    @Nullable
    String reason() {
        return reason;
    }

    void look() {
        String before = passed;
        if (isPast(queue.pending(), limits.mostSegments(), BacklogLimits.MOST_SEGMENTS.equals(before))) {
            passed = BacklogLimits.MOST_SEGMENTS;
            reason = passed + ": " + queue.pending() + " segments wait for the store, " + limits.mostSegments()
                    + " may before no stream is added";
        } else if (isPast(queue.pendingBytes(), limits.mostBytes(), BacklogLimits.MOST_BYTES.equals(before))) {
            passed = BacklogLimits.MOST_BYTES;
            reason = passed + ": " + queue.pendingBytes() + " bytes wait for the store, " + limits.mostBytes()
                    + " may before no stream is added";
        } else {
            passed = null;
            reason = null;
        }
        if (before != null && !before.equals(passed)) {
            reporter.tell(new StreamEvent.LimitCleared("", reporter.now(), before, "streams are added again"));
        }
        if (passed != null && !passed.equals(before)) {
            reporter.tell(new StreamEvent.LimitReached("", reporter.now(), passed, String.valueOf(reason)));
        }
    }

    /** Once past it until nine tenths are reached again, so that it does not change its mind with every segment. */
    private static boolean isPast(long used, long most, boolean wasPast) {
        return most > 0 && used > (wasPast ? most - most / 10 : most);
    }
}
