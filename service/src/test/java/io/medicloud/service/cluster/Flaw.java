// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/** What is broken on purpose, to see that the checks find it. */
enum Flaw {
    NONE,
    /** The bucket does not compare before it sets. */
    BLIND_BUCKET,
    /** Owners go on when their lease is over. */
    DEAF_OWNERS,
    /** Owners number as if they were alone: from what they see in the store. */
    OWN_COUNT,
    /** Clocks run at other rates than the terms say they may. */
    WILD_CLOCKS,
    /** What an earlier process left in the spool is forgotten. */
    FORGOTTEN_SPOOL
}
