// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream, as all nodes see it: what is wanted, whose it is, and whose each segment number is. Knows its moves; each is one write.
 *
 * @param liveId which stream
 * @param wanted it is to run
 * @param settings how, in the words of whoever runs it; secrets are encrypted
 * @param owner whose it is, or was until that session ended; null if it was handed back
 * @param epoch counts the owners; 0 before the first
 * @param first the epoch's first number
 * @param next the number after the last one that is reserved; all below belong to this or an earlier epoch for good
 * @param tails what ended epochs left, oldest first
 */
public record StreamEntry(
        String liveId,
        boolean wanted,
        Map<String, String> settings,
        @Nullable Owner owner,
        long epoch,
        long first,
        long next,
        List<Tail> tails) {
    public StreamEntry {
        settings = Map.copyOf(settings);
        tails = List.copyOf(tails);
    }

    /** A stream that nobody has owned yet. */
    static StreamEntry of(String liveId, Map<String, String> settings) {
        return new StreamEntry(liveId, true, settings, null, 0, 1, 1, List.of());
    }

    /** It is to run like this. */
    StreamEntry want(Map<String, String> how) {
        return new StreamEntry(liveId, true, how, owner, epoch, first, next, tails);
    }

    /** It is not to run. */
    StreamEntry unwant() {
        return new StreamEntry(liveId, false, settings, owner, epoch, first, next, tails);
    }

    /**
     * A new owner begins a new epoch.
     *
     * @param end the number after the last of the epoch before that is used or might be; the new one begins with it
     */
    StreamEntry claim(Owner by, long end, int ahead) {
        return new StreamEntry(liveId, wanted, settings, by, epoch + 1, end, end + ahead, tailsUpTo(end));
    }

    /** The owner uses none of the numbers below that one, and has used none: they are not its epoch's. */
    StreamEntry passOver(long below) {
        return new StreamEntry(
                liveId, wanted, settings, owner, epoch, Math.max(first, below), Math.max(next, below), tails);
    }

    /** The owner may use the numbers below that one too. */
    StreamEntry reserve(long upTo) {
        return new StreamEntry(liveId, wanted, settings, owner, epoch, first, Math.max(next, upTo), tails);
    }

    /** The owner hands it back, having used the numbers below that one. */
    StreamEntry release(long end) {
        return new StreamEntry(liveId, wanted, settings, null, epoch, end, end, tailsUpTo(end));
    }

    /** Nothing of that epoch is left to upload. */
    StreamEntry settle(long ended) {
        List<Tail> rest = tails.stream().filter(tail -> tail.epoch() != ended).toList();
        return new StreamEntry(liveId, wanted, settings, owner, epoch, first, next, rest);
    }

    /** It tells of that many ended epochs at the most. */
    StreamEntry trim(int most) {
        List<Tail> rest = tails.subList(Math.max(0, tails.size() - most), tails.size());
        return new StreamEntry(liveId, wanted, settings, owner, epoch, first, next, rest);
    }

    /** Nobody is to do anything with it: it is not to run, is nobody's, and nothing is left to upload. */
    boolean isAtRest() {
        return !wanted && owner == null && tails.isEmpty();
    }

    boolean isOwnedBy(Owner one) {
        return Objects.equals(owner, one);
    }

    private List<Tail> tailsUpTo(long end) {
        if (owner == null || end <= first) {
            return tails;
        }
        List<Tail> all = new ArrayList<>(tails);
        all.add(new Tail(owner.nodeId(), epoch, first, end));
        return all;
    }
}
