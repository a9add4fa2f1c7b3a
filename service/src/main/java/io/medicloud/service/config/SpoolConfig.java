// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.RetentionLimits;
import io.medicloud.pipeline.spool.DiskLimits;
import java.time.Duration;

/**
 * How what was received, and what is to run, is kept.
 *
 * @param fsyncInterval how often open segments are forced to disk; zero for not before they are sealed
 * @param recordKey what secrets in the record are encrypted with, 32 bytes in Base64; none for a generated key file
 * @param disk how full its disk may be
 * @param retention what may stand in the store
 */
public record SpoolConfig(Duration fsyncInterval, Secret recordKey, DiskLimits disk, RetentionLimits retention) {}
