// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.nio.file.Path;
import java.util.Map;

/**
 * A sealed segment as it goes to a store.
 *
 * @param key where it goes, see {@link ObjectKeys}
 * @param file where its bytes are; not changed any more
 * @param bytes its length
 * @param contentType its media type
 * @param metadata what the segment's facts say; names of {@code a-z0-9-}, values of printable ASCII
 */
public record SegmentObject(String key, Path file, long bytes, String contentType, Map<String, String> metadata) {
    /** The media type of MPEG transport streams (RFC 3555). */
    public static final String MP2T = "video/mp2t";

    /** @throws IllegalArgumentException if the key is not one of {@link ObjectKeys} */
    public SegmentObject {
        ObjectKeys.requireKey(key);
        metadata = Map.copyOf(metadata);
    }
}
