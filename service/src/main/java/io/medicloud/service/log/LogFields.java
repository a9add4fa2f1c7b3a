// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.event.KeyValuePair;

/** The names of the fields that log lines may have besides what every line has. */
public final class LogFields {
    /** The stream's live id. */
    public static final String STREAM = "stream";
    /** One connection of an encoder: the same on all lines from its beginning to the next one's. */
    public static final String SESSION = "session";
    /** Who it is: an address. */
    public static final String PEER = "peer";
    /** Who calls the API: its name, as its token or certificate says. */
    public static final String CLIENT = "client";
    /** A segment's number. */
    public static final String SEGMENT = "segment";
    /** The trace that it belongs to, 32 hexadecimal digits. */
    public static final String TRACE_ID = "trace_id";
    /** The place in that trace, 16 hexadecimal digits. */
    public static final String SPAN_ID = "span_id";

    private LogFields() {}

    /** Those of a line: the thread's, and its own, which go before. */
    public static Map<String, String> of(ILoggingEvent event) {
        Map<String, String> fields = new LinkedHashMap<>(event.getMDCPropertyMap());
        List<KeyValuePair> own = event.getKeyValuePairs();
        for (KeyValuePair pair : Objects.requireNonNullElse(own, List.<KeyValuePair>of())) {
            fields.put(pair.key, String.valueOf(pair.value));
        }
        return fields;
    }
}
