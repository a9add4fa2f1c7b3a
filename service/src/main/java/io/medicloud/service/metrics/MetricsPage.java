// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import java.util.stream.Collectors;

/** Writes the page that documents every metric. */
final class MetricsPage {
    private static final String HEAD = """
            # Metrics

            Written from the catalogue by `MetricsPageTest`; it is read again by the build.

            `/metrics` on the HTTP port is in Prometheus' text format. Alert rules are in [prometheus/medicloud-rules.yml](prometheus/medicloud-rules.yml), what to do about each in
            [runbook.md](runbook.md), a dashboard for Grafana in [grafana/medicloud.json](grafana/medicloud.json).

            What a stream has is looked up when it is asked for, and is gone with the stream: there are as many series as there are streams, of which `stream.limit` may be open. What is told of all streams
            together also counts those that are over. Every other label holds one of a few words. Beside each histogram there is a gauge with `_max` behind its name: the largest value of the last minutes.
            Figures of the media are at most a second old.
            """;

    private MetricsPage() {}

    static String text() {
        return HEAD
                + MetricCatalog.groups().stream().map(MetricsPage::group).collect(Collectors.joining())
                + "\n## The runtime\n\n| names that begin with | what |\n|---|---|\n"
                + MetricCatalog.BINDERS.stream()
                        .map(binder -> "| `" + binder.prefix() + "` | " + binder.about() + " |\n")
                        .collect(Collectors.joining());
    }

    private static String group(MetricCatalog.Group group) {
        return "\n## " + group.title() + "\n\n| metric | type | labels | what |\n|---|---|---|---|\n"
                + group.families().stream().map(MetricsPage::row).collect(Collectors.joining());
    }

    private static String row(MetricFamily family) {
        String labels = family.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + family.name() + "` | " + family.type().word() + " | " + labels + " | "
                + family.help().replace("|", "\\|") + " |\n";
    }
}
