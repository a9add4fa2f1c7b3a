// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.playlist.SegmentLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The tables of docs/scaling.md are what the model says; {@code -Dscaling.page=write} writes them. */
final class ScalingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "scaling.md");

    private final ScalingModel model = ScalingModel.asMeasured();

    @Test
    void theTablesSayWhatTheModelSays() throws Exception {
        ScalingPage tables = new ScalingPage();
        String page = Files.readString(PAGE);
        String written = tables.write(page);
        if ("write".equals(System.getProperty("scaling.page"))) {
            Files.writeString(PAGE, written);
        }

        assertThat(PAGE).content().isEqualTo(written);
        assertThat(tables.tables().keySet())
                .allSatisfy(name -> assertThat(page).contains("<!-- table: " + name + " -->"));
    }

    @Test
    void everyAssumptionThatTheFormulasNameIsThere() throws Exception {
        String page = Files.readString(PAGE);
        String formulas = page.substring(page.indexOf("## Formulas"));

        for (Assumption assumption : Assumption.values()) {
            assertThat(formulas).as(assumption.name()).containsPattern("\\b" + assumption.label() + "\\b");
        }
    }

    @Test
    void whatTheModelTakesFromTheProgramIsSo() throws Exception {
        StringBuilder line = new StringBuilder();
        SegmentFacts facts =
                new SegmentFacts(4321, 10_000_000, 53_190, 2, 229_840_000, 8_589_934_000L, 900_000, true, false, 0);
        SegmentLines.append(line, "segment_4321.ts", facts, false);

        assertThat((double) line.length()).isCloseTo(Assumption.LINE.value(), within(60.0));
        assertThat(Path.of("..", "docs", "configuration.md"))
                .content()
                .contains("| `segment.duration` | `" + (long) Assumption.SEGMENT.value() + "s` |");
    }

    @Test
    void aCellKeepsToEveryLimitAndOneNodeMoreWouldNot() {
        long nodes = model.nodesOfACell();
        long streams = model.streamsOfACell();

        assertThat(model.bucketWrites(streams, nodes)).isLessThanOrEqualTo(Assumption.BUCKET_WRITES.value());
        assertThat(model.bucketNews(streams, nodes)).isLessThanOrEqualTo(Assumption.BUCKET_NEWS.value());
        assertThat(model.cells(streams)).isEqualTo(1);
        assertThat(model.cells(streams + 1)).isEqualTo(2);
        assertThat(model.nodes(streams)).isLessThanOrEqualTo(nodes);
    }

    @Test
    void everyStreamHasItsPlaceAndDeadNodesOnesToo() {
        for (long streams : ScalingPage.SIZES) {
            long nodes = model.nodes(streams);
            assertThat((nodes - model.cells(streams)) * model.streamsOfANode()).isGreaterThanOrEqualTo(streams);
        }
    }

    @Test
    void tenTimesTheStreamsStrainNothingLess() {
        Map<String, Double> few = model.strains(10_000);

        model.strains(100_000)
                .forEach((what, strain) -> assertThat(strain).as(what).isGreaterThan(9 * few.get(what)));
    }

    @Test
    void whatIsMeasuredLessTakesFewerNodes() {
        assertThat(ScalingModel.ofParts().coresOfAStream()).isLessThan(model.coresOfAStream());
        assertThat(ScalingModel.ofParts().nodes(1_000_000)).isLessThan(model.nodes(1_000_000));
    }

    @Test
    void spareNodesHelpAsTheFormulaOfPoissonSays() {
        long nodes = 90;
        double away = nodes * SpareSimulation.HOURS_AWAY / (SpareSimulation.DAYS_BETWEEN_DEATHS * 24);
        double moreThanOne = 1 - Math.exp(-away) * (1 + away);

        SpareSimulation.Outcome outcome = ScalingPage.outcome(nodes, 1);

        assertThat(outcome.fullHours()).isCloseTo(moreThanOne * 24 * 365, within(0.5));
        assertThat(outcome.deaths()).isCloseTo(365.0, within(3.0));
        assertThat(ScalingPage.outcome(nodes, 0).fullHours()).isGreaterThan(outcome.fullHours());
    }
}
