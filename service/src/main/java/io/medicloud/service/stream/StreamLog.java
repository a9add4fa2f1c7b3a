// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.log.FaultDigest;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.telemetry.EventSegments;
import io.medicloud.service.telemetry.TraceFinder;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One log line for each thing that happens to a stream, with its fields; of faults one a second of each kind at the most. Thread-safe. */
public final class StreamLog implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLog.class);

    private final TraceFinder traces;
    private final FaultDigest faults;
    /** By live id, of streams that are open. */
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    /** One connection of an encoder. */
    private record Session(String id, String peer) {
        static Session of(String peer) {
            return new Session(
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()), address(peer));
        }
    }

    /** @param traces tells which trace a segment is followed by */
    public StreamLog(TraceFinder traces, LongSupplier nanoClock) {
        this.traces = traces;
        this.faults = new FaultDigest(nanoClock);
    }

    @Override
    public void onEvent(StreamEvent event) {
        String id = event.streamId();
        if (event instanceof StreamEvent.Connected e) {
            sessions.put(id, Session.of(e.peer()));
            line(Level.INFO, event).log("{}: {} is connected", id, e.peer());
        } else if (event instanceof StreamEvent.MediaFlowing) {
            line(Level.INFO, event).log("{}: media flows", id);
        } else if (event instanceof StreamEvent.SegmentSealed e) {
            line(Level.DEBUG, event)
                    .log(
                            "{}: segment {} is sealed, {} s, {} bytes{}",
                            id,
                            e.facts().sequence(),
                            e.facts().durationSeconds(),
                            e.facts().bytes(),
                            e.incomplete() ? ", incomplete" : "");
        } else if (event instanceof StreamEvent.SegmentUploaded e) {
            line(Level.INFO, event).log("{}: {} is stored, {} bytes", id, e.key(), e.bytes());
        } else if (event instanceof StreamEvent.UploadFailed e) {
            String what =
                    "segment " + e.sequence() + " is not stored" + (e.retried() ? " yet" : "") + ": " + e.reason();
            fault(Level.WARN, event, e.retried() ? "" : "given up", what);
        } else if (event instanceof StreamEvent.SegmentLost e) {
            fault(event, "segment " + e.sequence() + " is lost: " + e.reason());
        } else if (event instanceof StreamEvent.BytesDropped e) {
            fault(event, e.bytes() + " bytes are dropped: " + e.reason());
        } else if (event instanceof StreamEvent.Stalled e) {
            fault(event, e.reason());
        } else if (event instanceof StreamEvent.ProgramChanged e) {
            fault(Level.INFO, event, "", "the program changes: " + e.reason());
        } else if (event instanceof StreamEvent.LimitReached e) {
            fault(Level.WARN, event, e.limit(), limit(e.limit(), e.reason()));
        } else if (event instanceof StreamEvent.LimitCleared e) {
            fault(Level.INFO, event, e.limit(), limit(e.limit(), e.reason()));
        } else if (event instanceof StreamEvent.QualityAlarm e) {
            fault(event, e.reason());
        } else if (event instanceof StreamEvent.Updated e) {
            line(Level.INFO, event).log("{}: is changed: {}", id, e.reason());
        } else if (event instanceof StreamEvent.CallersRefused e && !id.isEmpty()) {
            line(Level.INFO, event)
                    .log("{}: callers are turned away ({}), the last one at {}", id, e.reason(), e.peer());
        } else if (event instanceof StreamEvent.Disconnected e) {
            line(Level.INFO, event).log("{}: the encoder is gone: {}", id, e.reason());
        } else if (event instanceof StreamEvent.Ended e) {
            line(Level.INFO, event).log("{}: ended: {}{}{}", id, e.reason(), left(e.leftInSpool()), leftOut(id));
            sessions.remove(id);
        } else if (event instanceof StreamEvent.Failed e) {
            line(Level.WARN, event).log("{}: failed: {}{}{}", id, e.reason(), left(e.leftInSpool()), leftOut(id));
            sessions.remove(id);
        }
    }

    private void fault(StreamEvent event, String what) {
        fault(Level.WARN, event, "", what);
    }

    /** @param which what tells apart events of one type that do not stand for each other */
    private void fault(Level level, StreamEvent event, String which, String what) {
        int before = faults.admit(event.streamId(), event.getClass().getSimpleName() + which);
        if (before != FaultDigest.LEFT_OUT) {
            line(level, event)
                    .log(
                            "{}{}{}{}",
                            event.streamId(),
                            event.streamId().isEmpty() ? "" : ": ",
                            what,
                            before == 0 ? "" : "; " + before + " such lines before");
        }
    }

    /** Some reasons begin with the limit's name. */
    private static String limit(String limit, String reason) {
        return reason.startsWith(limit) ? reason : limit + ": " + reason;
    }

    /** One that was not looked up by its name begins with a slash. */
    private static String address(String peer) {
        return peer.replaceFirst("^/", "");
    }

    private LoggingEventBuilder line(Level level, StreamEvent event) {
        LoggingEventBuilder line = LOG.atLevel(level);
        if (!LOG.isEnabledForLevel(level)) {
            return line;
        }
        if (!event.streamId().isEmpty()) {
            line = line.addKeyValue(LogFields.STREAM, event.streamId());
        }
        Session session = sessions.get(event.streamId());
        if (event instanceof StreamEvent.CallersRefused refused) {
            line = line.addKeyValue(LogFields.PEER, address(refused.peer()));
        } else if (session != null) {
            line = line.addKeyValue(LogFields.SESSION, session.id()).addKeyValue(LogFields.PEER, session.peer());
        }
        long sequence = EventSegments.sequence(event);
        if (sequence == EventSegments.NONE) {
            return line;
        }
        line = line.addKeyValue(LogFields.SEGMENT, sequence);
        TraceFinder.Trace trace = traces.find(event.streamId(), sequence);
        return trace == null
                ? line
                : line.addKeyValue(LogFields.TRACE_ID, trace.traceId()).addKeyValue(LogFields.SPAN_ID, trace.spanId());
    }

    private static String left(int segments) {
        return segments == 0 ? "" : "; " + segments + " segments wait to be uploaded";
    }

    private String leftOut(String id) {
        int lines = faults.forget(id);
        return lines == 0 ? "" : "; " + lines + " lines about it were left out";
    }
}
