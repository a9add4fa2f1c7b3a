// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

/** Condition of tests that take long and do not depend on the runtime: they are not done again where the same classes are tested on another one. */
public final class BuildRuntime {
    private BuildRuntime() {}

    /** Whether this is the runtime that builds, or nobody says. */
    public static boolean isThis() {
        String build = System.getProperty("build.runtime", "");
        return build.isEmpty() || build.equals(System.getProperty("java.specification.version"));
    }
}
