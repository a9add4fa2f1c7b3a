// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who hears of a changed configuration. */
final class ConfigWatchTest {
    @TempDir
    private Path directory;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isBroken = new AtomicBoolean(true);

    /** Hears of it, unless it is broken. */
    private final class Part implements ConfigWatch.Listener {
        private final String name;

        Part(String name) {
            this.name = name;
        }

        @Override
        public void onChange(ServiceConfig now, List<LoadedConfig.Change> changes) {
            if (name.equals("first") && isBroken.get()) {
                throw new IllegalStateException("broken by the test");
            }
            heard.add(name + ": " + now.segment().duration().toSeconds() + " "
                    + changes.get(0).path());
        }

        @Override
        public void onFaulty() {
            heard.add(name + ": faulty");
        }
    }

    private void write(String text) throws Exception {
        Files.writeString(directory.resolve("medicloud.yaml"), text);
    }

    @Test
    void whatItHasTakenInPartIsTakenBackWithTheChange() throws Exception {
        write("segment.duration: 1s");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        try (ConfigWatch watch = new ConfigWatch(
                loader.load(null, List.of()),
                () -> loader.load(null, List.of()),
                Duration.ofHours(1),
                new Part("first"))) {
            write("segment.duration: 2s");
            watch.lookNow();
            await().until(() -> heard.contains("first: faulty"));
            isBroken.set(false);
            write("segment.duration: 1s");
            watch.lookNow();
            await().until(() -> heard.contains("first: 1 segment.duration"));
        }
    }

    @Test
    void aListenerThatFailsKeepsTheChangeFromNobodyAndHearsOfItAgain() throws Exception {
        write("segment.duration: 1s");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        try (ConfigWatch watch = new ConfigWatch(
                loader.load(null, List.of()),
                () -> loader.load(null, List.of()),
                Duration.ofHours(1),
                new Part("first"),
                new Part("second"))) {
            write("segment.duration: 2s");
            watch.lookNow();
            await().until(() -> heard.contains("second: faulty"));
            assertThat(heard).containsExactly("second: 2 segment.duration", "first: faulty", "second: faulty");

            heard.clear();
            isBroken.set(false);
            watch.lookNow();
            await().until(() -> !heard.isEmpty());
            write("segment.duration: 3s");
            watch.lookNow();
            await().until(() -> heard.size() == 3);
            assertThat(heard)
                    .containsExactly(
                            "first: 2 segment.duration", "first: 3 segment.duration", "second: 3 segment.duration");
        }
    }

    private void refused(ConfigLoader loader, List<String> assignments, String before, String after) throws Exception {
        write(before);
        try (ConfigWatch watch = new ConfigWatch(
                loader.load(null, assignments),
                () -> loader.load(null, assignments),
                Duration.ofHours(1),
                new Part("second"))) {
            write(after);
            watch.lookNow();
            await().until(() -> !heard.isEmpty());
            assertThat(heard).containsExactly("second: faulty");

            heard.clear();
            write(before + "\nsegment.duration: 2s");
            watch.lookNow();
            await().until(() -> !heard.isEmpty());
            assertThat(heard).containsExactly("second: 2 segment.duration");
            heard.clear();
        }
    }

    @Test
    void aFileThatIsGoneOrEmptyTakesNothingBack() throws Exception {
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        refused(loader, List.of(), "stream.limit: 7", "");
        refused(loader, List.of(), "stream.limit: 7", "# stream.limit: 7");
        write("stream.limit: 7");
        try (ConfigWatch watch = new ConfigWatch(
                loader.load(null, List.of()),
                () -> loader.load(null, List.of()),
                Duration.ofHours(1),
                new Part("second"))) {
            Files.delete(directory.resolve("medicloud.yaml"));
            watch.lookNow();
            await().until(() -> !heard.isEmpty());
            assertThat(heard).containsExactly("second: faulty");
        }
    }

    @Test
    void authenticationIsNotSwitchedOffWhereOthersReachTheService() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: a, role: admin, sha256: \"" + "0".repeat(64) + "\"}\n");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        refused(
                loader,
                List.of(),
                "grpc.host: 0.0.0.0\nsecurity.accessFile: access.yaml",
                "grpc.host: 127.0.0.1\nsegment.duration: 3s");
        refused(
                loader,
                List.of(),
                "grpc.host: 0.0.0.0\nsecurity.accessFile: access.yaml",
                "grpc.host: 0.0.0.0\nsecurity.insecure: true");
    }

    /** Also what came while the service ran is not lost by a slip. */
    @Test
    void whatWasSwitchedOnLaterIsNotSwitchedOffEither() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: a, role: admin, sha256: \"" + "0".repeat(64) + "\"}\n");
        StringBuilder open = new StringBuilder("grpc.host: 0.0.0.0\nsecurity.insecure: true\n");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        isBroken.set(false);
        write(open.toString());
        try (ConfigWatch watch = new ConfigWatch(
                loader.load(null, List.of()),
                () -> loader.load(null, List.of()),
                Duration.ofHours(1),
                new Part("first"))) {
            for (String more :
                    List.of("security.accessFile: access.yaml\n", "playback.secret: a-secret-of-playback\n")) {
                heard.clear();
                write(open + more);
                watch.lookNow();
                await().until(() -> heard.size() == 1);
                assertThat(heard).doesNotContain("first: faulty");

                write(open + "segment.duration: 3s");
                watch.lookNow();
                await().until(() -> heard.contains("first: faulty"));

                write(open + more + "segment.duration: 3s");
                watch.lookNow();
                await().until(() -> heard.contains("first: 3 segment.duration"));
                write(open + more);
                watch.lookNow();
                await().until(() -> heard.size() == 4);
                open.append(more);
            }
        }
    }

    @Test
    @SuppressWarnings("try") // it looks by itself
    void aFileIsTakenWhenTwoLooksAgreeOnIt() throws Exception {
        write("segment.duration: 1s\nstream.limit: 7");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        AtomicInteger looks = new AtomicInteger();
        try (ConfigWatch unused = new ConfigWatch(
                loader.load(null, List.of()),
                () -> {
                    // As if somebody were writing it until the fifth look.
                    int seconds = Math.min(5, looks.incrementAndGet()) + 1;
                    return loader.load(null, List.of("segment.duration=" + seconds + "s"));
                },
                Duration.ofMillis(1),
                new Part("second"))) {
            await().until(() -> !heard.isEmpty());
            assertThat(heard).containsExactly("second: 6 segment.duration");
        }
    }
}
