// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Which stream begins and ends when: a pure function of the settings. Times are microseconds from the test's begin. */
final class LoadPlan {
    /** Over the whole of a test. */
    static final int MOST_STREAMS = 100_000;

    /** Streams that begin together do not begin in the same millisecond: no two encoders do. */
    private static final long APART_US = 20_000;

    private static final long SHORTEST_LIFE_US = 1_000_000;

    private LoadPlan() {}

    /**
     * One stream.
     *
     * @param number from 0, in the order of the beginnings
     * @param hangUpsUs when it ends its connection and calls again
     */
    record Planned(int number, long beginUs, long endUs, List<Long> hangUpsUs) {
        Planned {
            hangUpsUs = List.copyOf(hangUpsUs);
        }
    }

    private record Life(long beginUs, long endUs) {}

    /** The streams, in the order of their beginnings. */
    static List<Planned> of(LoadSettings settings) {
        long lengthUs = us(settings.length());
        SplittableRandom random = new SplittableRandom(settings.seed());
        List<Life> lives = new ArrayList<>();
        for (int slot = 0; slot < settings.streams(); slot++) {
            long beginUs = beginUs(settings, slot);
            long churnUs = us(settings.shape().churn());
            while (beginUs + SHORTEST_LIFE_US <= lengthUs && lives.size() < MOST_STREAMS) {
                // Half as long to one and a half times as long.
                long lifeUs = churnUs == 0 ? lengthUs : churnUs / 2 + random.nextLong(churnUs);
                long endUs = Math.min(lengthUs, beginUs + lifeUs);
                lives.add(new Life(beginUs, endUs));
                beginUs = endUs;
            }
        }
        lives.sort(Comparator.comparingLong(Life::beginUs));
        List<Planned> planned = new ArrayList<>();
        for (Life life : lives) {
            planned.add(new Planned(planned.size(), life.beginUs(), life.endUs(), hangUps(settings, life)));
        }
        return planned;
    }

    private static long beginUs(LoadSettings settings, int slot) {
        LoadSettings.Shape shape = settings.shape();
        long lengthUs = us(settings.length());
        long apartUs = Math.min(APART_US, lengthUs / 4 / settings.streams());
        if (shape.steps() > 1) {
            long step = (long) slot * shape.steps() / settings.streams();
            return step * lengthUs / shape.steps() + slot * apartUs % (lengthUs / shape.steps() / 4);
        }
        return shape.ramp().isZero() ? slot * apartUs : slot * us(shape.ramp()) / settings.streams();
    }

    private static List<Long> hangUps(LoadSettings settings, Life life) {
        long stormUs = us(settings.shape().storm());
        List<Long> hangUps = new ArrayList<>();
        if (stormUs > 0) {
            for (long at = stormUs; at + SHORTEST_LIFE_US <= life.endUs(); at += stormUs) {
                if (at >= life.beginUs() + SHORTEST_LIFE_US) {
                    hangUps.add(at);
                }
            }
        }
        return hangUps;
    }

    private static long us(Duration time) {
        return time.toNanos() / 1000;
    }
}
