// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.EventLog;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.service.proto.WatchEventsResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventWatchTest {
    private static final int MANY = 1000;

    @TempDir
    private Path folder;

    private Ledger ledger;
    private int asked;
    private final List<WatchEventsResponse> sent = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, InstantSource.system());
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void append(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            ledger.append(new StreamEvent.SegmentLost("live", Instant.EPOCH, i + 1, "a test"));
        }
        ledger.awaitWritten();
    }

    /** The log, whose beginning is at that event, or where it is. */
    private EventLog log(long atLeast) {
        return new EventLog() {
            @Override
            public List<LoggedEvent> events(long afterCursor, int most) throws LedgerException {
                return ledger.events(Math.max(afterCursor, atLeast - 1), most);
            }

            @Override
            public long firstCursor() throws LedgerException {
                asked++;
                return Math.max(atLeast, ledger.firstCursor());
            }

            @Override
            public long lastCursor() throws LedgerException {
                return ledger.lastCursor();
            }

            @Override
            public Runnable addTail(Runnable tail) {
                return ledger.addTail(tail);
            }
        };
    }

    /** Takes everything at once. */
    private final class Caller extends ServerCallStreamObserver<WatchEventsResponse> {
        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(WatchEventsResponse response) {
            sent.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onCompleted() {}
    }

    private EventWatch watch(EventLog log, long cursor) {
        return new EventWatch(log, cursor, event -> true, new Caller(), Runnable::run);
    }

    @Test
    void whereTheLogBeginsIsNotAskedWhileNothingIsMissing() throws Exception {
        append(MANY);
        EventWatch watch = watch(log(1), 0);
        watch.wake();
        assertThat(sent).hasSize(MANY);
        watch.wake();
        append(3);
        watch.wake();
        assertThat(sent).hasSize(MANY + 3);
        assertThat(asked).isZero();
    }

    @Test
    void whatIsMissingIsTold() throws Exception {
        append(MANY);
        EventWatch watch = watch(log(51), 10);
        watch.wake();
        assertThat(sent.get(0).getType()).isEqualTo(WatchEventsResponse.Type.LAGGED);
        assertThat(sent.get(0).getMissed()).isEqualTo(40);
        assertThat(sent.get(0).getCursor()).isEqualTo(50);
        assertThat(sent.get(1).getCursor()).isEqualTo(51);
        assertThat(sent).hasSize(1 + MANY - 50);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void whatIsMissingIsToldAlsoWhereNothingFollows() throws Exception {
        append(20);
        EventWatch watch = watch(log(21), 10);
        watch.wake();
        watch.wake();
        assertThat(sent)
                .singleElement()
                .satisfies(lagged -> assertThat(lagged.getMissed()).isEqualTo(10));
    }
}
