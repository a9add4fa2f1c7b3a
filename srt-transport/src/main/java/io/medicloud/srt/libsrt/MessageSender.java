// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.libsrt.binding.LibSrt;
import io.netty.buffer.ByteBuf;

/** Sends messages on one socket, from any thread. */
final class MessageSender {

    private enum State {
        NOT_YET,
        OPEN,
        CLOSED
    }

    private static final int NO_ROOM = LibSrt.SRT_EASYNCSND();

    private final SocketLoop loop;
    private final int socket;
    private final int payloadSize;
    private final Memory source = new Memory();
    private State state = State.NOT_YET;
    private boolean waiting;
    private long lastSentUs = Long.MIN_VALUE / 2;

    MessageSender(SocketLoop loop, int socket, int payloadSize) {
        this.loop = loop;
        this.socket = socket;
        this.payloadSize = payloadSize;
    }

    int payloadSize() {
        return payloadSize;
    }

    synchronized void open() {
        state = State.OPEN;
    }

    synchronized void close() {
        state = State.CLOSED;
    }

    /** There is room: from now on no more events of it, until a payload found none. */
    synchronized void onWritable() {
        waiting = false;
        loop.interest(socket, LibSrt.SRT_EPOLL_IN | LibSrt.SRT_EPOLL_ERR);
    }

    synchronized long lastSentUs() {
        return lastSentUs;
    }

    /** As {@link io.medicloud.srt.SrtConnection#send}. */
    synchronized boolean send(ByteBuf payload) {
        int length = payload.readableBytes();
        if (length < 1 || length > payloadSize) {
            throw new IllegalArgumentException("a payload is of 1 to " + payloadSize + " bytes, not " + length);
        }
        if (state == State.NOT_YET) {
            return false;
        }
        if (state == State.OPEN && !sendNow(payload, length)) {
            waitForRoom();
            return false;
        }
        payload.release();
        return true;
    }

    // False only if there is no room. A broken connection takes all: its end is told by the loop.
    private boolean sendNow(ByteBuf payload, int length) {
        if (payload.isDirect() && payload.nioBufferCount() == 1) {
            return sendFrom(Memory.addressOf(payload) + payload.readerIndex(), length);
        }
        ByteBuf copy = loop.allocator().directBuffer(length, length);
        try {
            copy.writeBytes(payload, payload.readerIndex(), length);
            return sendFrom(Memory.addressOf(copy), length);
        } finally {
            copy.release();
        }
    }

    private boolean sendFrom(long address, int length) {
        if (LibSrt.srt_sendmsg2(socket, source.at(address), length, null) < 0) {
            int[] systemError = new int[1];
            return LibSrt.srt_getlasterror(systemError) != NO_ROOM;
        }
        lastSentUs = SocketLoop.nowUs();
        return true;
    }

    private void waitForRoom() {
        if (!waiting) {
            waiting = true;
            loop.interest(socket, LibSrt.SRT_EPOLL_IN | LibSrt.SRT_EPOLL_ERR | LibSrt.SRT_EPOLL_OUT);
        }
    }
}
