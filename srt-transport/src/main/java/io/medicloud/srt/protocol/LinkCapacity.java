// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/**
 * What the link to us carries at least. libsrt takes it from the time between two packets that follow each other at once (draft 4.6), which who reads many
 * datagrams together does not see: of these is known only that they came within a span, since the socket was last seen empty. So many bytes were
 * carried within it, less one packet, which was under way before; the best of such spans within seconds is the estimate. It is never more than the
 * link has, and less if the sender never sends faster. For each packet it adds.
 */
final class LinkCapacity {
    /** Shorter than that, what gathers packets on their way counts; longer, more may have come before than we know of. */
    private static final long LEAST_SPAN_US = 1_000;

    private static final long MOST_SPAN_US = 50_000;
    /** It is remembered for as long, or up to twice that. */
    private static final long MEMORY_US = 2_000_000;

    private long sinceUs;
    private long aboutUs;
    private long bytes;
    private long turnUs;
    private long best;
    private long bestBefore;

    /**
     * One packet, of so many bytes with its headers; it came after {@code since}, and about then: in the middle of the span if that is one, which those that came
     * together share.
     */
    void onPacket(int length, long since, long about) {
        if (since == sinceUs && about == aboutUs) {
            bytes += length;
            return;
        }
        endSpan();
        sinceUs = since;
        aboutUs = about;
        bytes = 0;
    }

    private void endSpan() {
        long spanUs = 2 * (aboutUs - sinceUs);
        if (spanUs < LEAST_SPAN_US || spanUs > MOST_SPAN_US) {
            return;
        }
        if (aboutUs - turnUs >= MEMORY_US) {
            bestBefore = aboutUs - turnUs < 2 * MEMORY_US ? best : 0;
            best = 0;
            turnUs = aboutUs;
        }
        best = Math.max(best, bytes * 1_000_000 / spanUs);
    }

    /** In bytes a second, with headers; 0 if nothing could be told yet. */
    long bytesPerSecond() {
        return Math.max(best, bestBefore);
    }
}
