// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.text.OneLine;

/** What becomes of a second encoder while the first one sends. */
public enum TakeoverPolicy {
    /** As {@code stream.takeover} says. */
    CONFIGURED(""),
    /** It is turned away. */
    REFUSE("refuse"),
    /** It takes the place of the first. */
    REPLACE("replace");

    private final String word;

    TakeoverPolicy(String word) {
        this.word = word;
    }

    /**
     * The policy of that word.
     *
     * @throws StreamException if there is none; the message names the field
     */
    public static TakeoverPolicy of(String word) throws StreamException {
        for (TakeoverPolicy policy : values()) {
            if (policy.word.equals(word)) {
                return policy;
            }
        }
        throw new StreamException(
                Kind.INVALID, "takeover: must be refuse, replace or empty; '" + OneLine.of(word) + "' is none");
    }

    /** As the API and the record say it; empty: as configured. */
    public String word() {
        return word;
    }

    /** Do newcomers win? */
    boolean isFree(boolean configured) {
        return this == CONFIGURED ? configured : this == REPLACE;
    }
}
