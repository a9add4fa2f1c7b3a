// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** Another program, started by a test and ended by it through its own handle. */
public final class PeerProcess implements AutoCloseable {

    private final Process process;
    private final Thread logPump;
    private final Thread outputPump;
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private PeerProcess(Process process) {
        this.process = process;
        logPump = pump("log", () -> readLog(process.getErrorStream()));
        outputPump = pump("output", () -> readOutput(process.getInputStream()));
    }

    /** Skips the test if the program is missing; where CI runs it must be there. */
    public static PeerProcess start(String... command) throws IOException {
        boolean installed = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command[0])));
        if (System.getenv("CI") != null) {
            Assertions.assertThat(installed).as("%s is installed", command[0]).isTrue();
        }
        Assumptions.assumeTrue(installed, command[0] + " is not installed");
        return new PeerProcess(new ProcessBuilder(command).start());
    }

    public static PeerProcess srtLiveTransmit(String from, String to) throws IOException {
        return start("srt-live-transmit", "-a:no", "-chunk:1316", from, to);
    }

    /**
     * Waits until an srt-live-transmit that sends says that it is connected. What it reads before it throws away, and a listener that has answered
     * it knows of the connection earlier.
     */
    public void awaitConnected() {
        Awaitility.await("srt-live-transmit connects")
                .atMost(SrtStackContract.SOON)
                .untilAsserted(() -> Assertions.assertThat(log()).contains("SRT target connected"));
    }

    static PeerProcess ffmpeg(String... arguments) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of("ffmpeg", "-hide_banner", "-nostats", "-loglevel", "warning"),
                        Arrays.stream(arguments))
                .toList();
        return start(command.toArray(String[]::new));
    }

    /** Its standard input. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** Its standard output so far. */
    public byte[] output() {
        synchronized (output) {
            return output.toByteArray();
        }
    }

    /** How much it has written to its standard output so far. */
    public int outputSize() {
        synchronized (output) {
            return output.size();
        }
    }

    /** Its standard error so far. */
    public String log() {
        return String.join("\n", log);
    }

    /** Waits for its end, and for all that it printed; returns its exit status. */
    int await(Duration atMost) throws InterruptedException {
        Assertions.assertThat(process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS))
                .as("the peer ends; it said: %s", log())
                .isTrue();
        logPump.join();
        outputPump.join();
        return process.exitValue();
    }

    /** Whether it ends in this time; then all that it printed is there. */
    public boolean endsWithin(long time, TimeUnit unit) throws InterruptedException {
        boolean ended = process.waitFor(time, unit);
        if (ended) {
            outputPump.join();
            logPump.join();
        }
        return ended;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end, as Ctrl-C would. */
    public void stop() {
        process.destroy();
    }

    /** Stops it where it stands, as a machine that hangs. */
    public void suspend() throws IOException, InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on after {@link #suspend}. */
    public void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", name, Long.toString(process.pid())).start();
        Assertions.assertThat(kill.waitFor()).as("kill %s", name).isZero();
    }

    /** As if its machine lost power. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    private static Thread pump(String name, Runnable work) {
        Thread thread = new Thread(work, "peer-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void readLog(InputStream from) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            reader.lines().forEach(log::add);
        } catch (IOException | UncheckedIOException e) {
            log.add("(log ends: " + e.getMessage() + ")");
        }
    }

    private void readOutput(InputStream from) {
        byte[] piece = new byte[65_536];
        try (from) {
            for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
                synchronized (output) {
                    output.write(piece, 0, n);
                }
            }
        } catch (IOException e) {
            log.add("(output ends: " + e.getMessage() + ")");
        }
    }
}
