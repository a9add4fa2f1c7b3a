// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/** What a node's entry says of its lease. */
public enum NodeState {
    /** It holds its lease and takes streams. */
    LIVE,
    /** It holds its lease and hands its streams over. */
    DRAINING,
    /** Its lease is over, and with it all that it owned; it can only begin a new session. */
    OVER
}
