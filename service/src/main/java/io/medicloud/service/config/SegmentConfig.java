// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * How streams are cut.
 *
 * @param duration a segment ends at the first random access point from here on
 * @param maxDuration it ends here in any case; zero stands for twice the duration
 * @param maxBytes it ends before it grows past this
 */
public record SegmentConfig(Duration duration, Duration maxDuration, long maxBytes) {}
