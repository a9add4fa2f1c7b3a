// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.util.List;

/**
 * How bad an {@link ImpairedLink} is. Rates are probabilities for each datagram.
 *
 * @param delayUs one way
 * @param jitterUs added to the delay, evenly from 0 on, so that datagrams overtake each other
 * @param loss lost, each by itself
 * @param burstRate begins a burst of losses
 * @param burstLength mean length of a burst, in datagrams
 * @param duplication arrives twice
 * @param damage arrives with one bit flipped
 * @param bitsPerSecond of the bottleneck, with IP headers; 0: none
 * @param queueUs what waits longer at the bottleneck is dropped
 * @param blackouts when everything is lost
 */
public record Impairment(
        long delayUs,
        long jitterUs,
        double loss,
        double burstRate,
        double burstLength,
        double duplication,
        double damage,
        long bitsPerSecond,
        long queueUs,
        List<Blackout> blackouts) {
    /** A perfect link without delay. */
    public static final Impairment NONE = new Impairment(0, 0, 0, 0, 1, 0, 0, 0, 0, List.of());

    /** From a time up to another. */
    public record Blackout(long fromUs, long toUs) {}

    /** Copies the list. */
    public Impairment {
        blackouts = List.copyOf(blackouts);
    }

    public Impairment withDelayUs(long us) {
        return new Impairment(
                us, jitterUs, loss, burstRate, burstLength, duplication, damage, bitsPerSecond, queueUs, blackouts);
    }

    public Impairment withJitterUs(long us) {
        return new Impairment(
                delayUs, us, loss, burstRate, burstLength, duplication, damage, bitsPerSecond, queueUs, blackouts);
    }

    public Impairment withLoss(double rate) {
        return new Impairment(
                delayUs,
                jitterUs,
                rate,
                burstRate,
                burstLength,
                duplication,
                damage,
                bitsPerSecond,
                queueUs,
                blackouts);
    }

    public Impairment withBursts(double rate, double meanLength) {
        return new Impairment(
                delayUs, jitterUs, loss, rate, meanLength, duplication, damage, bitsPerSecond, queueUs, blackouts);
    }

    public Impairment withDuplication(double rate) {
        return new Impairment(
                delayUs, jitterUs, loss, burstRate, burstLength, rate, damage, bitsPerSecond, queueUs, blackouts);
    }

    public Impairment withDamage(double rate) {
        return new Impairment(
                delayUs, jitterUs, loss, burstRate, burstLength, duplication, rate, bitsPerSecond, queueUs, blackouts);
    }

    /** A bottleneck of that rate whose queue holds {@code maxQueueUs}. */
    public Impairment withBottleneck(long rateBitsPerSecond, long maxQueueUs) {
        return new Impairment(
                delayUs,
                jitterUs,
                loss,
                burstRate,
                burstLength,
                duplication,
                damage,
                rateBitsPerSecond,
                maxQueueUs,
                blackouts);
    }

    public Impairment withBlackouts(List<Blackout> times) {
        return new Impairment(
                delayUs, jitterUs, loss, burstRate, burstLength, duplication, damage, bitsPerSecond, queueUs, times);
    }
}
