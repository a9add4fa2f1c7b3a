// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.time.Duration;

/**
 * Who may call over SRT.
 *
 * @param allow from where; empty: from anywhere
 * @param deny from where not, whatever is allowed
 * @param handshakesPerSecond of one address, ten times as many at once; 0: as many as it likes
 * @param banAfter so many failures in a row an address is not listened to for a while; 0: never
 * @param longestBan how long that is at the most; a second at first, twice as long each time
 */
public record CallerRules(
        AddressRanges allow, AddressRanges deny, int handshakesPerSecond, int banAfter, Duration longestBan) {
    /** Everybody, as often as they like. */
    public static final CallerRules NONE =
            new CallerRules(AddressRanges.of(""), AddressRanges.of(""), 0, 0, Duration.ZERO);
}
