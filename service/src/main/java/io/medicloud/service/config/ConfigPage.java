// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.stream.Collectors;

/** Writes the page that documents every setting. */
final class ConfigPage {
    private static final String HEAD = """
            # Configuration

            Written from the schema by `ConfigPageTest`; it is read again by the build.

            Sources, what comes later wins: the defaults; `settings.json` in the working directory (`srt_ports`, `cache_dir`, `segment_time`); `medicloud.yaml` there, or the file that
            `--config` names (nested keys or dotted ones); the environment (`MEDICLOUD_…`, and the names of deployments that exist); `--set key=value`. An empty variable counts as not set.
            Every value is checked; a fault names the key, the value, where it stands and what may stand there, all faults are told at once, and an unknown key is one. `serve --print-config` prints what is in
            force and where it comes from.

            A secret may stand in a file, named by the key with `File` behind it (`store.secretKeyFile`, `MEDICLOUD_STORE_SECRET_KEY_FILE`); its last line break does not count. No secret is ever printed.

            A changed file is read again within two seconds, and on SIGHUP: all of it takes effect or none. A faulty one is told in the log, counted, and changes nothing. So is one that is gone or empty where there were settings, and one that would switch authentication off where others reach the service: those take a restart. *At once*: streams
            that are started from then on have it, those that run go on as they began. *At the next start*: it is told in the log that a restart is needed.

            | key | default | what may stand there | takes effect | environment | what |
            |---|---|---|---|---|---|
            """;

    private ConfigPage() {}

    static String text() {
        return HEAD + Schema.byPath().values().stream().map(ConfigPage::row).collect(Collectors.joining());
    }

    private static String row(Setting<?> setting) {
        String old = setting.oldEnvironment() == null ? "" : ", `" + setting.oldEnvironment() + "`";
        return "| `" + setting.path() + "` | "
                + (setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`") + " | "
                + setting.allowed().replace("|", "\\|") + " | "
                + (setting.isLive() ? "at once" : "at the next start") + " | `" + setting.environment() + "`" + old
                + " | " + setting.about() + " |\n";
    }
}
