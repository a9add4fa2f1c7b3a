// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of what runs. */
public final class Version implements IVersionProvider {
    /** As the jar's manifest says; classes that stand in no jar are being developed. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"medicloud " + text()};
    }
}
