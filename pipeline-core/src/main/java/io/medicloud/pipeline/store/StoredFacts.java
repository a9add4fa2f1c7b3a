// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.Map;

/**
 * What a store tells of one object without its bytes.
 *
 * @param bytes its length
 * @param metadata what was said of it when it was put, as {@link SegmentObject#metadata}; empty in a store that keeps none
 */
public record StoredFacts(long bytes, Map<String, String> metadata) {
    /** Copies the metadata. */
    public StoredFacts {
        metadata = Map.copyOf(metadata);
    }
}
