// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * What may wait for the store before no more streams are added, of all streams; those that run go on. Of each stream as much is counted as waits in memory.
 *
 * @param mostSegments segments, 0 for no limit
 * @param mostBytes their bytes, 0 for no limit
 */
public record BacklogLimits(long mostSegments, long mostBytes) {
    /** As much as there is. */
    public static final BacklogLimits NONE = new BacklogLimits(0, 0);

    /** The name of the limit to segments. */
    public static final String MOST_SEGMENTS = "upload.maxSegments";
    /** The name of the limit to bytes. */
    public static final String MOST_BYTES = "upload.maxBytes";

    /** @throws IllegalArgumentException if one is negative; the message names it */
    public BacklogLimits {
        if (mostSegments < 0) {
            throw new IllegalArgumentException("mostSegments is negative");
        }
        if (mostBytes < 0) {
            throw new IllegalArgumentException("mostBytes is negative");
        }
    }
}
