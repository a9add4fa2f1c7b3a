// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import io.netty.buffer.ByteBuf;

/**
 * Takes what a source has to say. A source calls it from one thread at a time: usually its own, always so that each call
 * happens before the next. The order is {@code onConnected}, data, {@code onDisconnected}, as often as there are
 * connections, then one of {@code onEnd} and {@code onFailure}, and nothing after.
 */
public interface SourceSink {
    /**
     * Somebody is there.
     *
     * @param peer who: an address, a file
     * @param nowUs monotonic time in microseconds
     */
    void onConnected(String peer, long nowUs);

    /**
     * The next bytes of the transport stream, split in any way.
     *
     * @param data lent until the method returns
     * @param nowUs monotonic time in microseconds
     */
    void onData(ByteBuf data, long nowUs);

    /** No more data is there for now: what came goes to disk. Also welcome now and then while nothing comes. */
    void onBatchEnd(long nowUs);

    /**
     * They are gone; what comes next does not follow what came before.
     *
     * @param reason one line
     */
    void onDisconnected(String reason, long nowUs);

    /**
     * The source is at its end, or was closed; implies that nobody is connected any more.
     *
     * @param reason one line
     */
    void onEnd(String reason);

    /**
     * The source cannot go on; implies that nobody is connected any more.
     *
     * @param reason one line
     */
    void onFailure(String reason);
}
