// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.service.cluster.StreamEntry;
import io.medicloud.service.stream.OwnedStreams;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The newest starts of which it was not known whether all nodes know: the client that asks again is answered as if it had been the first time. Thread-safe. */
final class UnansweredStarts {
    private static final int MOST = 1000;

    private final Map<String, Map<String, String>> starts = new LinkedHashMap<>();

    /** Nobody could say what became of a start with those settings. */
    synchronized void add(String liveId, Map<String, String> settings) {
        starts.remove(liveId);
        if (starts.size() >= MOST) {
            starts.remove(starts.keySet().iterator().next());
        }
        starts.put(liveId, settings);
    }

    /** It was answered, or is over. */
    synchronized void remove(String liveId) {
        starts.remove(liveId);
    }

    /**
     * The settings of a start that a client may go on with; null if there is none.
     *
     * @param entry what is known of the stream: a start that is seen to be over is none to go on with
     */
    synchronized @Nullable Map<String, String> of(String liveId, String client, @Nullable StreamEntry entry) {
        Map<String, String> settings = starts.get(liveId);
        if (settings == null || !OwnedStreams.clientOf(settings).equals(client)) {
            return null;
        }
        boolean isOver = entry != null && !entry.wanted() && OwnedStreams.areOfOneStart(entry.settings(), settings);
        return isOver ? null : settings;
    }
}
