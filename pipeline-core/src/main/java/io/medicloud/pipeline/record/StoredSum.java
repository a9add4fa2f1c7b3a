// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

/** What segments are in all. */
public record StoredSum(long count, long bytes) {}
