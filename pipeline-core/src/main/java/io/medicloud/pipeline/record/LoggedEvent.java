// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.pipeline.event.StreamEvent;

/**
 * An event that is on disk.
 *
 * @param cursor where it stands in the log: above 0, and above that of every event before it, also across restarts
 * @param event what happened
 * @param unreadable how many before it, behind the one that was given before, cannot be read any more
 */
public record LoggedEvent(long cursor, StreamEvent event, long unreadable) {
    /** One before which none is missing. */
    public LoggedEvent(long cursor, StreamEvent event) {
        this(cursor, event, 0);
    }
}
