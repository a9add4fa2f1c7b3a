// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.medicloud.service.config.LogConfig;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The process's log, as a configuration wants it, changed while it is written; when it is closed it is as the process began. There may be one at a time. Thread-safe.
 */
public final class LogOutput implements AutoCloseable {
    private static final String APPENDER = "STDERR";

    private LogConfig current = LogConfig.DEFAULT;
    /** The encoder for people, while another is in its place. */
    private @Nullable Encoder<ILoggingEvent> text;
    /** What loggers had of their own, null for nothing, while they have another level. */
    private final Map<String, @Nullable Level> before = new HashMap<>();

    /** Begins as the process did. */
    public LogOutput() {}

    /** Goes on as it says. */
    public synchronized void apply(LogConfig config) {
        if (config.equals(current)) {
            return;
        }
        current = config;
        setFormat(config.isJson());
        before.forEach((name, level) -> logger(name).setLevel(level));
        before.clear();
        config.levels().forEach((name, level) -> {
            Logger logger = logger(name);
            before.put(name, logger.getLevel());
            logger.setLevel(Level.toLevel(level));
        });
    }

    private void setFormat(boolean isJson) {
        if (!(root().getAppender(APPENDER) instanceof OutputStreamAppender<ILoggingEvent> appender)) {
            return;
        }
        Encoder<ILoggingEvent> plain = text;
        if (isJson && plain == null) {
            text = appender.getEncoder();
            JsonLines lines = new JsonLines();
            lines.setContext(root().getLoggerContext());
            lines.start();
            appender.setEncoder(lines);
        } else if (!isJson && plain != null) {
            text = null;
            appender.setEncoder(plain);
        }
    }

    private static Logger root() {
        return logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static Logger logger(String name) {
        return context().getLogger(name);
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /** Sends every line there, too. */
    public static void add(Appender<ILoggingEvent> appender) {
        appender.setContext(context());
        appender.start();
        root().addAppender(appender);
    }

    /** No longer. */
    public static void remove(Appender<ILoggingEvent> appender) {
        root().detachAppender(appender);
        appender.stop();
    }

    @Override
    public void close() {
        apply(LogConfig.DEFAULT);
    }
}
