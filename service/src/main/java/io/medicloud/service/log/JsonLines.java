// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.Set;

/** Writes a line of the log as one JSON object, in ASCII, with the {@link LogFields} that it has. Called by one thread at a time. */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final Set<String> EVERY = Set.of("time", "level", "logger", "thread", "message", "error");
    private static final byte[] NOTHING = {};
    private static final int MILLISECONDS = 3;
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(MILLISECONDS).toFormatter();

    private final JsonFactory json = JsonFactory.builder()
            // A terminal, or what splits lines, takes other characters for more than they are.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator object = json.createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
            object.writeStringField("level", event.getLevel().toString());
            object.writeStringField("logger", event.getLoggerName());
            object.writeStringField("thread", event.getThreadName());
            object.writeStringField("message", event.getFormattedMessage());
            for (Map.Entry<String, String> field : LogFields.of(event).entrySet()) {
                if (!EVERY.contains(field.getKey())) {
                    object.writeStringField(field.getKey(), field.getValue());
                }
            }
            if (event.getThrowableProxy() != null) {
                object.writeStringField("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            object.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes what is written", e);
        }
        line.write('\n');
        return line.toByteArray();
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
