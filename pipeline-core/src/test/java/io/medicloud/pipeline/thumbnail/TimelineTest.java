// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Where segments lie on a stream's time line, across restarts. */
class TimelineTest {
    private static final long TICKS_PER_MS = 90;

    private final Timeline line = new Timeline();

    @Test
    void itGoesOnWhereItWasReadAgain() {
        line.onStored("live/");
        for (int i = 1; i <= 60; i++) {
            line.onSealed(i, 60_500 * TICKS_PER_MS);
            line.onShown(i == 30 ? 29 : i);
        }
        Timeline again = Timeline.read(line.write(160, 90));
        assertThat(again.write(160, 90)).isEqualTo(line.write(160, 90));
        again.onSealed(60, 1);
        again.onSealed(62, 1000 * TICKS_PER_MS);
        again.onShown(62);
        assertThat(again.write(160, 90)).doesNotContain("\n30\n").endsWith("""

            60
            00:59:29.500 --> 01:00:30.000
            sprite_3.jpg#xywh=640,90,160,90

            62
            01:00:30.000 --> 01:00:31.000
            sprite_3.jpg#xywh=160,180,160,90
            """);
    }

    @Test
    void whatIsLessThanAMillisecondOfASegmentAddsUp() {
        for (int i = 1; i <= 90; i++) {
            line.onSealed(i, 180_030);
            line.onShown(i);
        }
        assertThat(line.write(160, 90)).contains("\n00:02:58.029 --> 00:03:00.030\n");
    }

    @Test
    void whatIsGoneIsNamedNoMore() {
        for (int i = 1; i <= 3; i++) {
            line.onSealed(i, 1000 * TICKS_PER_MS);
        }
        line.onShown(2);
        assertThat(line.onExpired(1)).isFalse();
        assertThat(line.onExpired(2)).isTrue();
        assertThat(line.isEmpty()).isTrue();
        assertThat(line.isWaiting(3)).isTrue();
    }

    @Test
    void itNamesTheNewest() {
        for (int i = 1; i <= Timeline.MOST + 5; i++) {
            line.onSealed(i, 1000 * TICKS_PER_MS);
            line.onShown(i);
        }
        assertThat(line.write(160, 90)).doesNotContain("\n\n5\n").contains("\n\n6\n");
    }

    @Property(tries = 200)
    void anythingCanStandInItsPlace(@ForAll String text) {
        assertThat(Timeline.read("WEBVTT\n" + text).write(160, 90)).startsWith("WEBVTT");
    }
}
