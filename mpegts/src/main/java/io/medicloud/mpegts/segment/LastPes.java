// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/**
 * Estimates how long the latest PES packet of an audio stream lasts: by its bytes, at the rate of those before it, as the last one of a stream may hold
 * fewer frames than others. In 90 kHz.
 */
final class LastPes {
    private long first;
    private long last;
    private long before;
    private long bytes;

    /** A PES packet of this running time and so many bytes of elementary stream; 0 if their number is unknown. */
    void add(long time, long count) {
        if (bytes == 0) {
            first = time;
            before = 0;
        } else {
            before += bytes;
        }
        last = time;
        bytes = count;
    }

    /** The estimate: at most {@code longest}, and that where there is none. */
    long ticks(long longest) {
        return before == 0 || bytes == 0 || last <= first
                ? longest
                : Math.min(longest, bytes * (last - first) / before);
    }

    void reset() {
        bytes = 0;
        before = 0;
    }
}
