// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Ctrl-C and SIGTERM: asks the command that runs to end, waits until it has, and exits with its status. Thread-safe.
 */
public final class Interruption {
    /** Past this a command that was asked to end is ended, unless it says otherwise: longer than the longest latency of SRT. */
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(90);

    private final CompletableFuture<Integer> finished = new CompletableFuture<>();
    private boolean isRequested;
    private @Nullable Runnable stop;
    private volatile Duration limit = USUAL_LIMIT;

    private Interruption() {}

    /** Takes the process's signals. Once a process. */
    public static Interruption install() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::onSignal, "interruption"));
        return interruption;
    }

    /** One that no signal reaches: for commands that are run within a program. */
    public static Interruption none() {
        return new Interruption();
    }

    /** Says how the command is asked to end; at once, if that was asked already. It is run on another thread, and must not wait. */
    public void onStop(Runnable how) {
        boolean late;
        synchronized (this) {
            stop = how;
            late = isRequested;
        }
        if (late) {
            how.run();
        }
    }

    /** How long the command may take to end. */
    public void allow(Duration time) {
        limit = time;
    }

    public synchronized boolean isRequested() {
        return isRequested;
    }

    /** Asks the command to end, as a signal does. */
    public void request() {
        Runnable how;
        synchronized (this) {
            if (isRequested) {
                return;
            }
            isRequested = true;
            how = stop;
        }
        if (how != null) {
            how.run();
        }
    }

    /** Runs the command, and exits with its status; with 1 if it ends by an error of the JVM, which is told in one line. */
    public void exitAfter(IntSupplier command) {
        int status = CommandLine.ExitCode.SOFTWARE;
        try {
            status = command.getAsInt();
        } catch (Throwable failure) {
            System.err.println("medicloud: " + Failures.line(failure));
        } finally {
            // Else whoever waits for the command, at the JVM's end, waits in vain.
            finished.complete(status);
        }
        System.exit(status);
    }

    private void onSignal() {
        if (finished.isDone()) {
            return;
        }
        request();
        int status = 1;
        try {
            status = finished.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            System.err.println("medicloud: did not end within " + limit.toSeconds() + " s of the signal; ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // The exit status of a process that a signal ends is the signal's, unless it halts by itself.
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }
}
