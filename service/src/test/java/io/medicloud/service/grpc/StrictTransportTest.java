// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.service.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Browsers are told to stay with TLS where there is TLS, and nowhere else (RFC 6797, 7.2). */
final class StrictTransportTest {
    private static final String HEADER = "strict-transport-security";

    @TempDir
    private Path directory;

    private static List<String> told(ClientFactory factory, String address) {
        return WebClient.builder(address)
                .factory(factory)
                .build()
                .get("")
                .aggregate()
                .join()
                .headers()
                .getAll(HEADER);
    }

    @Test
    void everyAnswerOverTlsSaysForHowLong() throws Exception {
        TlsKeyPair pair = TlsKeyPair.ofSelfSigned("localhost");
        Files.writeString(
                directory.resolve("server.pem"),
                TestCa.pem(pair.certificateChain().get(0)));
        Files.writeString(directory.resolve("server.key"), TestCa.pem(pair.privateKey()));
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: viewer, sha256: " + "ab".repeat(32) + "}\n");
        try (ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        1,
                        "tls.certificate=server.pem",
                        "tls.key=server.key",
                        "security.accessFile=access.yaml");
                ClientFactory trusting = ClientFactory.builder()
                        .tlsCustomizer(
                                tls -> tls.trustManager(pair.certificateChain().get(0)))
                        .build()) {
            String http = "https://localhost:" + service.service().httpPort();
            for (String path : List.of("/", "/livez", "/metrics", "/api/v1/streams", "/hls/none/live.m3u8", "/none")) {
                assertThat(told(trusting, http + path)).as(path).containsExactly("max-age=31536000");
            }
            assertThat(told(trusting, "https://localhost:" + service.service().grpcPort() + "/none"))
                    .containsExactly("max-age=31536000");
        }
    }

    @Test
    void noneWithoutTlsDoes() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 1)) {
            String http = "http://127.0.0.1:" + service.service().httpPort();
            for (String path : List.of("/", "/livez", "/none")) {
                assertThat(told(ClientFactory.ofDefault(), http + path))
                        .as(path)
                        .isEmpty();
            }
        }
    }
}
