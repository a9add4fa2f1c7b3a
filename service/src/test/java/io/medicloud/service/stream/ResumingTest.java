// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.service.FreePorts;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.PortRange;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.SegmentConfig;
import io.medicloud.service.security.SecretBox;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is tried again, and what is not. */
final class ResumingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private PortRange range;
    private SrtPorts ports;
    private SegmentConfig segment;
    private Ledger ledger;
    private WantedStreams wanted;

    @BeforeEach
    void record() throws Exception {
        range = FreePorts.range(2);
        ports = new SrtPorts("127.0.0.1", range);
        segment = new ConfigLoader(folder, Map.of())
                .load(null, List.of())
                .service()
                .segment();
        ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, InstantSource.system());
        wanted = new WantedStreams(ledger, new SecretBox(new byte[SecretBox.KEY_BYTES]));
        Ledger.await(ledger.putStream("live", "live/", 1));
        StreamSpec spec = new StreamSpec(
                "live", Secret.of("0123456789abcdef"), false, Ingress.OWN_PORT, StreamSettings.CONFIGURED);
        wanted.add(new WantedStreams.Wanted(spec, StreamSettings.CONFIGURED, range.first(), true, ""));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Resuming resuming(Resuming.Starter starter) {
        return new Resuming(() -> segment, wanted, ports, starter, () -> false);
    }

    @Test
    void aFolderThatCannotBeListedNowIsTriedAgain() throws Exception {
        CountDownLatch tries = new CountDownLatch(2);
        Resuming resuming = resuming(stream -> {
            tries.countDown();
            throw new UncheckedIOException(new IOException("Input/output error"));
        });
        resuming.begin(PATIENCE);

        assertThat(tries.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ports.held()).isEqualTo(1);
        resuming.close();
    }

    @Test
    void whatIsNotTriedAgainKeepsNoPortAndCanBeForgottenOnce() throws Exception {
        Resuming resuming = resuming(stream -> {
            throw new StreamException(Kind.INVALID, "no more");
        });
        resuming.begin(PATIENCE);

        assertThat(ports.held()).isZero();
        assertThat(resuming.forget("live")).isTrue();
        assertThat(resuming.forget("live")).isFalse();
        resuming.close();
    }

    @Test
    void whatHadMediaBeforeHasHadIt() throws Exception {
        assertThat(wanted.find())
                .singleElement()
                .satisfies(stream -> assertThat(stream.hadMedia()).isTrue());
    }
}
