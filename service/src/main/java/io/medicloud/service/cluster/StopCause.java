// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/** Why an owner is to stop a stream. */
public enum StopCause {
    /** It is not to run any more. Stop in order, then say {@link ClusterNode#stopped}. */
    NOT_WANTED,
    /** Another node is to run it. Stop in order, then say {@link ClusterNode#stopped}. */
    MOVES,
    /** The node owns it no more, or cannot know: nothing more may be received for it, now; what was received is kept and uploaded. */
    LEASE_OVER
}
