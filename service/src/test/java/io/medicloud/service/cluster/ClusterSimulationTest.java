// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The protocol under faults, on virtual time. {@code -Dcluster.rounds=10000} for more rounds, {@code -Dcluster.seed=N} for one; seeds that
 * failed once stand in {@code cluster-seeds.txt} and are run each time.
 */
class ClusterSimulationTest {
    private static final int ROUNDS = Integer.getInteger("cluster.rounds", 200);
    private static final Path FAILED = Path.of("target", "cluster-failed-seeds.txt");

    @Test
    void nothingIsWrittenTwiceAndNothingIsLostWhateverFails() throws IOException {
        List<String> failures = new ArrayList<>();
        long stored = 0;
        long faults = 0;
        long slowestNs = 0;
        for (long seed : seeds()) {
            ClusterRound round = new ClusterRound(seed, Flaw.NONE);
            try {
                round.run();
            } catch (Checks.Violation | RuntimeException e) {
                failures.add("seed " + seed + ": " + e);
                keep(seed);
            }
            stored += round.stored();
            faults += round.faults();
            slowestNs = Math.max(slowestNs, round.slowestNs());
        }
        System.out.printf("%d segments, %d faults, slowest take-over %d ms%n", stored, faults, slowestNs / Schedule.MS);
        assertThat(failures).isEmpty();
        assertThat(stored).isPositive();
        assertThat(faults).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "BLIND_BUCKET, epoch|numbers|twice|two writers",
        "DEAF_OWNERS, two writers|twice",
        "OWN_COUNT, twice",
        "WILD_CLOCKS, two writers",
        "FORGOTTEN_SPOOL, lost|never settled"
    })
    void theChecksFindWhatIsBrokenOnPurpose(Flaw flaw, String finding) {
        for (long seed = 1; seed <= 200; seed++) {
            try {
                new ClusterRound(seed, flaw).run();
            } catch (Checks.Violation e) {
                assertThat(e).hasMessageMatching("(?s).*(" + finding + ").*");
                return;
            }
        }
        throw new AssertionError(flaw + " was not found");
    }

    private static List<Long> seeds() throws IOException {
        Long only = Long.getLong("cluster.seed");
        if (only != null) {
            return List.of(only);
        }
        List<Long> seeds = new ArrayList<>();
        try (InputStream in = ClusterSimulationTest.class.getResourceAsStream("cluster-seeds.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Long::valueOf)
                    .forEach(seeds::add);
        }
        for (long seed = 1; seed <= ROUNDS; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    private static void keep(long seed) throws IOException {
        Files.createDirectories(FAILED.getParent());
        Files.writeString(FAILED, seed + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
