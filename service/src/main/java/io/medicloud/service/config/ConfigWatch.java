// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration again now and then, and tells when it has changed. A faulty one is told in the log, once, and changes nothing. */
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

        /** It is faulty: the one before stays in force. */
        void onFaulty();
    }

    private final Loading loading;
    private final Listener listener;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "config-watch");
        thread.setDaemon(true);
        return thread;
    });
    private LoadedConfig last;
    private String toldFault = "";

    /**
     * Begins to look.
     *
     * @param first what is in force
     */
    @SuppressWarnings("FutureReturnValueIgnored") // a look throws nothing
    public ConfigWatch(LoadedConfig first, Loading loading, Duration every, Listener listener) {
        this.last = first;
        this.loading = loading;
        this.listener = listener;
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
            toldFault = "";
            List<LoadedConfig.Change> changes = now.changesSince(last);
            last = now;
            if (!changes.isEmpty()) {
                listener.onChange(now.service(), changes);
            } else if (wasAsked) {
                LOG.info("the configuration was read again: it is as it was");
            }
        } catch (ConfigException e) {
            String fault = String.join("; ", e.faults());
            if (!fault.equals(toldFault)) {
                toldFault = fault;
                LOG.error("the configuration was changed and is faulty; the one before stays in force: {}", fault);
                listener.onFaulty();
            }
        } catch (RuntimeException e) {
            LOG.error("the configuration cannot be read again", e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
