// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.pipeline.Limits;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.Tenure;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.store.S3Config;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.service.FreePorts;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.PortRange;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRules;
import io.medicloud.service.security.SecretBox;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.netty.NettySrtStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that wait to be started again, and what clients ask for meanwhile. */
final class StreamRegistryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private PortRange range;
    private Ledger ledger;
    private WantedStreams wanted;
    private StreamRegistry registry;

    @AfterEach
    void close() throws Exception {
        if (registry != null) {
            registry.drain(Duration.ZERO).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    private <T extends AutoCloseable> T part(T made) {
        parts.push(made);
        return made;
    }

    private void open(int ports) throws Exception {
        open(ports, new DirectoryStore(folder.resolve("store")));
    }

    /** With a record of its own of what is to run, so that it alone can be held up. */
    private void open(int ports, SegmentStore store) throws Exception {
        range = FreePorts.range(ports);
        ServiceConfig config = new ConfigLoader(folder, Map.of())
                .load(null, List.of("srt.host=127.0.0.1", "srt.ports=" + range))
                .service();
        part(store);
        SrtStack stack = part(new NettySrtStack());
        Pipelines pipelines =
                new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, EventSink.NONE, InstantSource.system());
        parts.push(() -> pipelines.close(Duration.ZERO));
        ledger = part(Ledger.open(folder.resolve("wanted.db"), LedgerLimits.DEFAULT, InstantSource.system()));
        wanted = new WantedStreams(ledger, new SecretBox(new byte[SecretBox.KEY_BYTES]));
        RefusedCallers refused = part(new RefusedCallers(event -> {}, InstantSource.system()));
        CallerGate gate = new CallerGate(() -> CallerRules.NONE, System::nanoTime);
        registry = part(new StreamRegistry(() -> config, stack, null, pipelines, wanted, gate, refused));
    }

    private static StreamSpec spec(String liveId, String passphrase) {
        return new StreamSpec(liveId, Secret.of(passphrase), false, Ingress.OWN_PORT, StreamSettings.CONFIGURED);
    }

    private StreamInfo start(String liveId) throws StreamException {
        return registry.start(spec(liveId, "started-by-a-client"), "");
    }

    private boolean stop(String liveId) throws Exception {
        return registry.stop(liveId).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** It ran on that port when the process before this one ended. */
    private void hadRun(String liveId, int port) throws IOException {
        know(liveId);
        wanted.add(new WantedStreams.Wanted(
                spec(liveId, "of-the-run-before"), StreamSettings.CONFIGURED, port, false, ""));
    }

    private void know(String liveId) throws IOException {
        Ledger.await(ledger.putStream(liveId, liveId + "/", 1));
    }

    /** What is recorded of it when all that waits is written. */
    private StreamRecord recorded(String liveId) throws Exception {
        Ledger.await(ledger.putReaderCursor("test", 0));
        return ledger.stream(liveId);
    }

    private static DatagramSocket other(int port) throws SocketException {
        return new DatagramSocket(port, InetAddress.getLoopbackAddress());
    }

    private static void assertRefused(Kind kind, Start start) {
        assertThatThrownBy(start::start)
                .isInstanceOfSatisfying(
                        StreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private interface Start {
        void start() throws Exception;
    }

    @Test
    void aStreamThatWaitsForItsPortCanBeStopped() throws Exception {
        open(2);
        hadRun("live", range.first());
        try (DatagramSocket other = other(range.first())) {
            registry.resume(PATIENCE);
            assertThat(other.isBound()).isTrue();
            assertThat(registry.liveIds()).isEmpty();

            assertThat(stop("live")).isTrue();
        }
        assertThat(recorded("live").isWanted()).isFalse();
        assertThat(registry.heldPorts()).isZero();
        assertThat(stop("live")).isFalse();
    }

    @Test
    void whatWaitedDoesNotComeBackWhenItsSuccessorIsStopped() throws Exception {
        open(3);
        hadRun("live", range.first());
        hadRun("witness", range.first() + 1);
        try (DatagramSocket one = other(range.first());
                DatagramSocket two = other(range.first() + 1)) {
            registry.resume(PATIENCE);
            assertThat(List.of(one.isBound(), two.isBound())).containsOnly(true);
            assertThat(start("live").port()).isEqualTo(range.first() + 2);

            assertThat(stop("live")).isTrue();
        }

        await().atMost(PATIENCE).until(() -> registry.liveIds().contains("witness"));
        // Longer than what waits is tried again after.
        await().during(Duration.ofSeconds(3)).atMost(PATIENCE).until(() -> registry.openStreams() == 1);
        assertThat(recorded("live").isWanted()).isFalse();
    }

    @Test
    void whoEndsAStreamLateDoesNotEndTheNextOneOfItsId() throws Exception {
        open(2);
        know("live");
        OwnedStreams owned = new OwnedStreams(registry, wanted);
        Map<String, String> settings = owned.settingsOf(spec("live", "started-by-a-client"), "");
        OwnedStreams.Running first = owned.open("live", settings, Tenure.ALONE);
        first.end().run(true);
        first.closed().toCompletableFuture().get(30, TimeUnit.SECONDS);
        OwnedStreams.Running second = owned.open("live", settings, Tenure.ALONE);
        CompletableFuture<Void> over = second.closed().toCompletableFuture();

        first.end().run(false);
        first.end().run(true);

        await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> !over.isDone());
        assertThat(recorded("live").isWanted()).isTrue();
        second.end().run(true);
        over.get(30, TimeUnit.SECONDS);
        assertThat(recorded("live").isWanted()).isFalse();
    }

    @Test
    void whatWasOwnedAmongManyNodesIsNotStartedAgainByOneAlone() throws Exception {
        open(2);
        know("owned");
        hadRun("own", range.first());
        OwnedStreams owned = new OwnedStreams(registry, wanted);
        OwnedStreams.Running running =
                owned.open("owned", owned.settingsOf(spec("owned", "started-by-a-client"), ""), new FirstOwner());
        assertThat(recorded("owned").isWanted()).isTrue();
        running.end().run(false);
        running.closed().toCompletableFuture().get(30, TimeUnit.SECONDS);

        registry.resume(PATIENCE);

        assertThat(registry.liveIds()).containsExactly("own");
        assertThat(recorded("owned").isWanted()).isFalse();
    }

    private static final class FirstOwner implements Tenure {
        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public long begin(long atLeast) {
            return atLeast;
        }

        @Override
        public boolean holds() {
            return true;
        }

        @Override
        public boolean take(long number) {
            return true;
        }
    }

    @Test
    void aStreamCanBeStoppedWhileItIsStartedAgain() throws Exception {
        ServerSocket silent = part(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        open(2, new MinioStore(S3Config.of("http://127.0.0.1:" + silent.getLocalPort(), "user", "password", "bucket")));
        hadRun("live", range.first());
        registry.resume(Duration.ZERO);
        await().atMost(PATIENCE).until(() -> registry.openStreams() == 1);
        assertThat(registry.liveIds()).isEmpty();

        CompletableFuture<Boolean> stopped = registry.stop("live").toCompletableFuture();
        silent.close();

        assertThat(stopped.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.openStreams()).isZero();
        assertThat(registry.heldPorts()).isZero();
        assertThat(recorded("live").isWanted()).isFalse();
    }

    @Test
    void nobodyElseGetsThePortOfAStreamThatWaitsUntilThatIsStopped() throws Exception {
        open(2);
        know("one");
        know("two");
        hadRun("live", range.first());
        try (DatagramSocket other = other(range.first())) {
            registry.resume(PATIENCE);
            assertThat(other.isBound()).isTrue();
        }

        assertThat(start("one").port()).isEqualTo(range.first() + 1);
        assertRefused(Kind.EXHAUSTED, () -> start("two"));
        assertThat(stop("live")).isTrue();
        assertThat(start("two").port()).isEqualTo(range.first());
    }

    @Test
    void whatCouldNotBeRecordedInTimeIsNotToRunLater() throws Exception {
        open(2);
        know("live");
        try (Connection database = lock()) {
            assertRefused(Kind.UNAVAILABLE, () -> start("live"));
            unlock(database);
        }

        assertThat(recorded("live").isWanted()).isFalse();
    }

    @Test
    void whatCouldNotBeRecordedInTimeLeavesWhatWaitsAsItWas() throws Exception {
        open(2);
        hadRun("live", range.first());
        try (DatagramSocket other = other(range.first())) {
            registry.resume(PATIENCE);
            assertThat(other.isBound()).isTrue();
            try (Connection database = lock()) {
                assertRefused(Kind.UNAVAILABLE, () -> start("live"));
                unlock(database);
            }

            assertThat(recorded("live").isWanted()).isTrue();
            assertThat(recorded("live").settings()).containsEntry("port", Integer.toString(range.first()));
        }
        await().atMost(PATIENCE).until(() -> registry.liveIds().contains("live"));
        assertThat(registry.info("live").passphrase().reveal()).isEqualTo("of-the-run-before");
    }

    /** From now on nothing can be recorded of what is to run. */
    private Connection lock() throws Exception {
        Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("wanted.db"));
        execute(database, "BEGIN IMMEDIATE");
        return database;
    }

    private static void unlock(Connection database) throws Exception {
        execute(database, "ROLLBACK");
    }

    private static void execute(Connection database, String sql) throws Exception {
        try (Statement statement = database.createStatement()) {
            statement.execute(sql);
        }
    }
}
