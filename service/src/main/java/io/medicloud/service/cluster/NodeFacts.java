// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * What a node tells of itself with each heartbeat.
 *
 * @param address where its rpcs are answered, as host and port
 * @param load how much of it is used, in thousandths
 * @param capacity how many streams of the usual kind it carries at the most; at least 1
 */
public record NodeFacts(String address, int load, int capacity) {
    private static final int FULL = 1000;

    /** @throws IllegalArgumentException if the capacity is not positive or the load negative */
    public NodeFacts {
        if (capacity < 1 || load < 0) {
            throw new IllegalArgumentException("a node carries at least 1 stream and has no negative load");
        }
    }

    /** Is not all of it used? */
    public boolean hasRoom() {
        return load < FULL;
    }
}
