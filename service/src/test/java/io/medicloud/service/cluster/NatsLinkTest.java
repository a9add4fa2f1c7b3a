// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class NatsLinkTest {
    @Test
    void whyItIsNotConnectedIsToldWithoutThePassword() {
        try (NatsLink link = new NatsLink(List.of("nats://me:canary@127.0.0.1:9"), "test")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(link.fault()).contains("127.0.0.1"));
            assertThat(link.fault()).doesNotContain("canary");
            assertThat(NatsLink.shown("nats://me:canary@a:1, nats://b:2")).isEqualTo("nats://***@a:1, nats://b:2");
        }
    }
}
