// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

/** What somebody may do; each may what those before it may. */
public enum Role {
    /** Look: streams, statistics, events, segments, pictures; no passphrase. */
    VIEWER,
    /** Start and stop streams, and know their passphrases. */
    OPERATOR,
    /** Everything. */
    ADMIN;

    /** Whether this role may what that one may. */
    public boolean covers(Role needed) {
        return compareTo(needed) >= 0;
    }
}
