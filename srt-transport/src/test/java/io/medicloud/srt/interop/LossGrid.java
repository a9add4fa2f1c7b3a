// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.interop.Cell.Outcome;
import io.medicloud.srt.interop.InteropTest.Meeting;
import io.medicloud.srt.interop.Program.Terms;
import io.medicloud.testdata.Impairment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Bad networks, each with the java stack as listener and as caller, receiving and sending, and with libsrt at both ends beside it, on the same seeds and the same way.
 * The same seed loses the same packets whoever sends them, but the moments of reports and acknowledgements are the programs' own, so a message more or
 * less is chance: the java stack is at fault where, over all seeds of a row, it delivered so much less that two equals would come out like that once in
 * a thousand rows.
 */
final class LossGrid {
    private static final double CHANCE = 0.001;

    /** A network, both ways, and the latency that both ends are told. */
    record Place(int lossPercent, int jitterMs, int rttMs, int latencyMs) {
        static Place parse(String text) {
            int[] terms = Arrays.stream(text.split("/", -1))
                    .mapToInt(Integer::parseInt)
                    .toArray();
            return new Place(terms[0], terms[1], terms[2], terms[3]);
        }

        Impairment network() {
            return Impairment.NONE
                    .withDelayUs(rttMs * 500L)
                    .withLoss(lossPercent / 100.0)
                    .withJitterUs(jitterMs * 1000L);
        }

        @Override
        public String toString() {
            return String.format(
                    "loss %d %%, reordering %d ms, RTT %d ms, latency %d ms", lossPercent, jitterMs, rttMs, latencyMs);
        }
    }

    /** A row of the grid. */
    record Row(Place place, int keyBits) {}

    /** Who stands where. */
    enum Column {
        LISTENER_RECEIVES(SrtMode.LISTENER, false),
        LISTENER_SENDS(SrtMode.LISTENER, true),
        CALLER_RECEIVES(SrtMode.CALLER, false),
        CALLER_SENDS(SrtMode.CALLER, true),
        LIBSRT_TO_LISTENER(SrtMode.LISTENER, false),
        LIBSRT_TO_CALLER(SrtMode.CALLER, false);

        private final SrtMode role;
        private final boolean javaSends;

        Column(SrtMode role, boolean javaSends) {
            this.role = role;
            this.javaSends = javaSends;
        }

        boolean hasJava() {
            return this != LIBSRT_TO_LISTENER && this != LIBSRT_TO_CALLER;
        }

        /** Where libsrt is at both ends and the stream goes the same way: each way has its own misfortunes. */
        Column reference() {
            boolean receiverListens = (role == SrtMode.LISTENER) != javaSends;
            return receiverListens ? LIBSRT_TO_LISTENER : LIBSRT_TO_CALLER;
        }

        Cell cell(Row row, long seed, int seconds, double mbps) {
            Place place = row.place();
            if (hasJava()) {
                return new Meeting(role, Program.SRT_LIVE_TRANSMIT, javaSends, row.keyBits())
                        .cell(place.latencyMs(), place.network(), seed, seconds, mbps);
            }
            return new Cell(
                    Program.SRT_LIVE_TRANSMIT,
                    Program.SRT_LIVE_TRANSMIT,
                    role,
                    new Terms(place.latencyMs(), row.keyBits()),
                    place.network(),
                    seed,
                    seconds,
                    mbps);
        }
    }

    private final List<Row> rows = new ArrayList<>();
    private final List<Long> seeds;
    private final double mbps;
    private final int seconds;
    private final Map<Cell, Outcome> outcomes = new LinkedHashMap<>();

    LossGrid(List<Place> places, List<Integer> keyBits, List<Long> seeds, double mbps, int seconds) {
        for (Place place : places) {
            for (int bits : keyBits) {
                rows.add(new Row(place, bits));
            }
        }
        this.seeds = seeds;
        this.mbps = mbps;
        this.seconds = seconds;
    }

    static LossGrid whole(List<Long> seeds, double mbps, int seconds) {
        List<Place> places = new ArrayList<>();
        for (int latencyMs : new int[] {120, 500}) {
            for (int rttMs : new int[] {20, 60}) {
                for (int jitterMs : new int[] {0, 20}) {
                    for (int lossPercent : new int[] {0, 2, 10}) {
                        places.add(new Place(lossPercent, jitterMs, rttMs, latencyMs));
                    }
                }
            }
        }
        return new LossGrid(places, List.of(0, 128), seeds, mbps, seconds);
    }

    void run(int atOnce) throws InterruptedException, ExecutionException {
        List<Cell> all = new ArrayList<>();
        for (Row row : rows) {
            for (long seed : seeds) {
                for (Column column : Column.values()) {
                    all.add(column.cell(row, seed, seconds, mbps));
                }
            }
        }
        outcomes.putAll(Cells.run(all, atOnce));
    }

    List<Row> rows() {
        return rows;
    }

    List<Long> seeds() {
        return seeds;
    }

    int seconds() {
        return seconds;
    }

    double mbps() {
        return mbps;
    }

    Outcome outcome(Row row, Column column, long seed) {
        Outcome outcome = outcomes.get(column.cell(row, seed, seconds, mbps));
        if (outcome == null) {
            throw new IllegalStateException("not run");
        }
        return outcome;
    }

    /** Whether libsrt delivered all on this seed, with the stream going the same way. */
    boolean isReferenceWhole(Row row, Column column, long seed) {
        Outcome outcome = outcome(row, column.reference(), seed);
        return outcome.sent() > 0 && outcome.isWhole();
    }

    /** Messages that were missing, over all seeds. */
    int missing(Row row, Column column) {
        return seeds.stream()
                .mapToInt(seed -> outcome(row, column, seed).missing())
                .sum();
    }

    /** Tells where something went wrong, or the java stack delivered less than libsrt by more than chance. */
    void forEachFault(Consumer<String> fault) {
        for (Row row : rows) {
            for (Column column : Column.values()) {
                for (long seed : seeds) {
                    Outcome outcome = outcome(row, column, seed);
                    if (!outcome.trouble().isEmpty() || outcome.wrong() > 0) {
                        fault.accept(row + ", " + column + ", seed " + seed + ": " + outcome);
                    }
                }
                int ours = missing(row, column);
                int libsrts = missing(row, column.reference());
                if (chance(ours, libsrts) < CHANCE) {
                    fault.accept(row + ", " + column + ": " + ours + " missing, libsrt " + libsrts);
                }
            }
        }
    }

    /** How probable it is that the first of two equals has so much of their sum, or more. */
    static double chance(int first, int second) {
        int sum = first + second;
        double logTerm = sum * Math.log(0.5); // of exactly i = sum; the term itself may be too small for a number
        double chance = 0;
        for (int i = sum; i >= first; i--) {
            chance += Math.exp(logTerm);
            logTerm += Math.log(i / (double) (sum - i + 1));
        }
        return chance;
    }
}
