// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.telemetry.TraceFinder;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class StreamLogTest {
    private static final Instant AT = Instant.EPOCH;
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final Logger logger = (Logger) LoggerFactory.getLogger(StreamLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final AtomicLong nanos = new AtomicLong();
    private final StreamLog log = new StreamLog(
            (streamId, sequence) -> sequence == 2 ? new TraceFinder.Trace(TRACE, "00f067aa0ba902b7") : null,
            nanos::get);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    private String field(int line, String name) {
        return LogFields.of(lines.list.get(line)).getOrDefault(name, "");
    }

    @Test
    void everyLineNamesStreamConnectionAndSegment() {
        log.onEvent(new StreamEvent.Connected("live", AT, "192.0.2.7:4000"));
        log.onEvent(new StreamEvent.SegmentUploaded("live", AT, 2, "live/segment_0002.ts", 188, 1));
        log.onEvent(new StreamEvent.Connected("live", AT, "192.0.2.8:4000"));
        log.onEvent(new StreamEvent.MediaFlowing("live", AT));

        assertThat(field(1, LogFields.STREAM)).isEqualTo("live");
        assertThat(field(1, LogFields.SEGMENT)).isEqualTo("2");
        assertThat(field(1, LogFields.PEER)).isEqualTo("192.0.2.7:4000");
        assertThat(field(1, LogFields.TRACE_ID)).isEqualTo(TRACE);
        assertThat(field(1, LogFields.SESSION))
                .isEqualTo(field(0, LogFields.SESSION))
                .hasSize(8);
        assertThat(field(3, LogFields.PEER)).isEqualTo("192.0.2.8:4000");
        assertThat(field(3, LogFields.SESSION)).isNotEqualTo(field(0, LogFields.SESSION));
    }

    @Test
    void aThousandFaultsInASecondAreOneLineAndOneOfEachOtherStream() {
        for (int i = 1; i <= 1000; i++) {
            log.onEvent(new StreamEvent.SegmentLost("live", AT, i, "why"));
        }
        log.onEvent(new StreamEvent.SegmentLost("other", AT, 1, "why"));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        log.onEvent(new StreamEvent.SegmentLost("live", AT, 1001, "why"));
        log.onEvent(new StreamEvent.SegmentLost("live", AT, 1002, "why"));
        log.onEvent(new StreamEvent.Ended("live", AT, "stopped", 0));

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(List.of(
                        "live: segment 1 is lost: why",
                        "other: segment 1 is lost: why",
                        "live: segment 1001 is lost: why; 999 such lines before",
                        "live: ended: stopped; 1 lines about it were left out"));
    }
}
