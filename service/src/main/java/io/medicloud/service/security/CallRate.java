// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

/**
 * How often somebody may do something.
 *
 * @param perSecond in the long run; 0: as often as it likes
 * @param burst how often at once, after a rest
 */
public record CallRate(int perSecond, int burst) {}
