// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.interop.Flood.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A live stream to a listener in a process of its own, and ten thousand other datagrams a second beside it: for a second each, or as long as
 * {@code -Dflood.seconds=60} says, and then with libsrt's listener for comparison, too; {@code -Dflood.kinds=GARBAGE,INDUCTIONS} compares in these alone.
 */
@EnabledIf("io.medicloud.srt.BuildRuntime#isThis")
@Tag("heavy")
class FloodTest {
    private static final int A_SECOND = 10_000;
    private static final double LIVE_A_SECOND = 200;
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final int SECONDS = Integer.getInteger("flood.seconds", 1);
    /** So long the listener is flooded before it is measured: it compiles what it does for the first time. */
    private static final int WARM_SECONDS = Math.min(30, SECONDS);

    /** In the short form the listener has just begun, beside whatever else is tested: what that costs is not the flood's doing. */
    private static final int LATENCY_MS = SECONDS == 1 ? 2000 : 300;

    private static final long MOST_MIB = 16;
    private static final double TICKS_A_SECOND = 100;
    private static final long PAGE = 4096;

    /** What a flood did. */
    private record Outcome(
            int live,
            int arrived,
            int datagrams,
            long requestBytes,
            long replyBytes,
            double grownMib,
            double cpuSeconds) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "live %d of %d, %d datagrams, %d bytes answered by %d, RSS %+.1f MiB, CPU %.2f s",
                    arrived,
                    live,
                    datagrams,
                    requestBytes,
                    replyBytes,
                    grownMib,
                    cpuSeconds);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLiveStreamSurvivesAFlood(Kind kind) throws Exception {
        Outcome outcome = run("java", kind);
        assertThat(outcome.arrived()).as("%s", outcome).isEqualTo(outcome.live());
        if (kind.compareTo(Kind.GOOD_COOKIES) < 0) {
            assertThat(outcome.replyBytes()).as("%s", outcome).isLessThanOrEqualTo(outcome.requestBytes());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "flood.seconds", matches = "\\d+")
    void itCostsNoMoreThanItCostsLibsrt() throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (Kind kind : kinds()) {
            Outcome java = run("java", kind);
            Outcome libsrt = run("libsrt", kind);
            System.out.println(kind + "\n  java: " + java + "\n  libsrt: " + libsrt);
            all.assertThat(java.arrived()).as("%s: %s", kind, java).isEqualTo(java.live());
            all.assertThat(java.grownMib()).as("%s: RSS, MiB", kind).isLessThanOrEqualTo(MOST_MIB);
            if (libsrt.arrived() == libsrt.live()) { // else it was busy with something else, or dead
                all.assertThat(java.cpuSeconds()).as("%s: CPU, s", kind).isLessThanOrEqualTo(libsrt.cpuSeconds());
            }
        }
        all.assertAll();
    }

    private static List<Kind> kinds() {
        String names = System.getProperty("flood.kinds", "");
        return names.isEmpty()
                ? List.of(Kind.values())
                : Stream.of(names.split(",", -1)).map(Kind::valueOf).toList();
    }

    private static Outcome run(String stack, Kind kind) throws Exception {
        String passphrase = kind == Kind.GOOD_COOKIES_AND_KEYS ? PASSPHRASE : "-";
        Process listener = new ProcessBuilder(Stream.of(
                                List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()),
                                // The whole heap is there from the start: what grows is growth.
                                List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"),
                                List.of("-cp", System.getProperty("java.class.path")),
                                List.of(FloodedListener.class.getName(), stack, passphrase))
                        .flatMap(List::stream)
                        .toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(listener.getInputStream(), StandardCharsets.UTF_8));
                SrtStack own = SrtStacks.select("java").stack()) {
            InetSocketAddress port =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(output.readLine()));
            SrtOptions options = SrtOptions.STANDARD
                    .withLatencyMs(LATENCY_MS)
                    .with(SrtOption.CONNTIMEO, 10_000)
                    .withStreamId(FloodedListener.LIVE);
            LongEnd live = new LongEnd();
            own.connect(port, passphrase.equals("-") ? options : options.withPassphrase(passphrase), live);
            Awaitility.await().atMost(Duration.ofSeconds(15)).until(live::isConnected);
            long nowNs = System.nanoTime();
            long endNs = nowNs + (WARM_SECONDS + SECONDS + 2) * 1_000_000_000L;
            CompletableFuture<Void> streaming = CompletableFuture.runAsync(() -> live.send(LIVE_A_SECOND, endNs));
            try (Flood first = new Flood(kind, port)) {
                runQuietly(first, WARM_SECONDS);
            }
            return flood(kind, port, listener, streaming, live, output);
        } finally {
            listener.destroyForcibly().waitFor();
        }
    }

    private static Outcome flood(
            Kind kind,
            InetSocketAddress port,
            Process listener,
            CompletableFuture<Void> streaming,
            LongEnd live,
            BufferedReader output)
            throws Exception {
        long rssBefore = residentBytes(listener);
        double cpuBefore = cpuSeconds(listener);
        AtomicLong most = new AtomicLong(rssBefore);
        try (Flood flood = new Flood(kind, port)) {
            CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> runQuietly(flood, SECONDS));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(SECONDS + 30L))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        most.accumulateAndGet(residentBytes(listener), Math::max);
                        return running.isDone();
                    });
            double cpu = cpuSeconds(listener) - cpuBefore;
            streaming.join();
            int arrived = awaitArrived(listener.getOutputStream(), output, live.sent());
            return new Outcome(
                    live.sent(),
                    arrived,
                    running.join(),
                    flood.requestBytes(),
                    flood.replyBytes(),
                    (most.get() - rssBefore) / 1048576.0,
                    cpu);
        }
    }

    private static int runQuietly(Flood flood, int seconds) {
        try {
            return flood.run(A_SECOND, seconds * 1_000_000_000L);
        } catch (IOException e) {
            return 0; // the listener has gone: the stream will tell
        }
    }

    private static int awaitArrived(OutputStream asking, BufferedReader output, int sent) throws IOException {
        int arrived = -1;
        for (int ms = 0; ms < LATENCY_MS + 5000 && arrived < sent; ms += 100) {
            Awaitility.await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            asking.write('\n');
            asking.flush();
            String line = output.readLine();
            arrived = line == null ? -1 : Integer.parseInt(line);
        }
        return arrived;
    }

    private static long residentBytes(Process process) throws IOException {
        if (!process.isAlive()) {
            return 0;
        }
        String statm = Files.readString(Path.of("/proc", Long.toString(process.pid()), "statm"));
        return Long.parseLong(statm.split(" ", -1)[1]) * PAGE;
    }

    private static double cpuSeconds(Process process) throws IOException {
        if (!process.isAlive()) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }
}
