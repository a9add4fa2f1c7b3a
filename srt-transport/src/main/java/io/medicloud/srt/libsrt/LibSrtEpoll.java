// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.libsrt.binding.LibSrt;
import io.medicloud.srt.libsrt.binding.SRT_EPOLL_EVENT;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One srt_epoll with the endpoints behind its sockets. Sockets come and go on any thread; the rest is the loop's. */
final class LibSrtEpoll {

    private static final int FIRST_EVENTS = 64;
    /** {@code SRT_EPOLL_EVENT}: the socket, and bits of {@code SRT_EPOLL_OPT}. */
    private static final int BYTES_PER_EVENT = 8;

    private record Change(int socket, @Nullable Endpoint endpoint) {}

    private final int id = LibSrt.srt_epoll_create();
    private final AtomicInteger sockets = new AtomicInteger();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final IntObjectMap<Endpoint> endpoints = new IntObjectHashMap<>();
    private ByteBuf events = Unpooled.EMPTY_BUFFER;
    private SRT_EPOLL_EVENT eventsPointer = new SRT_EPOLL_EVENT(new Memory());

    LibSrtEpoll() {
        LibSrt.srt_epoll_set(id, LibSrt.SRT_EPOLL_ENABLE_EMPTY);
        grow(FIRST_EVENTS);
    }

    /** From now on the endpoint gets events. Any thread. */
    void add(int socket, Endpoint endpoint, int interest) {
        sockets.incrementAndGet();
        // Before its first event can come.
        changes.add(new Change(socket, endpoint));
        int[] bits = {interest};
        LibSrt.srt_epoll_add_usock(id, socket, bits);
    }

    /** Any thread. */
    void interest(int socket, int interest) {
        int[] bits = {interest};
        LibSrt.srt_epoll_update_usock(id, socket, bits);
    }

    /** No more events; the endpoint stays. Any thread. */
    void mute(int socket) {
        LibSrt.srt_epoll_remove_usock(id, socket);
    }

    /** Any thread. */
    void remove(int socket) {
        LibSrt.srt_epoll_remove_usock(id, socket);
        changes.add(new Change(socket, null));
        sockets.decrementAndGet();
    }

    /** How many sockets it has. Any thread. */
    int size() {
        return sockets.get();
    }

    /** Waits for events, for so long at most. Returns how many {@link #endpoint} and {@link #bits} tell of. */
    int await(int timeoutMs) {
        int capacity = events.capacity() / BYTES_PER_EVENT;
        int ready = LibSrt.srt_epoll_uwait(id, eventsPointer, capacity, timeoutMs);
        applyChanges();
        if (ready > capacity) {
            // Those that found no place are told of next time.
            grow(2 * capacity);
            return 0;
        }
        return Math.max(0, ready);
    }

    /** Whom the event is for; null if it is gone. */
    @Nullable
    Endpoint endpoint(int event) {
        return endpoints.get(events.getIntLE(event * BYTES_PER_EVENT));
    }

    /** What is ready. */
    int bits(int event) {
        return events.getIntLE(event * BYTES_PER_EVENT + Integer.BYTES);
    }

    /** All endpoints now. */
    List<Endpoint> endpoints() {
        applyChanges();
        return List.copyOf(endpoints.values());
    }

    void close() {
        LibSrt.srt_epoll_release(id);
        events.release();
    }

    private void applyChanges() {
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            if (change.endpoint() == null) {
                endpoints.remove(change.socket());
            } else {
                endpoints.put(change.socket(), change.endpoint());
            }
        }
    }

    private void grow(int count) {
        events.release();
        events = Unpooled.directBuffer(count * BYTES_PER_EVENT, count * BYTES_PER_EVENT);
        eventsPointer = new SRT_EPOLL_EVENT(new Memory().at(Memory.addressOf(events)));
    }
}
