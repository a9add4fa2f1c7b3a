// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Alert rules and dashboard ask for what there is, and say what to do. */
final class OperatorFilesTest {
    private static final Pattern PARTS = Pattern.compile("_(bucket|sum|count)$");

    @Test
    void everyMetricThatIsAskedForIsInTheCatalogue() throws Exception {
        Set<String> known = MetricCatalog.all().stream().map(MetricFamily::name).collect(Collectors.toSet());

        List<String> unknown = OperatorFiles.usedMetrics().stream()
                .filter(name -> !known.contains(name)
                        && !known.contains(PARTS.matcher(name).replaceFirst("")))
                .filter(name -> MetricCatalog.BINDERS.stream().noneMatch(binder -> name.startsWith(binder.prefix())))
                .toList();

        assertThat(unknown).isEmpty();
        assertThat(OperatorFiles.usedMetrics()).hasSizeGreaterThan(30);
    }

    @Test
    void everyAlertSaysWhatItIsAndWhereItIsWrittenWhatToDo() throws Exception {
        List<String> anchors = new ArrayList<>();
        for (JsonNode rule : OperatorFiles.rules()) {
            String alert = rule.get("alert").asText();
            assertThat(rule.at("/labels/severity").asText()).as(alert).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).as(alert).isNotBlank();
            assertThat(rule.at("/annotations/description").asText()).as(alert).isNotBlank();
            String anchor = alert.toLowerCase(Locale.ROOT);
            assertThat(rule.at("/annotations/runbook_url").asText()).isEqualTo("docs/runbook.md#" + anchor);
            anchors.add(anchor);
        }

        try (Stream<String> lines = Files.lines(OperatorFiles.DOCS.resolve("runbook.md"))) {
            assertThat(lines.filter(line -> line.startsWith("### "))
                            .map(line -> line.substring(4).toLowerCase(Locale.ROOT)))
                    .containsExactlyElementsOf(anchors);
        }
    }

    @Test
    void promtoolFindsNoFaultInTheRules() throws Exception {
        OperatorFiles.promtool("check", "rules", OperatorFiles.RULES.toString());
    }

    @Test
    void nothingIsDividedByALimitThatMayBeNone() throws Exception {
        assertThat(OperatorFiles.expressions())
                .anyMatch(expression -> expression.contains("/ (medicloud_limit"))
                .noneMatch(expression -> expression.contains("/ medicloud_limit"));
    }

    @Test
    void theRulesWithTestsOfTheirOwnFireAsThoseSay() throws Exception {
        OperatorFiles.promtool("test", "rules", OperatorFiles.RULES_TEST.toString());
    }
}
