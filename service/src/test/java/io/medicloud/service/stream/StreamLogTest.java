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
import java.util.Map;
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

    @Test
    void aThousandSegmentsThatAreNotStoredAreOneLineWithAllItsFields() {
        log.onEvent(new StreamEvent.Connected("live", AT, "192.0.2.7:4000"));
        for (int i = 2; i <= 1001; i++) {
            log.onEvent(notStored(i, true));
        }
        log.onEvent(notStored(2, false));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        log.onEvent(notStored(1002, true));

        assertThat(lines.list)
                .extracting(line -> line.getLevel() + " " + line.getFormattedMessage())
                .containsExactly(
                        "INFO live: 192.0.2.7:4000 is connected",
                        "WARN live: segment 2 is not stored yet: no answer",
                        "WARN live: segment 2 is not stored: no answer",
                        "WARN live: segment 1002 is not stored yet: no answer; 999 such lines before");
        assertThat(LogFields.of(lines.list.get(1)))
                .isEqualTo(Map.of(
                        LogFields.STREAM, "live",
                        LogFields.SESSION, field(0, LogFields.SESSION),
                        LogFields.PEER, "192.0.2.7:4000",
                        LogFields.SEGMENT, "2",
                        LogFields.TRACE_ID, TRACE,
                        LogFields.SPAN_ID, "00f067aa0ba902b7"));
    }

    private static StreamEvent notStored(long sequence, boolean retried) {
        return new StreamEvent.UploadFailed("live", AT, sequence, "live/segment.ts", "no answer", retried);
    }

    @Test
    void limitsAreToldOfAStreamAndOfAll() {
        log.onEvent(new StreamEvent.Connected("live", AT, "192.0.2.7:4000"));
        for (int i = 0; i < 1000; i++) {
            log.onEvent(new StreamEvent.LimitReached("live", AT, "stream.maxBitrate", "what is past it is dropped"));
        }
        log.onEvent(new StreamEvent.LimitReached("", AT, "spool.maxBytes", "no stream is added"));
        log.onEvent(new StreamEvent.LimitReached("", AT, "upload.maxBytes", "upload.maxBytes: 5 bytes wait"));
        log.onEvent(new StreamEvent.LimitCleared("", AT, "spool.maxBytes", "streams are added"));

        assertThat(lines.list)
                .extracting(line -> line.getLevel() + " " + line.getFormattedMessage())
                .containsExactly(
                        "INFO live: 192.0.2.7:4000 is connected",
                        "WARN live: stream.maxBitrate: what is past it is dropped",
                        "WARN spool.maxBytes: no stream is added",
                        "WARN upload.maxBytes: 5 bytes wait",
                        "INFO spool.maxBytes: streams are added");
        assertThat(field(1, LogFields.PEER)).isEqualTo("192.0.2.7:4000");
        assertThat(LogFields.of(lines.list.get(2))).isEmpty();
    }

    @Test
    void whoIsTurnedAwayIsThePeerAndNotWhoSends() {
        log.onEvent(new StreamEvent.Connected("live", AT, "192.0.2.7:4000"));
        log.onEvent(new StreamEvent.CallersRefused("live", AT, 1, "/198.51.100.1:5000", "wrong passphrase: 1"));

        assertThat(LogFields.of(lines.list.get(1)))
                .isEqualTo(Map.of(LogFields.STREAM, "live", LogFields.PEER, "198.51.100.1:5000"));
    }
}
