// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Bounds how often an address may be wrong: as often as a client may call. Signatures are not even checked past that, nor ten times as often at all: who floods with tokens costs little
 * then, whatever their signatures. Of static tokens none is tested then but those that were right from that address before: one client is not to keep out the others behind its proxy. Thread-safe.
 */
final class ProofLimits {
    private static final int MOST_ADDRESSES = 10_000;
    /** Several clients that prove who they are may share an address. */
    private static final int CHECKS_A_CALL = 10;

    private final Supplier<CallRate> rate;
    private final LongSupplier nanoClock;
    private final RateTable checks = new RateTable(MOST_ADDRESSES);
    private final RateTable failures = new RateTable(MOST_ADDRESSES);
    private final RateTable signatures = new RateTable(MOST_ADDRESSES);

    /** @param rate how often a client may call, asked each time */
    ProofLimits(Supplier<CallRate> rate, LongSupplier nanoClock) {
        this.rate = rate;
        this.nanoClock = nanoClock;
    }

    /** 0 if a signature may be checked, which counts; else how many nanoseconds that address has to wait. */
    long take(String address) {
        CallRate now = rate.get();
        long nowNs = nanoClock.getAsLong();
        long wait = failures.look(address, now, nowNs);
        CallRate most = new CallRate(times(now.perSecond()), times(now.burst()));
        return wait > 0 ? wait : checks.take(address, most, nowNs);
    }

    /** How many nanoseconds an address has to wait before another token of it is tested; 0 if it may be. */
    long waitNs(String address) {
        return failures.look(address, rate.get(), nanoClock.getAsLong());
    }

    private static int times(int calls) {
        return (int) Math.min(Integer.MAX_VALUE, (long) calls * CHECKS_A_CALL);
    }

    /** The token was not known; or its signature, or what that stands under, was no good. 0, or how many nanoseconds an address has to wait that was wrong so often. */
    long onFailed(String address) {
        return failures.take(address, rate.get(), nanoClock.getAsLong());
    }

    /** A signed address was wrong: as above, and by itself, as many players may go on with addresses whose secret was changed, and keep nobody's token from being looked at. */
    long onWrongSignature(String address) {
        return signatures.take(address, rate.get(), nanoClock.getAsLong());
    }
}
