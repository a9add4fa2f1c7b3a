// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

/**
 * How full the spool's disk may be. Past a limit no new stream is taken; streams that run go on for as long as the disk takes what
 * they bring.
 *
 * @param mostBytes what the files of all streams may have in all, 0 for no limit
 * @param leastFree what must be free on the disk, or half of a disk where that is less; 0 for no limit
 * @param dropsOldest past a limit the oldest segments that are not uploaded are deleted, counted and told; otherwise none is
 * @param reserved what a file holds for the record, and given free when nothing else is, 0 for none
 */
public record DiskLimits(long mostBytes, long leastFree, boolean dropsOldest, long reserved) {
    /** 256 MiB are kept free; nothing is dropped; nothing is reserved. */
    public static final DiskLimits DEFAULT = new DiskLimits(0, 256 << 20, false);

    /** @throws IllegalArgumentException if one is negative; the message names it */
    public DiskLimits {
        if (mostBytes < 0) {
            throw new IllegalArgumentException("mostBytes is negative");
        }
        if (leastFree < 0) {
            throw new IllegalArgumentException("leastFree is negative");
        }
        if (reserved < 0) {
            throw new IllegalArgumentException("reserved is negative");
        }
    }

    /** Nothing is reserved. */
    public DiskLimits(long mostBytes, long leastFree, boolean dropsOldest) {
        this(mostBytes, leastFree, dropsOldest, 0);
    }
}
