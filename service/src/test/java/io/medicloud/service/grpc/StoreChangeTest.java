// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.LoadedConfig;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration is changed to a store that cannot be made. */
final class StoreChangeTest {
    private static final String[] STORE = {
        "store.endpoint=http://127.0.0.1:9", "store.accessKey=access", "store.secretKey=canary-secret"
    };

    @TempDir
    private Path directory;

    @Test
    void nothingOfThatChangeIsInForce() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}\n");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        LoadedConfig before = loader.load(null, List.of(STORE));
        List<String> other = new ArrayList<>(Arrays.asList(STORE));
        // A label of a name has 63 characters at the most.
        other.set(0, "store.endpoint=http://" + "a".repeat(64) + ".example:9000");
        other.add("security.accessFile=access.yaml");
        LoadedConfig after = loader.load(null, other);
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 1, STORE)) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            assertThatThrownBy(() -> service.service().onChange(after.service(), after.changesSince(before)))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .isEmpty();
            assertThat(service.service().s3().endpoint()).hasPort(9);
        }
    }
}
