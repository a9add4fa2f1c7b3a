// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.util.List;

/**
 * Who calls.
 *
 * @param name for people and logs
 * @param streams which live ids are its business, {@code *} standing for any characters
 */
public record Identity(String name, Role role, List<String> streams) {
    private static final String ALL = "*";

    /** Anybody, where no authentication is configured. */
    public static final Identity ANYBODY = new Identity("anybody", Role.ADMIN, List.of(ALL));

    public Identity {
        streams = List.copyOf(streams);
    }

    /** Whether every stream is its business. */
    public boolean seesAll() {
        return streams.contains(ALL);
    }

    /** Whether a stream is its business. */
    public boolean sees(String liveId) {
        return streams.stream().anyMatch(pattern -> matches(pattern, liveId));
    }

    /** Linear in both lengths' product at the worst: patterns come from the operator, live ids from anybody. */
    private static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
