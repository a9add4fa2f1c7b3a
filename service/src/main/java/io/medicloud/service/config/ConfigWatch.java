// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration again now and then, and tells when it has changed. A faulty one is told in the log, once, and changes nothing. */
public final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);

    /** How the configuration is read. */
    @FunctionalInterface
    public interface Loading {
        /** Reads all of it. */
        ServiceConfig load() throws ConfigException;
    }

    private final Loading loading;
    private final Consumer<ServiceConfig> onChange;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "config-watch");
        thread.setDaemon(true);
        return thread;
    });
    private ServiceConfig last;
    private String toldFault = "";

    /**
     * Begins to look.
     *
     * @param first what is in force
     * @param onChange called with a configuration that is sound and another than the last
     */
    @SuppressWarnings("FutureReturnValueIgnored") // a look throws nothing
    public ConfigWatch(ServiceConfig first, Loading loading, Duration every, Consumer<ServiceConfig> onChange) {
        this.last = first;
        this.loading = loading;
        this.onChange = onChange;
        timer.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            ServiceConfig now = loading.load();
            toldFault = "";
            if (!now.equals(last)) {
                last = now;
                onChange.accept(now);
            }
        } catch (ConfigException e) {
            String fault = String.join("; ", e.faults());
            if (!fault.equals(toldFault)) {
                toldFault = fault;
                LOG.error("the configuration was changed and is faulty; the one before stays in force: {}", fault);
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
