// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeIdTest {
    @TempDir
    private Path directory;

    @Test
    void aNodeIsItsDiskHoweverItsMachineIsCalled() throws Exception {
        Path cache = directory.resolve("cache");
        String id = NodeId.of(cache, "rack-1");

        assertThat(id).matches("rack-1-[0-9a-f]{8}");
        assertThat(NodeId.of(cache, "rack-2")).isEqualTo(id);
        assertThat(NodeId.of(directory.resolve("another"), "rack-1")).isNotEqualTo(id);
    }

    @Test
    void whatIsNoIdIsMadeAnew() throws Exception {
        Files.writeString(directory.resolve("node-id"), "rack-1-0123\n");

        String id = NodeId.of(directory, "");

        assertThat(id).matches("[A-Za-z0-9._-]{1,64}-[0-9a-f]{8}");
        assertThat(NodeId.of(directory, "")).isEqualTo(id);
    }
}
