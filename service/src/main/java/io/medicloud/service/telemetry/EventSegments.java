// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.telemetry;

import io.medicloud.pipeline.event.StreamEvent;

/** Tells which segment an event is about. */
public final class EventSegments {
    /** It is about none. */
    public static final long NONE = 0;

    private EventSegments() {}

    /** The segment's number, from 1; or {@link #NONE}. */
    public static long sequence(StreamEvent event) {
        if (event instanceof StreamEvent.SegmentSealed e) {
            return e.facts().sequence();
        } else if (event instanceof StreamEvent.SegmentUploaded e) {
            return e.sequence();
        } else if (event instanceof StreamEvent.UploadFailed e) {
            return e.sequence();
        } else if (event instanceof StreamEvent.SegmentLost e) {
            return e.sequence();
        } else if (event instanceof StreamEvent.SegmentExpired e) {
            return e.sequence();
        }
        return NONE;
    }
}
