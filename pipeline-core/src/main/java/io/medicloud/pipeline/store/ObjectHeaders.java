// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.Map;

/**
 * What requests to a store say besides, for those who follow a request on its way; not signed, so that whoever passes it on may change it. Asked on the threads
 * of the HTTP client: must not block.
 */
@FunctionalInterface
public interface ObjectHeaders {
    /** Nothing. */
    ObjectHeaders NONE = key -> Map.of();

    /** The headers of a request for the object of that key. */
    Map<String, String> of(String key);
}
