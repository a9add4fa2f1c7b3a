// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.regex.Pattern;

/**
 * What object keys may look like. A key is made of names joined by slashes; a name is 1 to 128 of {@code A-Za-z0-9._-}
 * and does not begin with a dot. So no key leaves its prefix, in a bucket or in a folder.
 */
public final class ObjectKeys {
    private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}";
    private static final Pattern ONE_NAME = Pattern.compile(NAME);
    private static final Pattern NAMES = Pattern.compile(NAME + "(/" + NAME + ")*");
    private static final Pattern PREFIX = Pattern.compile("(" + NAME + "/)*");

    private ObjectKeys() {}

    /** Is it one name: 1 to 128 of {@code A-Za-z0-9._-}, not beginning with a dot? The rule for live ids too. */
    public static boolean isName(String name) {
        return ONE_NAME.matcher(name).matches();
    }

    /**
     * Returns the name if it is one.
     *
     * @param what what it is called in the message
     * @throws IllegalArgumentException if it is not
     */
    public static String requireName(String what, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    what + " must be 1 to 128 of A-Z a-z 0-9 . _ - and must not begin with a dot");
        }
        return name;
    }

    /** Is it names joined by slashes? */
    public static boolean isKey(String key) {
        return NAMES.matcher(key).matches();
    }

    /** Returns the key if it is one; throws IllegalArgumentException if not. */
    public static String requireKey(String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException("not an object key: names of A-Z a-z 0-9 . _ - joined by slashes");
        }
        return key;
    }

    /** Is it empty, or names that each end with a slash? */
    public static boolean isPrefix(String prefix) {
        return PREFIX.matcher(prefix).matches();
    }

    /** Returns the prefix if it is empty, or names that each end with a slash; throws IllegalArgumentException if not. */
    public static String requirePrefix(String prefix) {
        if (!isPrefix(prefix)) {
            throw new IllegalArgumentException(
                    "a prefix is empty, or names of A-Z a-z 0-9 . _ - that each end with a slash");
        }
        return prefix;
    }
}
