// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.interop.Cell.Outcome;
import java.io.IOException;
import java.net.BindException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs cells side by side. */
final class Cells {
    /** So far behind, the machine was too busy for the figure to mean anything. */
    private static final long BEHIND_MS = 30;

    private static final int TRIES = 3;

    private Cells() {}

    /** The outcomes in the order of the cells, so many at once. */
    static Map<Cell, Outcome> run(List<Cell> cells, int atOnce) throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(atOnce);
        try {
            Map<Cell, Future<Outcome>> running = new LinkedHashMap<>();
            for (Cell cell : cells) {
                running.put(cell, pool.submit(() -> run(cell)));
            }
            Map<Cell, Outcome> outcomes = new LinkedHashMap<>();
            for (Map.Entry<Cell, Future<Outcome>> entry : running.entrySet()) {
                outcomes.put(entry.getKey(), entry.getValue().get());
            }
            return outcomes;
        } finally {
            pool.shutdownNow();
        }
    }

    /** Runs a cell; again if the machine was too busy or the relay itself lost something, and on another seed if nobody met: libsrt's own handshake does not survive every one. */
    static Outcome run(Cell cell) throws IOException, InterruptedException {
        Outcome outcome = runOnAFreePort(cell);
        for (int i = 1; i < TRIES && (isWorthless(outcome) || outcome.sent() == 0); i++) {
            outcome = runOnAFreePort(outcome.sent() == 0 ? cell.withSeed(cell.seed() + 100L * i) : cell);
        }
        return outcome;
    }

    /** A peer that starts at that very moment holds, for an instant, the sockets of this process: the port that was just found free is not. */
    private static Outcome runOnAFreePort(Cell cell) throws IOException, InterruptedException {
        for (int tried = 1; ; tried++) {
            try {
                return cell.run();
            } catch (BindException e) {
                if (tried == TRIES) {
                    throw e;
                }
            }
        }
    }

    private static boolean isWorthless(Outcome outcome) {
        return outcome.latestMs() > BEHIND_MS || outcome.relayDrops() > 0;
    }
}
