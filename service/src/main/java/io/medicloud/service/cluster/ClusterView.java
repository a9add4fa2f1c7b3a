// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest entries that this node has seen. What is old is ignored, so that entries may come in any order and again. */
final class ClusterView {
    private final Map<String, Long> revisions = new HashMap<>();
    private final Map<String, NodeEntry> nodes = new TreeMap<>();
    private final Map<String, StreamEntry> streams = new TreeMap<>();
    /** Those of them with which something is to be done, or may be. */
    private final Map<String, StreamEntry> busy = new TreeMap<>();

    /** Returns whether it is news. An entry that is not understood is remembered by its revision alone. */
    boolean put(BucketEntry entry) {
        String key = entry.key();
        if (entry.revision() <= revision(key)) {
            return false;
        }
        revisions.put(key, entry.revision());
        if (BucketKeys.isNode(key)) {
            NodeEntry node = EntryText.node(entry.value());
            put(nodes, key, node != null && BucketKeys.ofNode(node.nodeId()).equals(key) ? node : null);
        } else if (BucketKeys.isStream(key)) {
            StreamEntry stream = EntryText.stream(entry.value());
            StreamEntry known =
                    stream != null && BucketKeys.ofStream(stream.liveId()).equals(key) ? stream : null;
            put(streams, key, known);
            put(busy, key, known != null && !known.isAtRest() ? known : null);
        }
        return true;
    }

    private static <E> void put(Map<String, E> entries, String key, @Nullable E entry) {
        if (entry == null) {
            entries.remove(key);
        } else {
            entries.put(key, entry);
        }
    }

    /** The revision of what is known of a key; {@link Bucket#ABSENT} if nothing is. */
    long revision(String key) {
        return revisions.getOrDefault(key, Bucket.ABSENT);
    }

    /** Is there something that we do not understand, and so must not touch? */
    boolean isForeign(String key) {
        return revisions.containsKey(key) && !nodes.containsKey(key) && !streams.containsKey(key);
    }

    @Nullable
    NodeEntry node(String nodeId) {
        return nodeAt(BucketKeys.ofNode(nodeId));
    }

    @Nullable
    NodeEntry nodeAt(String key) {
        return nodes.get(key);
    }

    @Nullable
    StreamEntry stream(String liveId) {
        return streamAt(BucketKeys.ofStream(liveId));
    }

    @Nullable
    StreamEntry streamAt(String key) {
        return streams.get(key);
    }

    /** In the order of their keys. */
    Collection<NodeEntry> nodes() {
        return nodes.values();
    }

    /** Those that are not at rest, in the order of their keys: what is done again and again costs nothing for what has ended. */
    Collection<StreamEntry> busy() {
        return busy.values();
    }

    /** Has nobody a right to this stream? That stays so until its entry changes, however old what we know of nodes may be. */
    boolean isOrphan(StreamEntry stream) {
        Owner owner = stream.owner();
        if (owner == null) {
            return true;
        }
        NodeEntry node = node(owner.nodeId());
        return node != null && node.isPast(owner.session());
    }
}
