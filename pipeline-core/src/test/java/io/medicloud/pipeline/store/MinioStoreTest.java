// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.store.SegmentStore.Put;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.support.FaultyProxy;
import io.medicloud.pipeline.support.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MinioStoreTest {
    @TempDir
    static Path serverFolder;

    @TempDir
    Path folder;

    private static S3Server server;
    private MinioStore store;
    private String prefix;

    @BeforeAll
    static void startServer() throws Exception {
        server = S3Server.start(serverFolder);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void open(TestInfo test) {
        store = new MinioStore(server.config());
        prefix = test.getTestMethod().orElseThrow().getName() + "/";
    }

    @AfterEach
    void close() {
        store.close();
    }

    private SegmentObject segment(String name, int bytes, long seed) throws Exception {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        Path file = Files.write(Files.createTempFile(folder, "local", ".ts"), content);
        return new SegmentObject(prefix + name, file, bytes, SegmentObject.MP2T, Map.of("duration-ticks", "540000"));
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    @Test
    void aSegmentArrivesWithItsLengthTypeAndFacts() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 3_000_000, 1);

        assertThat(store.put(segment)).isEqualTo(Put.STORED);

        assertThat(server.object(segment.key())).hasSameBinaryContentAs(segment.file());
        HttpURLConnection head =
                (HttpURLConnection) server.presignedHead(segment.key()).toURL().openConnection();
        head.setRequestMethod("HEAD");
        assertThat(head.getHeaderField("content-length")).isEqualTo("3000000");
        assertThat(head.getHeaderField("content-type")).isEqualTo("video/mp2t");
        assertThat(head.getHeaderField("x-amz-meta-duration-ticks")).isEqualTo("540000");
        head.disconnect();
    }

    @Test
    void whatIsThereIsToldWithItsFacts() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 100_000, 1);
        assertThat(store.find(segment.key())).isEmpty();
        store.put(segment);

        assertThat(store.find(segment.key())).contains(new StoredFacts(100_000, Map.of("duration-ticks", "540000")));
    }

    @Test
    void whatRequestsSayBesidesIsAskedByTheirKeyAndIsNotSigned() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 100_000, 1);
        Set<String> keys = ConcurrentHashMap.newKeySet();
        ObjectHeaders headers = key -> {
            keys.add(key);
            // Another one each time: were it signed, no request would be taken.
            return Map.of("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0" + keys.size());
        };
        try (MinioStore following = new MinioStore(server.config(), headers)) {
            assertThat(following.put(segment)).isEqualTo(Put.STORED);
            assertThat(following.check()).isEqualTo(StoreHealth.OK);
        }

        assertThat(keys).containsExactlyInAnyOrder(segment.key(), "");
    }

    @Test
    void theSameBytesAgainAreNoConflict() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 100_000, 1);
        store.put(segment);

        assertThat(store.put(segment)).isEqualTo(Put.ALREADY_THERE);
    }

    @Test
    void otherBytesNeverReplaceWhatIsThere() throws Exception {
        SegmentObject first = segment("segment_0001.ts", 100_000, 1);
        store.put(first);

        assertKind(Kind.CONFLICT, () -> store.put(segment("segment_0001.ts", 100_000, 2)));
        assertKind(Kind.CONFLICT, () -> store.put(segment("segment_0001.ts", 99_999, 1)));
        assertThat(server.object(first.key())).hasSameBinaryContentAs(first.file());
    }

    @Test
    void anAnswerThatGotLostIsFoundOutByAskingAgain() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 100_000, 1);
        try (FaultyProxy proxy = FaultyProxy.before(server.port());
                MinioStore far = new MinioStore(S3Server.configOn(proxy.port()))) {
            proxy.setMood(FaultyProxy.Mood.LOSE_ANSWER);
            assertKind(Kind.UNREACHABLE, () -> far.put(segment));

            proxy.setMood(FaultyProxy.Mood.PASS);
            assertThat(far.put(segment)).isEqualTo(Put.ALREADY_THERE);
        }
    }

    @Test
    void aWrongSecretIsRefusedAndIsNotInTheMessage() {
        try (MinioStore stranger = new MinioStore(server.configWithSecret("not-the-secret"))) {
            StoreHealth health = stranger.check();

            assertThat(health.state()).isEqualTo(StoreHealth.State.REFUSED);
            assertThat(health.reason()).doesNotContain("not-the-secret");
            assertKind(Kind.REFUSED, () -> stranger.put(segment("segment_0001.ts", 1000, 1)));
        }
        assertThat(server.configWithSecret("not-the-secret").toString()).doesNotContain("not-the-secret");
    }

    @Test
    void aServerThatIsAwayIsUnreachableUntilItIsBackAndTheBucketIsMade() throws Exception {
        int port;
        try (S3Server shortLived = S3Server.startBare(folder.resolve("first"), 0)) {
            port = shortLived.port();
        }
        SegmentObject segment = segment("segment_0001.ts", 1000, 1);
        try (MinioStore far = new MinioStore(S3Server.configOn(port))) {
            assertThat(far.check().state()).isEqualTo(StoreHealth.State.UNREACHABLE);
            assertThat(far.check().reason()).contains("127.0.0.1:" + port).contains("cannot connect");
            assertKind(Kind.UNREACHABLE, () -> far.put(segment));

            try (S3Server back = S3Server.startBare(folder.resolve("second"), port)) {
                assertKind(Kind.REFUSED, () -> far.put(segment));
                assertThat(far.check()).isEqualTo(StoreHealth.OK);
                assertThat(far.put(segment)).isEqualTo(Put.STORED);
                assertThat(back.object(segment.key())).hasSameBinaryContentAs(segment.file());
            }
        }
    }

    @Test
    void throttlingAndCutConnectionsHealAndDenialsDoNot() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 1_000_000, 1);
        try (FaultyProxy proxy = FaultyProxy.before(server.port());
                MinioStore far = new MinioStore(S3Server.configOn(proxy.port()))) {
            proxy.setMood(FaultyProxy.Mood.SLOW_DOWN);
            int before = proxy.connections();
            assertKind(Kind.UNREACHABLE, () -> far.put(segment));
            assertThat(proxy.connections() - before)
                    .as("one request per attempt")
                    .isEqualTo(1);
            proxy.setMood(FaultyProxy.Mood.RESET);
            assertKind(Kind.UNREACHABLE, () -> far.put(segment));
            proxy.setMood(FaultyProxy.Mood.DENIED);
            assertKind(Kind.REFUSED, () -> far.put(segment));
            assertThat(far.check().state()).isEqualTo(StoreHealth.State.REFUSED);
            assertThat(server.object(segment.key())).doesNotExist();

            proxy.setMood(FaultyProxy.Mood.PASS);
            assertThat(far.put(segment)).isEqualTo(Put.STORED);
        }
    }

    @Test
    void listTellsOfEveryObjectBelowItsPrefix() throws Exception {
        store.put(segment("segment_0001.ts", 1000, 1));
        store.put(segment("segment_0002.ts", 2000, 1));

        List<StoredObject> found = new ArrayList<>();
        store.list(prefix, found::add);

        assertThat(found)
                .containsExactlyInAnyOrder(
                        new StoredObject(prefix + "segment_0001.ts", 1000),
                        new StoredObject(prefix + "segment_0002.ts", 2000));
    }

    @Test
    void anObjectCanBeReadBack() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 50_000, 3);
        store.put(segment);

        try (InputStream in = store.read(segment.key())) {
            assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(segment.file()));
        }
        assertThatThrownBy(() -> store.read("live/segment_0002.ts"))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        failure -> assertThat(failure.isAbsent()).isTrue());
    }

    @Test
    void aSegmentWhoseFileIsGoneIsOurOwnFault() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 1000, 1);
        Files.delete(segment.file());

        assertKind(Kind.LOCAL, () -> store.put(segment));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatOpensAndCannotBeReadIsOurOwnFault() throws Exception {
        // The loopback has no speed: the file opens, tells a length, and every read of it fails.
        Path unreadable = Path.of("/sys/class/net/lo/speed");
        assertThat(unreadable).isReadable();
        assertThat(Files.size(unreadable)).isPositive();
        assertThatThrownBy(() -> Files.readAllBytes(unreadable)).isInstanceOf(IOException.class);

        assertKind(
                Kind.LOCAL,
                () -> store.put(new SegmentObject(
                        prefix + "segment_0001.ts", unreadable, Files.size(unreadable), SegmentObject.MP2T, Map.of())));
    }

    @Test
    void aFileThatEndsBeforeWhatIsKnownOfItIsOurOwnFault() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 3_000_000, 1);
        ObjectHeaders asItIsSent = key -> {
            cut(segment.file(), 1000);
            return Map.of();
        };
        try (MinioStore following = new MinioStore(server.config(), asItIsSent)) {
            assertKind(Kind.LOCAL, () -> following.put(segment));
        }
        assertThat(server.object(segment.key())).doesNotExist();
    }

    private static void cut(Path file, long bytes) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatIsGoneAfterItsAnswerWasLostIsOurOwnFault() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 12 << 20, 5);
        try (MinioStore inParts = new MinioStore(server.config().withPartBytes(S3Config.LEAST_PART_BYTES))) {
            assertThat(inParts.put(segment)).isEqualTo(Put.STORED);
            Files.delete(segment.file());

            assertKind(Kind.LOCAL, () -> inParts.put(segment));
        }
    }

    @Test
    void aSegmentLongerThanAPartIsStillOneObject() throws Exception {
        SegmentObject segment = segment("segment_0001.ts", 12 << 20, 5);
        try (FaultyProxy proxy = FaultyProxy.before(server.port());
                MinioStore far =
                        new MinioStore(S3Server.configOn(proxy.port()).withPartBytes(S3Config.LEAST_PART_BYTES))) {
            proxy.setMood(FaultyProxy.Mood.RESET);
            assertKind(Kind.UNREACHABLE, () -> far.put(segment));
            assertThat(server.object(segment.key())).doesNotExist();
            proxy.setMood(FaultyProxy.Mood.PASS);

            assertThat(far.put(segment)).isEqualTo(Put.STORED);
            assertThat(far.put(segment)).isEqualTo(Put.ALREADY_THERE);
            assertKind(Kind.CONFLICT, () -> far.put(segment("segment_0001.ts", 12 << 20, 6)));
        }
        assertThat(server.object(segment.key())).hasSameBinaryContentAs(segment.file());
    }

    @Test
    void uploadsInPartsThatNobodyWillCompleteAreGivenUp() throws Exception {
        SegmentObject ours = segment("segment_0001.ts", 12 << 20, 5);
        SegmentObject others = segment("other.ts", 12 << 20, 5);
        for (SegmentObject begun : List.of(ours, others)) {
            server.beginParts(begun.key());
        }
        Instant later = Instant.now().plusSeconds(3600);

        assertThat(store.abandonOld(key -> key.equals(ours.key()), Instant.now().minusSeconds(3600)))
                .as("begun just now")
                .isZero();
        assertThat(store.abandonOld(key -> key.equals(ours.key()), later)).isEqualTo(1);
        assertThat(store.abandonOld(key -> key.equals(ours.key()), later)).isZero();
        assertThat(store.abandonOld(key -> key.equals(others.key()), later)).isEqualTo(1);
    }

    @Test
    void whatIsNoSegmentMayBeWrittenAnew() throws Exception {
        store.replace(prefix + "segments.jsonl", new byte[] {1}, "application/jsonl");
        store.replace(prefix + "segments.jsonl", new byte[] {1, 2}, "application/jsonl");

        assertThat(server.object(prefix + "segments.jsonl")).hasBinaryContent(new byte[] {1, 2});
    }
}
