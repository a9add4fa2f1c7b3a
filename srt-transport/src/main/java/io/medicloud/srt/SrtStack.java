// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * An implementation of SRT live mode. Found by name through {@link java.util.ServiceLoader}; get one from
 * {@link SrtStacks}.
 *
 * <p>Making a stack costs nothing: it starts its one loop thread with its first listener or connection and ends it in
 * {@link #close}. All methods may be called from any thread; every {@link SrtSink} of a stack is called on the loop
 * thread only. The stack {@code java} has several loop threads where the system property
 * {@code io.medicloud.srt.loops} asks for them: then a sink is always called on the same one of them.
 */
public interface SrtStack extends AutoCloseable {

    /** The name it is selected by: {@code java} or {@code libsrt}. */
    String name();

    /** Null if the stack can be used here; otherwise one line that says what is missing and what to install. */
    @Nullable
    String unavailability();

    /** One line that says what is to be feared of the stack, where strangers can reach it; null if nothing is known. Null for one that cannot be used. */
    default @Nullable String risk() {
        return null;
    }

    /**
     * Binds a UDP port and accepts callers on it.
     *
     * @param local where to listen; port 0 takes any free one
     * @param admission asked for every caller that has proven its address
     * @throws BindException if the port is taken, by whatever kind of socket, or the address is not this machine's;
     *     the message names address and port
     * @throws IOException if the stack cannot be used or refuses an option; the message says which
     */
    SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission) throws IOException;

    /**
     * Calls a listener. Returns at once: {@link SrtSink#onConnected} or {@link SrtSink#onClosed} tells the outcome.
     *
     * @param remote the listener; must be resolved
     */
    SrtConnection connect(InetSocketAddress remote, SrtOptions options, SrtSink sink) throws IOException;

    /** As {@link #connect}, from a given local address; port 0 takes any free one. */
    SrtConnection connect(InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException;

    /**
     * Meets a peer that does the same from the other side (rendezvous). Returns at once, as {@link #connect} does.
     *
     * @param local where the peer sends to; its port must not be 0
     */
    SrtConnection rendezvous(InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException;

    /** How much later than it was due something ran on the event loops, at worst, within the last second in which much was done, in µs; negative if it is not known. */
    default long loopDelayUs() {
        return -1;
    }

    /** For how long something that is due waits by now for an event loop, at worst, in µs: a loop that a sink does not come back to shows while it stands still. 0 if it is not known. */
    default long loopWaitUs() {
        return 0;
    }

    /**
     * Closes every listener and connection without lingering, and ends the loop thread. Waits for it, unless called on
     * it. What is begun afterwards starts the stack anew.
     */
    @Override
    void close();
}
