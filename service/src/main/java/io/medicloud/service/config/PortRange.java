// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** UDP ports from {@code first} to {@code last}, both included. */
public record PortRange(int first, int last) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:\\s*-\\s*(\\d{1,5}))?");

    public PortRange {
        if (first < 1 || last > 65_535 || first > last) {
            throw new IllegalArgumentException("'" + first + "-" + last + "' is not a range of ports within 1-65535");
        }
    }

    /** {@code 4000-5000}, or one port alone. */
    public static PortRange parse(String text) {
        Matcher m = RANGE.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a range of ports such as 4000-5000");
        }
        int first = Integer.parseInt(m.group(1));
        return new PortRange(first, m.group(2) == null ? first : Integer.parseInt(m.group(2)));
    }

    public int size() {
        return last - first + 1;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
