// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.Map;

/**
 * What the log looks like, and how much there is of it.
 *
 * @param isJson one JSON object a line, otherwise text for people
 * @param levels by the names of loggers, in small letters; what is not named is as it began
 */
public record LogConfig(boolean isJson, Map<String, String> levels) {
    /** As the process begins. */
    public static final LogConfig DEFAULT = new LogConfig(false, Map.of());

    public LogConfig {
        levels = Map.copyOf(levels);
    }
}
