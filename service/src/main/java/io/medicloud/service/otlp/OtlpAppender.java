// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.medicloud.service.log.LogFields;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.util.Map;

/** Sends log lines as log records, with the fields that they have as JSON. Blocks nobody: what may not wait is dropped. */
final class OtlpAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final LoggerProvider loggers;

    OtlpAppender(LoggerProvider loggers) {
        this.loggers = loggers;
        setName("OTLP");
    }

    @Override
    protected void append(ILoggingEvent event) {
        Map<String, String> fields = LogFields.of(event);
        LogRecordBuilder line = loggers.get(event.getLoggerName())
                .logRecordBuilder()
                .setTimestamp(event.getInstant())
                .setSeverity(severity(event.getLevel()))
                .setSeverityText(event.getLevel().toString())
                .setBody(event.getFormattedMessage())
                .setContext(context(fields))
                .setAttribute(Keys.THREAD, event.getThreadName());
        fields.forEach((name, value) -> {
            if (!name.equals(LogFields.TRACE_ID) && !name.equals(LogFields.SPAN_ID)) {
                line.setAttribute(name, value);
            }
        });
        if (event.getThrowableProxy() != null) {
            line.setAttribute(Keys.EXCEPTION, ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        line.emit();
    }

    private static Context context(Map<String, String> fields) {
        SpanContext span = SpanContext.create(
                fields.getOrDefault(LogFields.TRACE_ID, ""),
                fields.getOrDefault(LogFields.SPAN_ID, ""),
                TraceFlags.getSampled(),
                TraceState.getDefault());
        return span.isValid() ? Context.root().with(Span.wrap(span)) : Context.root();
    }

    private static Severity severity(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> Severity.ERROR;
            case Level.WARN_INT -> Severity.WARN;
            case Level.DEBUG_INT -> Severity.DEBUG;
            case Level.TRACE_INT -> Severity.TRACE;
            default -> Severity.INFO;
        };
    }
}
