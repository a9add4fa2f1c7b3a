// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that is used and never shown: it prints as stars, wherever it ends up. Immutable. */
public final class Secret {
    /** No secret at all. */
    public static final Secret NONE = new Secret("");

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Wraps a value; an empty one is {@link #NONE}. */
    public static Secret of(String value) {
        return value.isEmpty() ? NONE : new Secret(value);
    }

    /** The value itself, for the one who must use it. */
    public String reveal() {
        return value;
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    /** Compares in a time that does not depend on where the values differ. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return value.isEmpty() ? "(none)" : "***";
    }
}
