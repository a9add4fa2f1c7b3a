// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.text.OneLine;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set.
 *
 * @param path its dotted path, e.g. {@code srt.latency}
 * @param fallback its default, as it would be written
 * @param allowed what may stand there, for people
 * @param parser throws {@link IllegalArgumentException} at what may not
 * @param oldEnvironment its name in the environment of deployments that exist, or null
 * @param secret never shown, not even in an error
 */
record Setting<T>(
        String path,
        String fallback,
        String allowed,
        Function<String, T> parser,
        @Nullable String oldEnvironment,
        boolean secret) {

    /** Its name in the environment: {@code srt.reconnectWindow} is {@code MEDICLOUD_SRT_RECONNECT_WINDOW}. */
    String environment() {
        return "MEDICLOUD_"
                + path.replaceAll("([a-z])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Reads a value; the fault names the path, the value, where it stands, and what may stand there. */
    T read(String text, String from) throws ConfigException {
        try {
            return parser.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(path + ": " + (secret ? "the value" : "'" + OneLine.of(text) + "'") + " (" + from
                    + ") is not " + allowed);
        }
    }
}
