// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.telemetry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request to somebody else, from its beginning to its end. */
public interface Outgoing {
    /** A request that is not followed. */
    Outgoing NONE = new Outgoing() {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public void end(@Nullable String fault) {}
    };

    /** What it says besides, so that it can be followed there. */
    Map<String, String> headers();

    /**
     * It is over.
     *
     * @param fault why it failed, in one line; null if it did not
     */
    void end(@Nullable String fault);
}
