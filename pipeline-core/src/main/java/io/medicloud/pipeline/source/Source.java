// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

/** Where the bytes of one stream come from. Started once, closed once or more; both may be called from any thread. */
public interface Source extends AutoCloseable {
    /** Begins; calls the sink from now on, see there. Returns at once. */
    void start(SourceSink sink);

    /** May its thread be held up within {@link SourceSink#onData} (a file), or would bytes be lost (a live stream)? */
    boolean canWait();

    /**
     * Asks it to end. Returns at once; once what was received is delivered the sink hears {@link SourceSink#onEnd}, also
     * if nobody was ever connected.
     */
    @Override
    void close();
}
