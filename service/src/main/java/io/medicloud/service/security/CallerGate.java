// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtVerdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns away callers over SRT by where they call from, before it is asked what they want: from outside the ranges allowed ({@code FORBIDDEN}), too often, or after they were refused again and
 * again for what they asked for or for their passphrase ({@code OVERLOAD}). Callers have proven their addresses by then. Connections that exist are left alone. Thread-safe; never blocks.
 */
public final class CallerGate {
    private static final Logger LOG = LoggerFactory.getLogger(CallerGate.class);
    private static final int MOST_ADDRESSES = 10_000;
    private static final int BURST_S = 10;
    private static final long LEAST_LOG_NS = TimeUnit.SECONDS.toNanos(10);
    /** What somebody tries out who does not know. */
    private static final Set<RejectReason> FAILURES =
            Set.of(RejectReason.BAD_REQUEST, RejectReason.NOT_FOUND, RejectReason.BAD_MODE, RejectReason.UNAUTHORIZED);

    private final Supplier<CallerRules> rules;
    private final LongSupplier nanoClock;
    private final RateTable handshakes = new RateTable(MOST_ADDRESSES);
    private final CallerBans bans = new CallerBans(MOST_ADDRESSES);
    private final LongAdder strangers = new LongAdder();
    private final LongAdder tooMany = new LongAdder();
    private final LongAdder banned = new LongAdder();
    private final AtomicLong lastLogNs;

    /** @param rules what is in force, asked at each call */
    public CallerGate(Supplier<CallerRules> rules, LongSupplier nanoClock) {
        this.rules = rules;
        this.nanoClock = nanoClock;
        this.lastLogNs = new AtomicLong(nanoClock.getAsLong() - LEAST_LOG_NS);
    }

    /** Decides about those that are let through to it. */
    @FunctionalInterface
    public interface Admission {
        /** The verdict; what becomes of one that is accepted is told to the caller's record. */
        SrtVerdict decide(SrtRequest request, Caller caller);
    }

    /** Hears of callers that are turned away, on the stack's threads: must not block. */
    @FunctionalInterface
    public interface Refusals {
        /** One was. */
        void onRefused(CallerRefusal why, InetSocketAddress peer);
    }

    /** One caller's record. */
    public final class Caller {
        private final String address;

        private Caller(String address) {
            this.address = address;
        }

        /** It has proven that it knows the passphrase. */
        public void onConnected() {
            bans.onSuccess(address);
        }

        /** It asked for something that is not there, or does not know the passphrase. */
        public void onFailed() {
            long banNs = bans.onFailure(address, rules.get(), nanoClock.getAsLong());
            if (banNs > 0) {
                log(
                        address,
                        "failed too often: it is not listened to for "
                                + Duration.ofNanos(banNs).toSeconds() + " s");
            }
        }
    }

    /**
     * The verdict on one caller.
     *
     * @param refusals told if it is turned away here
     */
    public SrtVerdict decide(SrtRequest request, Admission admission, Refusals refusals) {
        CallerRules now = rules.get();
        InetAddress from = request.peer().getAddress();
        if (now.deny().contains(request.peer())
                || (!now.allow().isEmpty() && !now.allow().contains(request.peer()))) {
            strangers.increment();
            refusals.onRefused(CallerRefusal.ADDRESS, request.peer());
            log(from.getHostAddress(), "is not among those that srt.allow and srt.deny let in");
            return SrtVerdict.reject(RejectReason.FORBIDDEN);
        }
        String address = ClientAddress.of(from);
        long nowNs = nanoClock.getAsLong();
        if (bans.isBanned(address, nowNs)) {
            banned.increment();
            refusals.onRefused(CallerRefusal.BANNED, request.peer());
            return SrtVerdict.reject(RejectReason.OVERLOAD);
        }
        CallRate rate = new CallRate(now.handshakesPerSecond(), now.handshakesPerSecond() * BURST_S);
        if (handshakes.take(address, rate, nowNs) > 0) {
            tooMany.increment();
            refusals.onRefused(CallerRefusal.RATE, request.peer());
            log(address, "calls more often than srt.handshakesPerSecond");
            return SrtVerdict.reject(RejectReason.OVERLOAD);
        }
        Caller caller = new Caller(address);
        SrtVerdict verdict = admission.decide(request, caller);
        if (verdict instanceof SrtVerdict.Reject reject && FAILURES.contains(reject.reason())) {
            caller.onFailed();
        }
        return verdict;
    }

    private void log(String address, String what) {
        long nowNs = nanoClock.getAsLong();
        long last = lastLogNs.get();
        if (nowNs - last >= LEAST_LOG_NS && lastLogNs.compareAndSet(last, nowNs)) {
            LOG.info(
                    "a caller at {} {}; turned away so far: {} by address, {} by rate, {} while banned",
                    address,
                    what,
                    strangers.sum(),
                    tooMany.sum(),
                    banned.sum());
        }
    }

    /** Callers from where none may call. */
    public long strangers() {
        return strangers.sum();
    }

    /** Callers that called too often. */
    public long tooMany() {
        return tooMany.sum();
    }

    /** Callers that were not listened to. */
    public long banned() {
        return banned.sum();
    }

    /** Addresses that failed lately. */
    public long failing() {
        return bans.size();
    }

    /** Addresses whose calls are counted. */
    public long counted() {
        return handshakes.size();
    }
}
