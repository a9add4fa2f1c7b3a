// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/metrics.md is what the catalogue says; {@code -Dmetrics.page=write} writes it. */
final class MetricsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    @Test
    void thePageSaysWhatTheCatalogueSays() throws Exception {
        String text = MetricsPage.text();
        if ("write".equals(System.getProperty("metrics.page"))) {
            Files.writeString(PAGE, text);
        }

        assertThat(PAGE).content().isEqualTo(text);
    }

    @Test
    void everyMetricIsThereOnceAndExplained() {
        assertThat(MetricCatalog.all().stream().map(MetricFamily::name)).doesNotHaveDuplicates();
        assertThat(MetricCatalog.all()).allSatisfy(family -> {
            assertThat(family.name()).matches("(medicloud|process)_[a-z0-9_]+");
            assertThat(family.help()).as(family.name()).isNotBlank().endsWith(".");
        });
    }
}
