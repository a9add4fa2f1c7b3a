// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.Map;

/**
 * What one source sets.
 *
 * @param values by path; an unknown path may be among them, the loader tells
 */
record Layer(Map<String, Value> values) {
    static final Layer EMPTY = new Layer(Map.of());

    /**
     * A value as it was written.
     *
     * @param from where it stands, for people, e.g. {@code medicloud.yaml} or {@code environment GRPC_PORT}
     * @param key the key as it was written there
     */
    record Value(String text, String from, String key) {}
}
