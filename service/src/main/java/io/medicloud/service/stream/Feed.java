// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** How connections come to one stream's {@link SrtSource}: by being called, or by calling. Thread-safe. */
interface Feed {
    /** The port that media comes over: ours that encoders call, or the remote one that is called. */
    int port();

    /** The source takes connections from now on. Once. */
    void begin();

    /** A connection has brought its first payload. On the stack's loop. */
    void onMedia();

    /**
     * A connection is over, or did not come about; the source takes the next. On the stack's loop.
     *
     * @param why one line
     */
    void onIdle(String why);

    /** The source may be away for so long from now on; zero for as long as it likes. */
    void setReconnectWindow(Duration window);

    /** No connection comes any more. May be called again. */
    void close();

    /** Completes when what it held can be held by another; after {@link #close}. */
    CompletionStage<Void> released();
}
