// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.QueryParams;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What of a recording is asked for: {@code ?from=…&to=…}, as RFC 3339 has times of day, or in milliseconds since 1970.
 *
 * @param fromMs from there on; 0 from the beginning
 * @param toMs up to there; {@link Long#MAX_VALUE} to the end
 */
record TimeRange(long fromMs, long toMs) {
    static final TimeRange ALL = new TimeRange(0, Long.MAX_VALUE);

    static TimeRange of(QueryParams query) throws HlsException {
        TimeRange range =
                new TimeRange(time("from", query.get("from"), 0), time("to", query.get("to"), Long.MAX_VALUE));
        if (range.fromMs >= range.toMs) {
            throw HlsException.badRequest("from: is not before to");
        }
        return range;
    }

    private static long time(String name, @Nullable String text, long otherwise) throws HlsException {
        if (text == null) {
            return otherwise;
        }
        try {
            return text.matches("[0-9]{1,15}")
                    ? Long.parseLong(text)
                    // A plus sign that was not escaped comes as a space.
                    : OffsetDateTime.parse(text.replace(' ', '+')).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw HlsException.badRequest(name + ": no time such as 2026-11-29T01:30:00Z, or milliseconds since 1970");
        }
    }

    boolean isAll() {
        return equals(ALL);
    }

    boolean isOver(long nowMs) {
        return toMs <= nowMs;
    }

    /** As it stands behind a question mark, in milliseconds; empty for everything. */
    String query() {
        StringBuilder query = new StringBuilder();
        if (fromMs > 0) {
            query.append("from=").append(fromMs);
        }
        if (toMs < Long.MAX_VALUE) {
            query.append(query.isEmpty() ? "" : "&").append("to=").append(toMs);
        }
        return query.toString();
    }
}
