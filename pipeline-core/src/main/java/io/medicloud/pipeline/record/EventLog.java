// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.List;

/** A durable log of events, in one order. Thread-safe. */
public interface EventLog {
    /** The events behind a cursor, oldest first. */
    List<LoggedEvent> events(long afterCursor, int most) throws LedgerException;

    /** The cursor of the oldest event that is kept; one past {@link #lastCursor()} if there is none. */
    long firstCursor() throws LedgerException;

    /** The cursor of the newest event, 0 if there never was one. */
    long lastCursor() throws LedgerException;

    /**
     * Has somebody woken whenever there are new events; must not block.
     *
     * @return takes it off again
     */
    Runnable addTail(Runnable tail);
}
