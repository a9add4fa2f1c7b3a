// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * A key's value as of a revision.
 *
 * @param key one of {@link BucketKeys}
 * @param value see {@link EntryText}
 * @param revision at least 1; a later value of the key has a higher one
 */
public record BucketEntry(String key, String value, long revision) {}
