// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/configuration.md is what the schema says; {@code -Dconfig.page=write} writes it. */
final class ConfigPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageSaysWhatTheSchemaSays() throws Exception {
        String text = ConfigPage.text();
        if ("write".equals(System.getProperty("config.page"))) {
            Files.writeString(PAGE, text);
        }

        assertThat(PAGE).content().isEqualTo(text);
    }

    @Test
    void everySettingIsDocumentedAndItsDefaultIsAllowed() {
        Map<String, Setting<?>> all = Schema.byPath();

        assertThat(all.values()).allSatisfy(setting -> {
            assertThat(setting.about()).as(setting.path()).isNotBlank();
            assertThat(setting.read(setting.fallback(), "default"))
                    .as(setting.path())
                    .isNotNull();
        });
    }
}
