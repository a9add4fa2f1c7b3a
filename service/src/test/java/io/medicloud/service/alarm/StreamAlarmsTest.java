// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.alarm.StreamAlarms.Figures;
import io.medicloud.service.alarm.StreamAlarms.Notice;
import io.medicloud.service.config.AlarmConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is told of figures that pass their thresholds, on a clock of seconds. */
final class StreamAlarmsTest {
    private static final long SECOND_US = 1_000_000;
    private static final AlarmConfig LIMITS =
            new AlarmConfig(2_000_000, 20, 1, Duration.ofMillis(100), Duration.ofSeconds(3));
    private static final Figures GOOD = new Figures(true, 8_000_000, 25, 0, 0, 20);

    private final StreamAlarms alarms = new StreamAlarms();
    private long nowUs;

    private List<Notice> look(Figures figures, int times) {
        return look(figures, times, LIMITS);
    }

    private List<Notice> look(Figures figures, int times, AlarmConfig limits) {
        List<Notice> notices = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            nowUs += SECOND_US;
            notices.addAll(alarms.look(figures, limits, nowUs));
        }
        return notices;
    }

    @Test
    void whatIsWithinItsThresholdsIsNotToldOf() {
        assertThat(look(GOOD, 100)).isEmpty();
    }

    @Test
    void eachFigureIsToldOfOnceAndOnceWhenItIsWellWithinAgain() {
        Figures slow = new Figures(true, 1_500_000, 25, 0, 0, 20);
        assertThat(look(slow, 3)).isEmpty();
        assertThat(look(slow, 10)).containsExactly(new Notice(true, "bitrate: 1.500 Mbit/s, below 2.000 Mbit/s"));
        assertThat(look(new Figures(true, 2_100_000, 25, 0, 0, 20), 10))
                .as("within, but not well")
                .isEmpty();
        assertThat(look(GOOD, 10))
                .containsExactly(new Notice(false, "bitrate: no longer below 2.000 Mbit/s; for 23 s it was"));

        assertThat(look(new Figures(true, 8_000_000, 12.5, 0, 0, 20), 10))
                .containsExactly(new Notice(true, "frame rate: 12.50 pictures/s, below 20.00"));
        assertThat(look(GOOD, 10)).extracting(Notice::isRaised).containsExactly(false);

        assertThat(look(new Figures(true, 8_000_000, 25, 0, 0, 250.06), 10))
                .containsExactly(new Notice(true, "round trip: 250.1 ms, above 100 ms"));
        assertThat(look(GOOD, 10)).extracting(Notice::isRaised).containsExactly(false);
    }

    @Test
    void lossIsThatOfTheLastTenSeconds() {
        long received = 0;
        long missing = 0;
        List<Notice> notices = new ArrayList<>();
        for (int second = 0; second < 60; second++) {
            received += 1000;
            missing += second >= 20 && second < 25 ? 100 : 0;
            notices.addAll(look(new Figures(true, 8_000_000, 25, received, missing, 20), 1));
        }
        assertThat(notices).extracting(Notice::isRaised).containsExactly(true, false);
        assertThat(notices.get(0).reason()).startsWith("loss: ").endsWith(" % of the packets, above 1.000 %");
    }

    @Test
    void anEncoderThatIsAwayEndsItsAlarms() {
        assertThat(look(new Figures(true, 0, Double.NaN, 0, 0, Double.NaN), 10)).hasSize(1);
        assertThat(look(new Figures(false, 0, Double.NaN, 0, 0, Double.NaN), 1))
                .extracting(Notice::isRaised)
                .containsExactly(false);
        assertThat(look(new Figures(false, 0, Double.NaN, 0, 0, Double.NaN), 100))
                .isEmpty();
    }

    @Test
    void alarmsEndWhenTheirThresholdsAreTakenAway() {
        assertThat(look(new Figures(true, 0, 1, 0, 0, 5000), 10)).hasSize(3);
        assertThat(look(new Figures(true, 0, 1, 0, 0, 5000), 1, AlarmConfig.OFF))
                .extracting(Notice::isRaised)
                .containsExactly(false, false, false);
    }

    /** Whatever a figure does: alarms begin and end in turn. */
    @Property
    void alarmsBeginAndEndInTurn(@ForAll @Size(max = 300) List<@DoubleRange(min = 0, max = 200) Double> rtts) {
        StreamAlarms own = new StreamAlarms();
        List<Boolean> told = new ArrayList<>();
        long at = 0;
        for (double rtt : rtts) {
            at += SECOND_US;
            own.look(new Figures(true, 8_000_000, 25, 0, 0, rtt), LIMITS, at)
                    .forEach(notice -> told.add(notice.isRaised()));
        }
        for (int i = 0; i < told.size(); i++) {
            assertThat(told.get(i)).isEqualTo(i % 2 == 0);
        }
    }
}
