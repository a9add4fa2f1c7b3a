// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Random;
import java.util.function.BooleanSupplier;

class SimulatedBucketTest extends BucketContract {
    private final Schedule schedule = new Schedule();
    private final SimulatedStore store = new SimulatedStore(false);

    @Override
    Bucket connect() {
        return new SimulatedLink(schedule, store, new Random(1), action -> action.accept(schedule.nowNs()));
    }

    @Override
    void await(BooleanSupplier condition) {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            schedule.runFor(10 * Schedule.MS);
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError("not within 10 s");
        }
    }
}
