// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.medicloud.service.proto.LivestreamOuterClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/api.md is what the proto says; {@code -Dapi.page=write} writes it. */
final class ApiPageTest {
    private static final Path PAGE = Path.of("..", "docs", "api.md");

    private final ServiceDescriptor service =
            LivestreamOuterClass.getDescriptor().findServiceByName("Livestream");

    @Test
    void thePageSaysWhatTheProtoSays() throws Exception {
        String text = new ApiPage(service).text();
        if ("write".equals(System.getProperty("api.page"))) {
            Files.writeString(PAGE, text);
        }

        assertThat(PAGE).content().isEqualTo(text);
    }

    @Test
    void everyCallStandsThere() {
        assertThat(ApiRoutes.of(service).stream()
                        .map(route -> route.method().getName())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(service.getMethods().stream()
                        .map(method -> method.getName())
                        .toList());
    }
}
