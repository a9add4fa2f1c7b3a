// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Nodes of a cell that die and come back, each by itself, for years; how long more are away than do nothing. */
final class SpareSimulation {
    /** How often a node dies. */
    static final double DAYS_BETWEEN_DEATHS = 90;

    /** How long it is away then, until another stands in its place. */
    static final double HOURS_AWAY = 1;

    private static final double HOURS_A_YEAR = 24 * 365.0;

    /**
     * What came of it.
     *
     * @param deaths a year
     * @param fullHours a year, in which some streams had no place
     */
    record Outcome(double deaths, double fullHours) {}

    private SpareSimulation() {}

    static Outcome run(long nodes, long spare, int years, RandomGenerator random) {
        double end = years * HOURS_A_YEAR;
        double rate = nodes / (DAYS_BETWEEN_DEATHS * 24);
        PriorityQueue<Double> returns = new PriorityQueue<>();
        double now = 0;
        double full = 0;
        long deaths = 0;
        while (now < end) {
            // Who is away cannot die, which is left out: it makes the outcome worse by less than a thousandth.
            double next = Math.min(end, now - Math.log(1 - random.nextDouble()) / rate);
            while (!returns.isEmpty() && returns.peek() < next) {
                double back = returns.poll();
                full += returns.size() + 1 > spare ? back - now : 0;
                now = back;
            }
            full += returns.size() > spare ? next - now : 0;
            now = next;
            if (now < end) {
                deaths++;
                returns.add(now + HOURS_AWAY);
            }
        }
        return new Outcome(deaths / (double) years, full / years);
    }
}
