// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.interop.LongEnd.Latency;
import io.medicloud.srt.interop.LongRun.Direction;
import io.medicloud.srt.interop.LongRun.Outcome;
import io.medicloud.testdata.Impairment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Real time, real sockets, for as long as {@code -Dlong.minutes=10} says; all runs side by side, at a low rate. */
@EnabledIfSystemProperty(named = "long.minutes", matches = "\\d+")
class LongRunTest {
    private static final int MINUTES = Integer.getInteger("long.minutes", 1);
    private static final double PER_SECOND = 100;
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final Impairment RTT_60 = Impairment.NONE.withDelayUs(30_000);
    private static final Impairment LOSSY = RTT_60.withLoss(0.02);
    private static final Impairment DAMAGING = RTT_60.withDamage(0.01);
    private static final int KEY_LIFE = 2000;
    private static final SrtOptions REFRESHED = SrtOptions.STANDARD
            .withLatencyMs(500)
            .withPassphrase(PASSPHRASE)
            .with(SrtOption.KMPREANNOUNCE, 400)
            .with(SrtOption.KMREFRESHRATE, KEY_LIFE);
    private static final SrtOptions PLAIN = SrtOptions.STANDARD.withLatencyMs(300);
    private static final SrtOptions CTR = PLAIN.withPassphrase(PASSPHRASE);

    @Test
    void nothingIsLostAndLatencyIsSteadyWithKeyRefreshesLossAndDriftAndDamageEndsNothing() throws Exception {
        List<LongRun> drifting = List.of(
                run("drift, java to java", "java", "java", REFRESHED, LOSSY, LOSSY, 200),
                run("drift, libsrt calls java", "java", "libsrt", REFRESHED, LOSSY, LOSSY, 200),
                run("drift, java calls libsrt", "libsrt", "java", REFRESHED, LOSSY, LOSSY, 200));
        List<LongRun> damaged = List.of(
                run("damage, java to java", "java", "java", PLAIN, DAMAGING, DAMAGING, 0),
                run("damage, java to java, AES", "java", "java", CTR, DAMAGING, DAMAGING, 0),
                run("damage on what libsrt sends", "java", "libsrt", PLAIN, DAMAGING, RTT_60, 0));
        Map<LongRun, Future<Outcome>> running = new LinkedHashMap<>();
        ExecutorService pool = Executors.newCachedThreadPool();
        SoftAssertions all = new SoftAssertions();
        try {
            drifting.forEach(run -> running.put(run, pool.submit(run)));
            damaged.forEach(run -> running.put(run, pool.submit(run)));
            for (Map.Entry<LongRun, Future<Outcome>> entry : running.entrySet()) {
                Outcome outcome = entry.getValue().get();
                for (Direction d : List.of(outcome.there(), outcome.back())) {
                    System.out.println(entry.getKey().name() + ": " + d);
                    boolean isWhole = drifting.contains(entry.getKey());
                    check(all, entry.getKey().name() + " from the " + d.from(), d, isWhole);
                }
            }
        } finally {
            pool.shutdownNow();
        }
        all.assertAll();
    }

    private static void check(SoftAssertions all, String name, Direction d, boolean isWhole) {
        all.assertThat(d.closed()).as("%s", name).isEqualTo("null");
        all.assertThat(d.wrong()).as("%s: repeated or out of order", name).isZero();
        if (isWhole) {
            all.assertThat(d.arrived()).as("%s: arrived", name).isEqualTo(d.sent());
            all.assertThat(d.damaged()).as("%s: damaged", name).isZero();
            // A key serves for a packet or two more than it should.
            int most = (d.sent() - 1) / KEY_LIFE;
            all.assertThat(d.keyChanges()).as("%s: changes of key", name).isBetween(most - 1, most);
            int first = d.latencies().get(0).p50();
            for (Latency latency : d.latencies()) {
                all.assertThat(latency.p50()).as("%s: latency, ms", name).isBetween(first - 8, first + 8);
            }
        } else {
            // A plain or CTR packet whose payload was hit is delivered as it is; whose header was, may be lost.
            all.assertThat(d.sent() - d.arrived() - d.damaged())
                    .as("%s: neither arrived nor damaged", name)
                    .isLessThan(d.sent() / 1000 + 1);
        }
        assertThat(d.sent()).as("%s: sent", name).isPositive();
    }

    private static LongRun run(
            String name,
            String listener,
            String caller,
            SrtOptions options,
            Impairment there,
            Impairment back,
            int ppm) {
        return new LongRun(name, listener, caller, options, there, back, ppm, PER_SECOND, MINUTES);
    }
}
