// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import io.medicloud.pipeline.event.EventText;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.EventLog;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LogFollower;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.text.Fields;
import io.medicloud.service.cluster.NatsEvents;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of all nodes as one log: those of this node's record are published there, each until it is there. Thread-safe. */
public final class SharedLog implements EventLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLog.class);
    private static final String TYPE = "type";
    private static final String STREAM = "stream";
    private static final String AT = "at-ms";
    private static final String FIELDS = "fields";
    private static final String NODE = "node";
    private static final int AGAIN_MS = 300;

    private final NatsEvents events;
    private final LogFollower follower;

    /** Begins to publish the events of a node's record, from the first one that was not published. */
    SharedLog(NatsEvents events, Ledger ledger, String nodeId) {
        this.events = events;
        this.follower = new LogFollower("cluster-events", ledger, event -> publish(nodeId, event));
    }

    private void publish(String nodeId, LoggedEvent event) throws InterruptedException {
        String text = write(nodeId, event.event());
        while (true) {
            try {
                events.publish(nodeId, event.cursor(), text);
                return;
            } catch (IOException e) {
                LOG.debug("an event is published later: {}", e.getMessage());
                TimeUnit.MILLISECONDS.sleep(AGAIN_MS);
            }
        }
    }

    private static String write(String nodeId, StreamEvent event) {
        EventText text = EventText.of(event);
        return new Fields()
                .put(NODE, nodeId)
                .put(TYPE, text.type())
                .put(STREAM, event.streamId())
                .put(AT, event.at().toEpochMilli())
                .put(FIELDS, text.fields())
                .write();
    }

    private static StreamEvent read(String text) {
        Fields fields = Fields.read(text);
        return new EventText(fields.text(TYPE), fields.text(FIELDS))
                .toEvent(fields.text(STREAM), Instant.ofEpochMilli(fields.number(AT)));
    }

    /** How many events of this node are not published yet. */
    public long lag() {
        return follower.lag();
    }

    @Override
    public List<LoggedEvent> events(long afterCursor, int most) throws LedgerException {
        return ask(() -> {
            List<LoggedEvent> found = new ArrayList<>();
            for (NatsEvents.Entry entry : events.after(afterCursor, most)) {
                try {
                    found.add(new LoggedEvent(entry.cursor(), read(entry.text())));
                } catch (IllegalArgumentException e) {
                    LOG.debug("an event of another version is passed over", e);
                }
            }
            return found;
        });
    }

    @Override
    public long firstCursor() throws LedgerException {
        return ask(events::first);
    }

    @Override
    public long lastCursor() throws LedgerException {
        return ask(events::last);
    }

    @Override
    public Runnable addTail(Runnable tail) {
        return events.addTail(tail);
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T ask(Question<T> question) throws LedgerException {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new LedgerException("the events of all nodes cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        follower.close();
    }
}
