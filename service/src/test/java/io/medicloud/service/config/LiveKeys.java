// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The keys that a running service takes another value of, from the schema, each with one that it may have. */
public final class LiveKeys {
    private static final Pattern QUANTITY = Pattern.compile("(\\d+)(\\D*)");
    private static final Pattern NOT_A_WORD = Pattern.compile("[^A-Za-z0-9]+");
    /** For what is neither a quantity nor one of a few words. */
    private static final List<String> TEXTS =
            List.of("other", "192.0.2.0/24", "io.medicloud=debug", "another-secret-of-a-service");

    private LiveKeys() {}

    /** Of each key another value than it has there, or than its default. */
    public static Map<String, String> others(Map<String, String> inForce) {
        Map<String, String> others = new LinkedHashMap<>();
        for (Setting<?> setting : Schema.byPath().values()) {
            if (setting.isLive()) {
                others.put(setting.path(), other(setting, inForce.getOrDefault(setting.path(), setting.fallback())));
            }
        }
        return others;
    }

    private static String other(Setting<?> setting, String than) {
        Matcher quantity = QUANTITY.matcher(than);
        List<String> candidates = new ArrayList<>();
        if (quantity.matches()) {
            long number = Long.parseLong(quantity.group(1));
            candidates.add(number + 1 + quantity.group(2));
            candidates.add(number - 1 + quantity.group(2));
        }
        candidates.addAll(TEXTS);
        candidates.addAll(List.of(NOT_A_WORD.split(setting.allowed(), -1)));
        return candidates.stream()
                .filter(text -> !text.equals(than) && isAllowed(setting, text))
                .findFirst()
                .orElseThrow(() -> new AssertionError(setting.path() + ": no value is known here that it may have"));
    }

    private static boolean isAllowed(Setting<?> setting, String text) {
        try {
            setting.read(text, "a test");
            return true;
        } catch (ConfigException e) {
            return false;
        }
    }
}
