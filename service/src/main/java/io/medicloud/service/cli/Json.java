// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON objects on one line, fields in the order in which they are put. */
public final class Json {
    private final StringBuilder out = new StringBuilder("{");

    private Json() {}

    /** An empty object. */
    public static Json object() {
        return new Json();
    }

    /** A number. */
    public Json put(String name, long value) {
        return raw(name, Long.toString(value));
    }

    /** A number, or null; fractions with at most six decimals. */
    public Json put(String name, @Nullable Number value) {
        if (value == null) {
            return raw(name, "null");
        }
        boolean isWhole = value instanceof Long || value instanceof Integer;
        return isWhole ? put(name, value.longValue()) : put(name, value.doubleValue(), 6);
    }

    /** A number, string or boolean, unless it is null. */
    public void putIfPresent(String name, @Nullable Object value) {
        if (value instanceof Number number) {
            put(name, number);
        } else if (value instanceof Boolean flag) {
            put(name, flag.booleanValue());
        } else if (value != null) {
            put(name, value.toString());
        }
    }

    /** A number with at most so many decimals; one that is none is null. */
    public Json put(String name, double value, int decimals) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return raw(name, "null");
        }
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return raw(name, text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", ".0") : text);
    }

    public Json put(String name, boolean value) {
        return raw(name, Boolean.toString(value));
    }

    /** A string, or null. */
    public Json put(String name, @Nullable String value) {
        return raw(name, value == null ? "null" : quote(value));
    }

    /** An object. */
    public Json put(String name, Json value) {
        return raw(name, value.text());
    }

    /** An array of objects. */
    public Json put(String name, Iterable<Json> values) {
        StringBuilder array = new StringBuilder("[");
        for (Json value : values) {
            array.append(array.length() > 1 ? ", " : "").append(value.text());
        }
        return raw(name, array.append(']').toString());
    }

    /** An array of strings. */
    public Json putNames(String name, Iterable<String> values) {
        StringBuilder array = new StringBuilder("[");
        for (String value : values) {
            array.append(array.length() > 1 ? ", " : "").append(quote(value));
        }
        return raw(name, array.append(']').toString());
    }

    /** Numbers by their names. */
    public Json putAll(Map<String, ? extends Number> numbers) {
        numbers.forEach(this::put);
        return this;
    }

    /** The object, on one line. */
    public String text() {
        return out + "}";
    }

    private Json raw(String name, String value) {
        out.append(out.length() > 1 ? ", " : "")
                .append(quote(name))
                .append(": ")
                .append(value);
        return this;
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20 || Character.isSurrogate(c)) {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
