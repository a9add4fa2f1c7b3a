// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program from outside (ffmpeg, srt-live-transmit, …) that a test runs, killed when it is closed. Keeps what it prints.
 * {@link #close} may be called from any thread, as may all that reads.
 */
public final class PeerProgram implements AutoCloseable {
    /** How a program ended and what it printed; output bytes as ISO 8859-1, so that none is lost. */
    public record Result(int exitStatus, String out, String err) {}

    private final List<String> command;
    private final Process process;
    private final Collector out;
    private final Collector err;

    private PeerProgram(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.out = new Collector(process.getInputStream());
        this.err = new Collector(process.getErrorStream());
    }

    /** Whether the search path has a program of this name. */
    public static boolean isInstalled(String name) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator), -1)) {
            if (new File(folder, name).canExecute()) {
                return true;
            }
        }
        return false;
    }

    public static PeerProgram start(String... command) throws IOException {
        return start(new ProcessBuilder(command));
    }

    public static PeerProgram start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        process.getOutputStream().close();
        return new PeerProgram(new ArrayList<>(builder.command()), process);
    }

    /** Runs a program to its end; throws {@link AssertionError} if that takes longer than {@code limit}. */
    public static Result run(Duration limit, String... command) throws IOException, InterruptedException {
        try (PeerProgram program = start(command)) {
            return program.await(limit);
        }
    }

    /** Waits for the end; throws {@link AssertionError} with what was printed if that takes longer than {@code limit}. */
    public Result await(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(command + " still runs after " + limit + ":\n" + err());
        }
        out.join();
        err.join();
        return new Result(process.exitValue(), out(), err());
    }

    /** What it has printed to standard output so far. */
    public String out() {
        return out.text();
    }

    /** What it has printed to standard error so far. */
    public String err() {
        return err.text();
    }

    public boolean isRunning() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Sends a signal by its name, such as INT. */
    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        kill.waitFor();
    }

    /** Asks it to end, as SIGTERM does. */
    public void terminate() {
        process.destroy();
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static final class Collector extends Thread {
        private final InputStream in;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Collector(InputStream in) {
            super("peer-output");
            this.in = in;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try (in) {
                in.transferTo(bytes);
            } catch (IOException e) {
                // The program was killed: what it printed until then stands.
                return;
            }
        }

        String text() {
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }
    }
}
