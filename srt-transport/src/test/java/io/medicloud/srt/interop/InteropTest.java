// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.interop.Cell.Outcome;
import io.medicloud.srt.interop.Program.Terms;
import io.medicloud.testdata.Impairment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The java stack with every peer in every role, over clean and over bad networks. {@code -Dinterop.report=FILE} runs all cells and writes their
 * outcomes there, with the seeds of {@code -Dinterop.seeds=1,2,3}, which takes about a quarter of an hour; {@code -Dinterop.chosen=FILE} the bad networks of
 * {@code -Dinterop.places=2/20/60/120,…} alone, each as loss/reordering/RTT/latency. Without these, some of them are run.
 */
@EnabledIf("io.medicloud.srt.BuildRuntime#isThis")
@Tag("heavy")
class InteropTest {
    private static final List<Program> PEERS =
            List.of(Program.SRT_LIVE_TRANSMIT, Program.FFMPEG, Program.GSTREAMER, Program.LIBSRT);
    private static final List<Integer> KEY_BITS = List.of(0, 128, 192, 256);
    private static final int LATENCY_MS = 120;
    private static final double MBPS = 2;
    private static final int AT_ONCE = Integer.getInteger("interop.at.once", 12);
    private static final List<Long> SEEDS = Arrays.stream(
                    System.getProperty("interop.seeds", "1,2,3").split(",", -1))
            .map(Long::valueOf)
            .toList();

    /** The java stack in this role and this peer, and which of them sends. */
    record Meeting(SrtMode role, Program peer, boolean javaSends, int keyBits) {
        Cell cell(int latencyMs, Impairment network, long seed, int seconds, double mbps) {
            SrtMode other = switch (role) {
                case LISTENER -> SrtMode.CALLER;
                case CALLER -> SrtMode.LISTENER;
                case RENDEZVOUS -> SrtMode.RENDEZVOUS;
            };
            return new Cell(
                    javaSends ? Program.JAVA : peer,
                    javaSends ? peer : Program.JAVA,
                    javaSends ? other : role,
                    new Terms(latencyMs, keyBits),
                    network,
                    seed,
                    seconds,
                    mbps);
        }

        Cell clean(int seconds) {
            return cell(LATENCY_MS, Impairment.NONE, 1, seconds, MBPS);
        }
    }

    @Test
    void everyPeerInEveryRoleGetsAndSendsEverything() throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (SrtMode role : SrtMode.values()) {
            for (Program peer : PEERS) {
                for (boolean javaSends : new boolean[] {false, true}) {
                    if (peer.can(role)) {
                        int keyBits = KEY_BITS.get(cells.size() % KEY_BITS.size());
                        cells.add(new Meeting(role, peer, javaSends, keyBits).clean(2));
                    }
                }
            }
        }
        SoftAssertions all = new SoftAssertions();
        Cells.run(cells, AT_ONCE)
                .forEach((cell, outcome) -> all.assertThat(outcome.isWhole())
                        .as("%s: %s", cell, outcome)
                        .isTrue());
        all.assertAll();
    }

    @Test
    void whatLibsrtDeliversOverABadNetworkIsDeliveredToo() throws Exception {
        LossGrid.Place mild = new LossGrid.Place(2, 0, 20, 500);
        LossGrid.Place disorderly = new LossGrid.Place(10, 20, 20, 500);
        LossGrid.Place tight = new LossGrid.Place(10, 0, 60, 120);
        LossGrid grid = new LossGrid(List.of(mild, disorderly, tight), List.of(0, 128), List.of(1L), MBPS, 4);
        grid.run(AT_ONCE);
        SoftAssertions all = new SoftAssertions();
        grid.forEachFault(all::fail);
        all.assertAll();
    }

    @Test
    @EnabledIfSystemProperty(named = "interop.places", matches = ".+")
    void theChosenBadNetworksAreRunAndReported() throws Exception {
        List<LossGrid.Place> places = Arrays.stream(
                        System.getProperty("interop.places").split(",", -1))
                .map(LossGrid.Place::parse)
                .toList();
        LossGrid grid = new LossGrid(places, List.of(0), SEEDS, MBPS, 10);
        grid.run(AT_ONCE);
        Files.writeString(Path.of(System.getProperty("interop.chosen")), InteropReport.of(grid));
        SoftAssertions all = new SoftAssertions();
        grid.forEachFault(all::fail);
        all.assertAll();
    }

    @Test
    @EnabledIfSystemProperty(named = "interop.report", matches = ".+")
    void theWholeMatrixIsRunAndReported() throws Exception {
        List<Cell> cells = new ArrayList<>();
        List<Meeting> meetings = new ArrayList<>();
        for (SrtMode role : SrtMode.values()) {
            for (Program peer : PEERS) {
                for (int keyBits : KEY_BITS) {
                    for (boolean javaSends : new boolean[] {false, true}) {
                        if (peer.can(role)) {
                            Meeting meeting = new Meeting(role, peer, javaSends, keyBits);
                            meetings.add(meeting);
                            cells.add(meeting.clean(5));
                        }
                    }
                }
            }
        }
        Map<Cell, Outcome> clean = Cells.run(cells, AT_ONCE);
        LossGrid grid = LossGrid.whole(SEEDS, MBPS, 10);
        grid.run(AT_ONCE);
        String report = InteropReport.of(meetings, clean, grid);
        Files.writeString(Path.of(System.getProperty("interop.report")), report);
        assertThat(clean.values()).allMatch(Outcome::isWhole);
        SoftAssertions all = new SoftAssertions();
        grid.forEachFault(all::fail);
        all.assertAll();
    }
}
