// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.service.config.LogConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is on standard error while the log's configuration changes. */
final class JsonLinesTest {
    private static final Logger LOG = LoggerFactory.getLogger("io.medicloud.told");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static List<String> written(Runnable work) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("told"))
                .toList();
    }

    @Test
    void aLineIsOneObjectWithItsFields() throws Exception {
        try (LogOutput output = new LogOutput()) {
            output.apply(new LogConfig(true, Map.of()));
            List<String> lines = written(() -> LOG.atWarn()
                    .addKeyValue(LogFields.STREAM, "live")
                    .addKeyValue(LogFields.SEGMENT, 7)
                    .addKeyValue("level", "forged")
                    .setCause(new IllegalStateException("why"))
                    .log("it says\n{\"level\":\"ERROR\"} \u2028 {}", "so"));

            assertThat(lines).hasSize(1);
            JsonNode line = JSON.readTree(lines.get(0));
            assertThat(line.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
            assertThat(line.get("level").asText()).isEqualTo("WARN");
            assertThat(line.get("logger").asText()).isEqualTo("io.medicloud.told");
            assertThat(line.get("message").asText()).isEqualTo("it says\n{\"level\":\"ERROR\"} \u2028 so");
            assertThat(line.get("stream").asText()).isEqualTo("live");
            assertThat(line.get("segment").asText()).isEqualTo("7");
            assertThat(line.get("error").asText()).startsWith("java.lang.IllegalStateException: why");
            assertThat(lines.get(0)).isPrintable();
        }
    }

    @Test
    void formatAndLevelsChangeWhileItRunsAndAreInTheEndAsTheyWere() {
        try (LogOutput output = new LogOutput()) {
            assertThat(written(() -> LOG.debug("told: too fine"))).isEmpty();
            output.apply(new LogConfig(true, Map.of("io.medicloud.told", "debug")));
            assertThat(written(() -> LOG.debug("told: fine")))
                    .singleElement()
                    .asString()
                    .startsWith("{");
            output.apply(new LogConfig(false, Map.of("io.medicloud.told", "warn")));
            assertThat(written(() -> LOG.info("told: too fine"))).isEmpty();
            assertThat(written(() -> LOG.warn("told: coarse")))
                    .singleElement()
                    .asString()
                    .endsWith("WARN  told: told: coarse");
        }
        assertThat(written(() -> LOG.info("told: as before")))
                .singleElement()
                .asString()
                .endsWith("INFO  told: told: as before");
    }
}
