// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtMode;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one connection that a URL asks for: by calling, by meeting, or by taking the first caller that fits. Thread-safe. */
final class SrtLink implements AutoCloseable {
    private final SrtSink sink;
    private @Nullable SrtListener listener;
    private @Nullable SrtConnection connection;
    private boolean isClosed;

    private SrtLink(SrtSink sink) {
        this.sink = sink;
    }

    /**
     * Opens the link; returns before there is a connection.
     *
     * @param sink takes what the one connection has to say
     */
    static SrtLink open(SrtStack stack, SrtUri uri, SrtSink sink) throws IOException {
        SrtLink link = new SrtLink(sink);
        if (uri.mode() == SrtMode.LISTENER) {
            link.listen(stack, uri);
            return link;
        }
        SrtConnection made = uri.mode() == SrtMode.CALLER
                ? stack.connect(uri.local(), uri.remote(), uri.options(), sink)
                : stack.rendezvous(uri.local(), uri.remote(), uri.options(), sink);
        synchronized (link) {
            link.connection = made;
        }
        return link;
    }

    private void listen(SrtStack stack, SrtUri uri) throws IOException {
        SrtListener made = stack.listen(
                uri.local(),
                uri.options(),
                request -> isTaken() ? SrtVerdict.reject(RejectReason.CONFLICT) : SrtVerdict.accept(new FirstOnly()));
        synchronized (this) {
            listener = made;
        }
    }

    private synchronized boolean isTaken() {
        return connection != null || isClosed;
    }

    private synchronized boolean take(SrtConnection candidate) {
        if (isTaken()) {
            return false;
        }
        connection = candidate;
        return true;
    }

    /** The port that is listened on, 0 if this is no listener. */
    synchronized int listeningPort() {
        return listener == null ? 0 : listener.localAddress().getPort();
    }

    /** The connection, null while there is none. */
    synchronized @Nullable SrtConnection connection() {
        return connection;
    }

    /** Ends the connection, after what was sent has arrived; without one there is nothing to end, and the sink hears nothing. */
    @Override
    public void close() {
        end(SrtConnection::close);
    }

    /** Ends the connection, after what has arrived is delivered. */
    void drain() {
        end(SrtConnection::drain);
    }

    private synchronized void end(Consumer<SrtConnection> how) {
        isClosed = true;
        if (connection != null) {
            how.accept(connection);
        }
        if (listener != null) {
            listener.close();
        }
    }

    /** Two callers may be admitted at once; the second to connect is closed. */
    private final class FirstOnly implements SrtSink {
        private boolean isOurs;

        @Override
        public void onConnected(SrtConnection candidate) {
            isOurs = take(candidate);
            if (isOurs) {
                sink.onConnected(candidate);
            } else {
                candidate.close();
            }
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            if (isOurs) {
                sink.onPayload(payload, nowUs);
            }
        }

        @Override
        public void onBatchEnd(long nowUs) {
            if (isOurs) {
                sink.onBatchEnd(nowUs);
            }
        }

        @Override
        public void onWritable() {
            if (isOurs) {
                sink.onWritable();
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            if (isOurs) {
                sink.onClosed(why);
            }
        }
    }
}
