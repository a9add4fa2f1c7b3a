// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.text;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Names and their values. As text a line {@code name=value} each, where a backslash escapes itself, line feed and carriage
 * return. What is written is read for as long as it is kept: names are not changed, and what is added has a default. Belongs
 * to one thread.
 */
public final class Fields {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** None yet. */
    public Fields() {}

    /** Those of a text; a line that is none is passed over. */
    public static Fields read(String text) {
        Fields fields = new Fields();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                fields.values.put(line.substring(0, equals), unescape(line.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                plain.append(c);
                continue;
            }
            char escaped = text.charAt(++i);
            plain.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
        }
        return plain.toString();
    }

    /** As text. */
    public String write() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, value) -> text.append(name)
                .append('=')
                .append(value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"))
                .append('\n'));
        return text.toString();
    }

    /** As they are, in the order in which they were put. */
    public Map<String, String> toMap() {
        return new LinkedHashMap<>(values);
    }

    /** Sets one, of lower case letters and hyphens. */
    public Fields put(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    /** Is it there? */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** A text, empty if it is not there. */
    public String text(String name) {
        return values.getOrDefault(name, "");
    }

    /** A number, 0 if it is not there. */
    public long number(String name) {
        return number(name, 0);
    }

    /**
     * A number.
     *
     * @param otherwise if it is not there
     * @throws NumberFormatException if it is none
     */
    public long number(String name, long otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    /** True or false; false if it is not there. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(values.get(name));
    }
}
