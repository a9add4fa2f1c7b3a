// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.text.OneLine;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set.
 *
 * @param path its dotted path, e.g. {@code srt.latency}
 * @param about what it is for, for people (Markdown)
 * @param fallback its default, as it would be written
 * @param allowed what may stand there, for people
 * @param parser throws {@link IllegalArgumentException} at what may not
 * @param oldEnvironment its name in the environment of deployments that exist, or null
 * @param secret never shown, not even in an error
 */
record Setting<T>(
        String path,
        String about,
        String fallback,
        String allowed,
        Function<String, T> parser,
        @Nullable String oldEnvironment,
        boolean secret) {
    private static final Pattern LIVE = Pattern.compile(
            "store\\.(?!embeddedPort).+|segment\\..+|srt\\.(latency|allow|deny|handshakesPerSecond|banAfter|longestBan)|security\\.accessFile|jwt\\..+|control\\..+|log\\..+|alarms\\..+|pull\\.allow|playback\\..+|stream\\.(?!monitored).+");

    /** Up to the last {@code @}. */
    private static final Pattern WITH_USER =
            Pattern.compile("^\\s*(?<scheme>([A-Za-z][A-Za-z0-9+.-]*://)?).*@", Pattern.DOTALL);

    /** Its name in the environment: {@code srt.reconnectWindow} is {@code MEDICLOUD_SRT_RECONNECT_WINDOW}. */
    String environment() {
        return environment(path);
    }

    /** The same of another path. */
    static String environment(String path) {
        return "MEDICLOUD_"
                + path.replaceAll("([a-z])([A-Z])", "$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether a running service takes another value at once, for what is started from then on; others take effect at the next start. */
    boolean isLive() {
        return LIVE.matcher(path).matches();
    }

    /** Where a file is named that holds the value, for secrets: {@code store.secretKeyFile}. */
    String filePath() {
        return path + "File";
    }

    /** An address may hold a password, also one that is refused for that, and one with an {@code @} or a {@code /} in it, or before which no scheme stands. */
    static String withoutUser(String text) {
        return WITH_USER.matcher(text).replaceFirst("${scheme}***@");
    }

    /** Reads a value; the fault names the path, the value, where it stands, and what may stand there. */
    T read(String text, String from) throws ConfigException {
        try {
            return parser.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(path + ": " + (secret ? "the value" : "'" + OneLine.of(withoutUser(text)) + "'")
                    + " (" + from + ") is not " + allowed);
        }
    }
}
