// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Map;

/** What the protocol has a node do: run streams, and look after its spool. Called on the protocol's thread; must not block. */
public interface ClusterHost {
    /** The disk cannot say. */
    long NOT_KNOWN = 0;

    /** The stream is this node's: run it, with numbers from {@link ClusterNode#takeNumber} for that epoch. */
    void onOwned(String liveId, long epoch, Map<String, String> settings);

    /** Stop it. */
    void onStop(String liveId, long epoch, StopCause cause);

    /**
     * The number after the last that this disk has used in an epoch, those that are open or only sealed included, or {@link #NOT_KNOWN} if
     * it cannot be sure (its record was rebuilt, say): then the rest of the epoch's numbers is never used again.
     */
    long firstUnused(String liveId, long epoch);

    /** An epoch of this disk has ended: once all of it is in the store, say {@link ClusterNode#settled}. Told again after a restart. */
    void onTail(String liveId, Tail tail);

    /** The numbers from one up to another, which it does not include, exist nowhere and never will: the gap's record. May be told again. */
    void onNeverUsed(String liveId, long epoch, long from, long to);

    /** A stream has more unfinished epochs than its entry tells; the gaps that this one may have left will not be told. */
    void onTailDropped(String liveId, Tail tail);
}
