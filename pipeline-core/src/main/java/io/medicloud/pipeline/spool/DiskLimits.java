// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

/**
 * How full the spool's disk may be. Past a limit no new stream is taken; streams that run go on for as long as the disk takes what
 * they bring.
 *
 * @param mostBytes what the files of all streams may have in all, 0 for no limit
 * @param leastFree what must be free on the disk, 0 for no limit
 * @param dropsOldest past a limit the oldest segments that are not uploaded are deleted, counted and told; otherwise none is
 */
public record DiskLimits(long mostBytes, long leastFree, boolean dropsOldest) {
    /** 256 MiB are kept free; nothing is dropped. */
    public static final DiskLimits DEFAULT = new DiskLimits(0, 256 << 20, false);

    /** @throws IllegalArgumentException if one is negative; the message names it */
    public DiskLimits {
        if (mostBytes < 0) {
            throw new IllegalArgumentException("mostBytes is negative");
        }
        if (leastFree < 0) {
            throw new IllegalArgumentException("leastFree is negative");
        }
    }
}
