// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.e2e.Peers;
import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image's description and the compose file: what can be told of them without an engine that runs them. */
final class ContainerFilesTest {
    private static final Path COMPOSE = DeployFiles.CONTAINER.resolve("compose.yaml");
    private static final String SECRETS = "/run/secrets/";

    private final JsonNode compose = new YAMLMapper().readTree(COMPOSE.toFile());
    private final List<String> dockerfile = instructions();

    @TempDir
    private Path directory;

    ContainerFilesTest() throws Exception {}

    @Test
    void theLastStageIsEmptyButForWhatWeMadeAndRunsUnprivileged() {
        List<String> last = dockerfile.subList(dockerfile.lastIndexOf("FROM scratch"), dockerfile.size());

        assertThat(last).anyMatch(line -> line.matches("USER [1-9]\\d*:[1-9]\\d*"));
        assertThat(last).noneMatch(line -> line.startsWith("RUN ") || line.startsWith("ADD "));
        assertThat(last).filteredOn(line -> line.startsWith("COPY ")).allMatch(line -> line.contains("--from="));
        // There is no shell that could read a line.
        assertThat(last)
                .filteredOn(line -> line.matches("(HEALTHCHECK|ENTRYPOINT|CMD) .*"))
                .hasSize(3)
                .allMatch(line -> line.contains("["));
    }

    @Test
    void nobodyLoadsCodeIntoTheProcess() throws Exception {
        assertThat(Files.readAllLines(DeployFiles.CONTAINER.resolve("java.options")))
                .contains("-XX:+DisableAttachMechanism");
        assertThat(dockerfile)
                .filteredOn(line -> line.matches("(HEALTHCHECK|ENTRYPOINT) .*"))
                .allMatch(line -> line.contains("\"@/opt/medicloud/options\""));
    }

    @Test
    void everyStageStandsOnAVersionAndEveryFileIsThere() {
        assertThat(dockerfile)
                .filteredOn(line -> line.startsWith("FROM "))
                .allMatch(line -> line.matches("FROM (scratch|[a-z/-]+:\\d\\S+)( AS [a-z]+)?"));
        assertThat(dockerfile)
                .filteredOn(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .allSatisfy(line -> {
                    List<String> words = List.of(line.split(" ", -1));
                    assertThat(words.subList(1, words.size() - 1))
                            .allSatisfy(name ->
                                    assertThat(DeployFiles.ROOT.resolve(name)).exists());
                });
    }

    @Test
    void everyServiceHasALimitOfMemoryProcessorsAndProcesses() {
        assertThat(compose.get("services")).hasSize(4);
        compose.get("services").properties().forEach(service -> {
            assertThat(service.getValue().path("mem_limit").asText())
                    .as(service.getKey())
                    .isNotBlank();
            assertThat(service.getValue().path("cpus").asDouble())
                    .as(service.getKey())
                    .isPositive();
            assertThat(service.getValue().path("pids_limit").asInt())
                    .as(service.getKey())
                    .isPositive();
        });
    }

    @Test
    void ourServiceCanWriteNowhereElseAndIsControlledFromHereAlone() {
        JsonNode service = compose.at("/services/medicloud");

        assertThat(service.get("read_only").asBoolean()).isTrue();
        assertThat(service.at("/cap_drop/0").asText()).isEqualTo("ALL");
        assertThat(service.at("/security_opt/0").asText()).isEqualTo("no-new-privileges:true");
        assertThat(service.get("ports"))
                .allSatisfy(port -> assertThat(port.asText()).matches("127\\.0\\.0\\.1:.*|.*/udp"));
    }

    @Test
    void theServiceTakesItsEnvironment() throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of("GRPC_HOST", "0.0.0.0", "HTTP_HOST", "0.0.0.0"));
        compose.at("/services/medicloud/environment")
                .properties()
                .forEach(variable -> environment.put(
                        variable.getKey(), variable.getValue().asText().replace(SECRETS, directory + "/")));
        Files.writeString(directory.resolve("store-secret-key"), "0123456789");

        ServiceConfig config = DeployFiles.accepted(directory, null, environment);

        assertThat(config.store().isEmbedded()).isFalse();
        String ports = config.srt().ports().first() + "-" + config.srt().ports().last();
        assertThat(compose.at("/services/medicloud/ports").toString()).contains('"' + ports + ":" + ports + "/udp\"");
    }

    @Test
    void whatIsMountedIsThere() {
        compose.get("services")
                .forEach(service -> service.path("volumes").forEach(volume -> {
                    String source = volume.asText().split(":", -1)[0];
                    if (source.startsWith(".")) {
                        assertThat(DeployFiles.CONTAINER.resolve(source)).isRegularFile();
                    } else {
                        assertThat(compose.get("volumes").has(source))
                                .as(source)
                                .isTrue();
                    }
                }));
    }

    @Test
    void composeAndPrometheusFindNoFaultInTheirs() throws Exception {
        Peers.require("docker-compose");
        Path copy = Files.createDirectories(directory.resolve("docs/deploy/container"));
        for (String name : List.of("compose.yaml", "prometheus.yml")) {
            Files.copy(DeployFiles.CONTAINER.resolve(name), copy.resolve(name));
        }
        PeerProgram.Result read = PeerProgram.run(
                Duration.ofSeconds(60),
                "docker-compose",
                "-f",
                copy.resolve("compose.yaml").toString(),
                "config",
                "--quiet");
        assertThat(read.exitStatus()).as(read.out() + read.err()).isZero();

        Files.copy(
                DeployFiles.ROOT.resolve("docs/prometheus/medicloud-rules.yml"), copy.resolve("medicloud-rules.yml"));
        DeployFiles.check(
                "promtool", "check", "config", copy.resolve("prometheus.yml").toString());
    }

    /** Each on one line, without comments. */
    private static List<String> instructions() throws Exception {
        return Files.readString(DeployFiles.CONTAINER.resolve("Dockerfile"))
                .replaceAll("(?m)^#.*\\R", "")
                .replaceAll("\\\\\\R\\s*", "")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
