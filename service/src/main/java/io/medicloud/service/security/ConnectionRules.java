// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.time.Duration;

/**
 * What the control faces take of connections.
 *
 * @param most of both faces together
 * @param mostOfAddress from one address, of IPv6 from the first 64 bits of one
 * @param healthWatchesOfAddress of the standard health service, by callers that prove nothing
 * @param patience how long one may be without a request, and how long a request may take to be whole
 */
public record ConnectionRules(int most, int mostOfAddress, int healthWatchesOfAddress, Duration patience) {}
