// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

/**
 * An object that stands in a store.
 *
 * @param key its key
 * @param bytes its length
 */
public record StoredObject(String key, long bytes) {}
