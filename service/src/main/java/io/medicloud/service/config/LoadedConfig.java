// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A configuration, and where each value of it comes from.
 *
 * @param service what the service reads
 * @param entries every setting, in the order in which they are documented
 * @param warnings what works and should not stay so, one line each
 */
public record LoadedConfig(ServiceConfig service, List<Entry> entries, List<String> warnings) {
    public LoadedConfig {
        entries = List.copyOf(entries);
        warnings = List.copyOf(warnings);
    }

    /**
     * One setting as it is in force.
     *
     * @param value as it was written; never printed
     * @param shown the same, or stars if it is a secret
     * @param from where it stands, for people
     * @param isLive whether a running service takes another value
     */
    public record Entry(String path, Secret value, String shown, String from, boolean isLive) {}

    /**
     * What is another than before.
     *
     * @param isLive whether it takes effect without a restart
     */
    public record Change(String path, String before, String now, boolean isLive) {
        /** One phrase. */
        @Override
        public String toString() {
            return before.equals(now)
                    ? "what " + path + " stands for"
                    : path + " from '" + before + "' to '" + now + "'";
        }
    }

    /** What is another here than it was before. */
    public List<Change> changesSince(LoadedConfig before) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry was = before.entries.get(i);
            Entry is = entries.get(i);
            if (!is.value().equals(was.value())) {
                changes.add(new Change(is.path(), was.shown(), is.shown(), is.isLive()));
            }
        }
        return changes;
    }

    /** As a configuration file that could be used, with the source of each value behind it; secrets are stars. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.path())
                    .append(": ")
                    .append(quoted(entry.shown()))
                    .append(" # ")
                    .append(entry.from())
                    .append('\n');
        }
        return text.toString();
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
