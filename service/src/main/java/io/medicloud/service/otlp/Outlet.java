// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.service.config.OtlpConfig.Signal;
import io.medicloud.service.telemetry.RecordCounts;
import io.medicloud.service.telemetry.RecordCounts.Result;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way out for one kind of record: only so many may be on it, and what becomes of each is counted. Thread-safe; blocks nobody. */
final class Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(Outlet.class);

    private final Signal signal;
    private final String endpoint;
    private final int most;
    private final RecordCounts counts;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean isFailing = new AtomicBoolean();

    /** @param most how many may wait, with those under way */
    Outlet(Signal signal, String endpoint, int most, RecordCounts counts) {
        this.signal = signal;
        this.endpoint = endpoint;
        this.most = most;
        this.counts = counts;
    }

    /** May one more wait? If not, it is counted as dropped. */
    boolean tryEnter() {
        if (waiting.incrementAndGet() <= most) {
            return true;
        }
        waiting.decrementAndGet();
        counts.add(signal, Result.DROPPED, 1);
        return false;
    }

    /** So many of those that entered are being sent. */
    CompletableResultCode watch(int count, CompletableResultCode sending) {
        return sending.whenComplete(() -> {
            waiting.addAndGet(-count);
            onSent(count, sending.isSuccess());
        });
    }

    /** So many were sent, or could not be. */
    void onSent(int count, boolean isSent) {
        counts.add(signal, isSent ? Result.SENT : Result.FAILED, count);
        if (isFailing.compareAndSet(isSent, !isSent)) {
            String what = signal.name().toLowerCase(Locale.ROOT);
            if (isSent) {
                LOG.info("otlp.endpoint: {} takes {} again", endpoint, what);
            } else {
                LOG.warn("otlp.endpoint: {} does not take {}; more are kept as far as otlp.queue goes", endpoint, what);
            }
        }
    }
}
