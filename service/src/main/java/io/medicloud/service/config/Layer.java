// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one source sets.
 *
 * @param values by path; an unknown path may be among them, the loader tells
 * @param file where they stand, if that is a file
 */
record Layer(Map<String, Value> values, @Nullable Path file) {
    static final Layer EMPTY = new Layer(Map.of(), null);

    /**
     * A value as it was written.
     *
     * @param from where it stands, for people, e.g. {@code medicloud.yaml} or {@code environment GRPC_PORT}
     * @param key the key as it was written there
     */
    record Value(String text, String from, String key) {}
}
