// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What must hold at every moment, whatever fails. Knows true time and all nodes, as no node does. */
final class Checks {
    /** Something that must never be. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /** An object or a sealed segment, and who wrote it. */
    private record Copy(long content, long epoch, String nodeId) {}

    /** Which epoch writes, by whom. */
    private record Writer(long epoch, String nodeId) {}

    private final Map<String, Writer> writers = new HashMap<>();
    private final Map<String, NavigableMap<Long, Copy>> sealed = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Copy>> objects = new TreeMap<>();
    private final Map<String, NavigableMap<Long, Long>> gaps = new TreeMap<>();
    private final Map<String, StreamEntry> entries = new HashMap<>();
    /** Clocks do not keep their bounds: writers may overlap, but no number may be written twice. */
    boolean isClockTrusted = true;

    private Violation failure;

    /** Fails the round at its end, where nothing can be thrown. */
    void fail(String what) {
        failure = new Violation(what);
    }

    void nothingHasFailed() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Bytes are received into a segment. */
    void onWriting(String liveId, long epoch, String nodeId) {
        Writer last = writers.get(liveId);
        if (last != null && (epoch < last.epoch || (epoch == last.epoch && !nodeId.equals(last.nodeId)))) {
            if (isClockTrusted) {
                throw new Violation(
                        "two writers of " + liveId + ": " + last + " and then epoch " + epoch + " of " + nodeId);
            }
            return;
        }
        writers.put(liveId, new Writer(epoch, nodeId));
    }

    void onSealed(SimulatedDisk.Sealed segment, String nodeId) {
        onCopy("sealed", sealed, segment, nodeId);
    }

    void onStored(SimulatedDisk.Sealed segment, String nodeId) {
        onCopy("stored", objects, segment, nodeId);
    }

    private static void onCopy(
            String what, Map<String, NavigableMap<Long, Copy>> all, SimulatedDisk.Sealed segment, String nodeId) {
        NavigableMap<Long, Copy> copies = all.computeIfAbsent(segment.liveId, id -> new TreeMap<>());
        Copy copy = new Copy(segment.content, segment.epoch, nodeId);
        Copy known = copies.put(segment.number, copy);
        String name = segment.liveId + " " + segment.number;
        if (known != null && known.content != copy.content) {
            throw new Violation(what + " twice: " + name + ": " + known + " and " + copy);
        }
        Map.Entry<Long, Copy> lower = copies.lowerEntry(segment.number);
        Map.Entry<Long, Copy> higher = copies.higherEntry(segment.number);
        if ((lower != null && lower.getValue().epoch > copy.epoch)
                || (higher != null && higher.getValue().epoch < copy.epoch)) {
            throw new Violation(what + " out of order: " + name + " of epoch " + copy.epoch);
        }
    }

    void onNeverUsed(String liveId, long from, long to) {
        gaps.computeIfAbsent(liveId, id -> new TreeMap<>()).merge(from, to, Math::max);
    }

    /** A stream's entry has changed in the bucket. */
    void onEntry(BucketEntry entry) {
        StreamEntry next = BucketKeys.isStream(entry.key()) ? EntryText.stream(entry.value()) : null;
        if (next == null) {
            return;
        }
        StreamEntry last = entries.put(next.liveId(), next);
        if (last == null) {
            return;
        }
        boolean isOwnerNew = next.owner() != null && !next.owner().equals(last.owner());
        if (next.epoch() != last.epoch() + (isOwnerNew ? 1 : 0)) {
            throw new Violation("epoch: " + last + " became " + next);
        }
        if (next.first() < last.first() || next.next() < next.first()) {
            throw new Violation("numbers: " + last + " became " + next);
        }
    }

    /** Everything that was sealed on a disk that still is must be in the store, with its bytes. */
    void nothingSealedIsLost(Iterable<SimulatedDisk> disks) {
        for (SimulatedDisk disk : disks) {
            for (SimulatedDisk.Sealed segment : disk.segments) {
                Copy copy =
                        objects.getOrDefault(segment.liveId, new TreeMap<>()).get(segment.number);
                if (copy == null || copy.content != segment.content) {
                    throw new Violation("lost: " + segment.liveId + " " + segment.number + " of " + disk.nodeId);
                }
            }
        }
    }

    /** Each number below the last one is in the store, told as never used, or in what is left of a disk that is gone. */
    void noHoleIsSilent(StreamEntry entry) {
        NavigableMap<Long, Copy> stored = objects.getOrDefault(entry.liveId(), new TreeMap<>());
        NavigableMap<Long, Long> told = gaps.getOrDefault(entry.liveId(), new TreeMap<>());
        for (long number = 1; !stored.isEmpty() && number < stored.lastKey(); number++) {
            long one = number;
            boolean isTold = told.headMap(one, true).values().stream().anyMatch(to -> to > one);
            // The owner of a stream that is not wanted, if it does not come back, is as good as a tail.
            boolean isInTail = (entry.owner() != null && one >= entry.first())
                    || entry.tails().stream().anyMatch(tail -> tail.first() <= one && one < tail.next());
            if (!stored.containsKey(one) && !isTold && !isInTail) {
                throw new Violation("silent hole: " + entry.liveId() + " " + one + " of " + entry);
            }
        }
    }

    /** The highest number of a stream in the store. */
    long lastStored(String liveId) {
        NavigableMap<Long, Copy> stored = objects.getOrDefault(liveId, new TreeMap<>());
        return stored.isEmpty() ? 0 : stored.lastKey();
    }

    long stored() {
        return objects.values().stream().mapToLong(Map::size).sum();
    }
}
