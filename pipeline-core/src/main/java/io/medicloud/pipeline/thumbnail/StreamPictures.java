// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of one stream's pictures: the newest, or why there is none. Thread-safe. */
final class StreamPictures {
    private static final Logger LOG = LoggerFactory.getLogger(StreamPictures.class);
    /** So many failures in a row are no accident. */
    private static final int MOST_FAILURES = 3;

    private final String streamId;
    private @Nullable Thumbnail latest;
    private String reason = "no keyframe has come";
    private @Nullable Long refused;
    private int failures;
    private String told = "";

    StreamPictures(String streamId) {
        this.streamId = streamId;
    }

    synchronized @Nullable Thumbnail latest() {
        return latest;
    }

    /** Why there is no picture of what comes now; empty if there is one. */
    synchronized String reason() {
        return reason;
    }

    /** Whether pictures with these parameter sets were found not to be decoded. */
    synchronized boolean isRefused(long parameterSets) {
        return refused != null && refused == parameterSets;
    }

    synchronized void onMade(Thumbnail made) {
        if (latest == null || latest.sequence() <= made.sequence()) {
            latest = made;
        }
        refused = null;
        failures = 0;
        reason = "";
        told = "";
    }

    /** No picture with these parameter sets is tried again. */
    synchronized void onUndecodable(long parameterSets, String why) {
        refused = parameterSets;
        onNone(why);
    }

    /** One could not be decoded: that may be an accident. */
    synchronized void onFailed(long parameterSets, String why) {
        failures++;
        if (failures >= MOST_FAILURES) {
            failures = 0;
            onUndecodable(parameterSets, failuresInARow(why));
        } else {
            reason = why;
            LOG.debug("{}: no thumbnail: {}", streamId, why);
        }
    }

    private static String failuresInARow(String why) {
        return MOST_FAILURES + " keyframes in a row could not be decoded, the last because " + why;
    }

    /** What comes has no picture: said once. */
    synchronized void onNone(String why) {
        reason = why;
        if (!told.equals(why)) {
            told = why;
            LOG.warn("{}: no thumbnails: {}", streamId, why);
        }
    }

    /** The segment has none, which says nothing of those to come. */
    synchronized void onMissing(String why) {
        if (latest == null) {
            reason = why;
        }
    }
}
