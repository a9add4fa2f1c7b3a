// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again now and then, and tells when it has changed and two looks in a row agree, or when somebody asks for a look. A faulty one is told in the log, once, and changes nothing. A listener that fails keeps no other from
 * hearing of a change; that it failed is told, and it hears of what it has missed with the next change, or when somebody asks for a look.
 */
public final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);

    /** How the configuration is read. */
    @FunctionalInterface
    public interface Loading {
        /** Reads all of it. */
        LoadedConfig load() throws ConfigException;
    }

    /** Hears of another configuration, on the watch's thread. */
    public interface Listener {
        /** It is sound, and another than the last. */
        void onChange(ServiceConfig now, List<LoadedConfig.Change> changes);

        /** It is faulty, and the one before stays in force; or a listener could not take it. */
        void onFaulty();
    }

    private final Loading loading;
    private final List<Hearing> hearings;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "config-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final LoadedConfig first;
    private LoadedConfig last;
    /** Read once; null if what was read last is {@link #last}. */
    private @Nullable LoadedConfig seen;

    private String seenFault = "";
    private String toldFault = "";

    /** What a listener has taken. */
    private static final class Hearing {
        private final Listener listener;
        private LoadedConfig taken;
        /** What it could not take, or not all of; null if it took the last. */
        private @Nullable LoadedConfig failed;

        private Hearing(Listener listener, LoadedConfig taken) {
            this.listener = listener;
            this.taken = taken;
        }

        private List<LoadedConfig.Change> missed(LoadedConfig now) {
            List<LoadedConfig.Change> changes = now.changesSince(taken);
            return changes.isEmpty() && failed != null ? now.changesSince(failed) : changes;
        }

        /** False if it failed. */
        private boolean tell(LoadedConfig now) {
            List<LoadedConfig.Change> changes = missed(now);
            if (changes.isEmpty()) {
                return true;
            }
            try {
                listener.onChange(now.service(), changes);
                taken = now;
                failed = null;
                return true;
            } catch (RuntimeException e) {
                failed = now;
                LOG.error(
                        "the configuration was changed, and a part of the service could not take it; it hears of it"
                                + " again with the next change, or at SIGHUP",
                        e);
                return false;
            }
        }
    }

    /**
     * Begins to look.
     *
     * @param first what is in force
     * @param listeners in the order in which they hear of a change
     */
    @SuppressWarnings("FutureReturnValueIgnored") // a look throws nothing
    public ConfigWatch(LoadedConfig first, Loading loading, Duration every, Listener... listeners) {
        this.first = first;
        this.last = first;
        this.loading = loading;
        this.hearings = Stream.of(listeners)
                .map(listener -> new Hearing(listener, first))
                .toList();
        timer.scheduleWithFixedDelay(() -> look(false), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks now, and says in the log what was found, also if that is nothing new. Thread-safe. */
    @SuppressWarnings("FutureReturnValueIgnored") // a look throws nothing
    public void lookNow() {
        timer.execute(() -> look(true));
    }

    private void look(boolean wasAsked) {
        if (wasAsked) {
            toldFault = "";
        }
        try {
            LoadedConfig now = loading.load();
            ReloadRules.check(first, last, now);
            seenFault = "";
            take(now, wasAsked);
        } catch (ConfigException e) {
            onFault(String.join("; ", e.faults()), wasAsked);
        } catch (RuntimeException e) {
            LOG.error("the configuration cannot be read again", e);
        }
    }

    private void take(LoadedConfig now, boolean wasAsked) {
        boolean isOther = !now.changesSince(last).isEmpty();
        boolean isSettled = seen != null && now.changesSince(seen).isEmpty();
        if (isOther && !isSettled && !wasAsked) {
            seen = now; // a file that is being written may be whole the next time
            return;
        }
        boolean isSoundAgain = !toldFault.isEmpty();
        toldFault = "";
        seen = null;
        last = now;
        if (isOther || wasAsked) {
            tell(now);
        } else if (isSoundAgain) {
            LOG.info("the configuration is sound again, and what is in force");
        }
    }

    private void onFault(String fault, boolean wasAsked) {
        boolean isSettled = fault.equals(seenFault);
        seenFault = fault;
        seen = null;
        if ((isSettled || wasAsked) && !fault.equals(toldFault)) {
            toldFault = fault;
            LOG.error("the configuration was changed and is faulty; the one before stays in force: {}", fault);
            tellFaulty();
        }
    }

    private void tell(LoadedConfig now) {
        boolean isMissed =
                hearings.stream().anyMatch(hearing -> !hearing.missed(now).isEmpty());
        if (!isMissed) {
            LOG.info("the configuration was read again: it is as it was");
            return;
        }
        boolean isTaken = true;
        for (Hearing hearing : hearings) {
            isTaken &= hearing.tell(now);
        }
        if (!isTaken) {
            tellFaulty();
        }
    }

    private void tellFaulty() {
        for (Hearing hearing : hearings) {
            try {
                hearing.listener.onFaulty();
            } catch (RuntimeException e) {
                LOG.error("a part of the service could not be told that the configuration is faulty", e);
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
