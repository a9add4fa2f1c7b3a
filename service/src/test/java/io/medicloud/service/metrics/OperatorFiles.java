// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.medicloud.service.e2e.Peers;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files in docs that operators give to Prometheus and Grafana. */
final class OperatorFiles {
    static final Path DOCS = Path.of("..", "docs");
    static final Path RULES = DOCS.resolve("prometheus/medicloud-rules.yml");
    static final Path RULES_TEST = DOCS.resolve("prometheus/medicloud-rules-test.yml");
    static final Path DASHBOARD = DOCS.resolve("grafana/medicloud.json");

    private static final Pattern METRIC = Pattern.compile("\\b(medicloud|jvm|process|system)_[a-z0-9_]+");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private OperatorFiles() {}

    /** The rules, one after the other. */
    static List<JsonNode> rules() throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        new YAMLMapper()
                .readTree(RULES.toFile())
                .get("groups")
                .forEach(group -> group.get("rules").forEach(rules::add));
        return rules;
    }

    /** The metrics that rules, and the dashboard, ask for. */
    static Set<String> usedMetrics() throws IOException {
        Set<String> names = new TreeSet<>();
        expressions().forEach(expression -> addNames(expression, names));
        new ObjectMapper()
                .readTree(DASHBOARD.toFile())
                .findValuesAsText("definition")
                .forEach(expression -> addNames(expression, names));
        return names;
    }

    /** What rules, and the panels of the dashboard, compute. */
    static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        rules().forEach(rule -> expressions.add(rule.get("expr").asText()));
        expressions.addAll(new ObjectMapper().readTree(DASHBOARD.toFile()).findValuesAsText("expr"));
        return expressions;
    }

    private static void addNames(String expression, Set<String> names) {
        Matcher name = METRIC.matcher(expression);
        while (name.find()) {
            names.add(name.group());
        }
    }

    /** Runs promtool, and is not content unless it is; without it the test is skipped, and in CI fails. */
    static void promtool(ProcessBuilder command) throws IOException, InterruptedException {
        command.command().add(0, "promtool");
        Peers.require("promtool");
        try (PeerProgram promtool = PeerProgram.start(command)) {
            PeerProgram.Result result = promtool.await(LIMIT);
            assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
        }
    }

    /** The same with arguments alone. */
    static void promtool(String... arguments) throws IOException, InterruptedException {
        promtool(new ProcessBuilder(new ArrayList<>(List.of(arguments))));
    }
}
