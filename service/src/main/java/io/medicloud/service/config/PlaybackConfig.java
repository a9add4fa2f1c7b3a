// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * Who may play streams over HTTP.
 *
 * @param secret what addresses are signed with; none: whoever reaches the service may
 * @param expires how long a signed address is good, unless it was asked for with a time of its own
 * @param maxExpires how long at the most, whatever it was asked for with
 */
public record PlaybackConfig(Secret secret, Duration expires, Duration maxExpires) {
    /** Whoever reaches the service may. */
    public static final PlaybackConfig OPEN =
            new PlaybackConfig(Secret.NONE, Duration.ofHours(6), Duration.ofHours(24));
}
