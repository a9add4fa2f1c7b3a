// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes settings, and keeps them in the order in which they are documented. */
final class SettingGroup {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%\\[\\]-]{1,253}");

    private final List<Setting<?>> settings = new ArrayList<>();

    List<Setting<?>> settings() {
        return settings;
    }

    <T> Setting<T> old(
            String path,
            String about,
            String fallback,
            String allowed,
            Function<String, T> parser,
            @Nullable String environment,
            boolean secret) {
        Setting<T> setting = new Setting<>(path, about, fallback, allowed, parser, environment, secret);
        settings.add(setting);
        return setting;
    }

    <T> Setting<T> add(String path, String about, String fallback, String allowed, Function<String, T> parser) {
        return old(path, about, fallback, allowed, parser, null, false);
    }

    Setting<String> host(String path, String about, String fallback, String environment) {
        return old(
                path,
                about,
                fallback,
                "a host name or address",
                text -> Values.matching(HOST, text),
                environment,
                false);
    }

    Setting<Integer> number(
            String path, String about, String fallback, int least, int most, @Nullable String environment) {
        String allowed = "a whole number from " + least + " to " + most;
        return old(
                path,
                about,
                fallback,
                allowed,
                text -> Values.within(Integer.parseInt(text), least, most),
                environment,
                false);
    }

    /** How many of something; 0 means something else. */
    Setting<Long> count(String path, String about, String fallback) {
        return add(
                path,
                about,
                fallback,
                "a whole number from 0 to " + Long.MAX_VALUE,
                text -> Values.within(Long.parseLong(text), 0L, Long.MAX_VALUE));
    }

    Setting<Duration> duration(String path, String about, String fallback, String least, String most) {
        Duration from = Units.duration(least);
        Duration to = Units.duration(most);
        String allowed = "a duration from " + least + " to " + most + " such as 500ms, 6s or 2m";
        return add(path, about, fallback, allowed, text -> Values.within(Units.duration(text), from, to));
    }

    Setting<Long> bytes(String path, String about, String fallback, String least, String most) {
        String allowed = "a size from " + least + " to " + most + " such as 64MiB";
        return add(
                path,
                about,
                fallback,
                allowed,
                text -> Values.within(Units.bytes(text), Units.bytes(least), Units.bytes(most)));
    }

    Setting<String> choice(String path, String about, String fallback, String... choices) {
        List<String> known = List.of(choices);
        return add(path, about, fallback, "one of " + String.join(", ", known), text -> Values.oneOf(known, text));
    }

    <T> Setting<T> choice(
            String path, String about, String fallback, String one, String other, Function<String, T> convert) {
        List<String> known = List.of(one, other);
        return add(path, about, fallback, one + " or " + other, text -> convert.apply(Values.oneOf(known, text)));
    }
}
