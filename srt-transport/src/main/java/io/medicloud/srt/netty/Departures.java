// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams that leave a port. Where the system can cut one long datagram into many (Linux: UDP_SEGMENT), a run of equal ones to one peer leaves as
 * one, which costs it hardly more than a single one; they are copied together for that. A few leave as they are. For one event loop.
 */
final class Departures {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final int MOST_ALONE = 4;
    private static final int MOST_SEGMENTS = 64;
    private static final int MOST_BYTES = 65_000;
    private static final int EIO = -5;
    private static final int EINVAL = -22;

    private final Channel channel;
    private final ByteBufAllocator allocator;
    private final @Nullable ByteBuf[] alone = new @Nullable ByteBuf[MOST_ALONE];
    private @Nullable ByteBuf joined;
    private @Nullable InetSocketAddress peer;
    private int count;
    private int size;
    private boolean joins;

    Departures(Channel channel, ByteBufAllocator allocator, boolean joins) {
        this.channel = channel;
        this.allocator = allocator;
        this.joins = joins;
    }

    /** A datagram, lent; it leaves with the next flush. */
    void add(ByteBuf datagram, InetSocketAddress to) {
        int length = datagram.readableBytes();
        if (count > 0 && (length > size || !to.equals(peer))) {
            end();
        }
        if (count == 0) {
            peer = to;
            size = length;
        }
        if (count < MOST_ALONE) {
            alone[count] = datagram.retain();
        } else {
            join().writeBytes(datagram, datagram.readerIndex(), length);
        }
        count++;
        boolean isLast = length < size || (!joins && count == MOST_ALONE);
        if (isLast || count == MOST_SEGMENTS || (count + 1) * size > MOST_BYTES) {
            end(); // only the last one may be shorter
        }
    }

    private ByteBuf join() {
        ByteBuf all = joined;
        if (all == null) {
            all = allocator.directBuffer(MOST_BYTES);
            joined = all;
            for (int i = 0; i < MOST_ALONE; i++) {
                ByteBuf first = Objects.requireNonNull(alone[i]);
                all.writeBytes(first, first.readerIndex(), size);
                first.release();
                alone[i] = null;
            }
        }
        return all;
    }

    /** Sends all that was added. */
    void flush() {
        end();
        channel.flush();
    }

    private void end() {
        InetSocketAddress to = peer;
        ByteBuf all = joined;
        if (to != null && all != null) {
            channel.write(new SegmentedDatagramPacket(all, size, to)).addListener(this::onSent);
        } else if (to != null) {
            for (int i = 0; i < count; i++) {
                var unused =
                        channel.write(new DatagramPacket(Objects.requireNonNull(alone[i]), to), channel.voidPromise());
                alone[i] = null;
            }
        }
        joined = null;
        peer = null;
        count = 0;
    }

    /** What did not leave is as good as lost on the way. A link may be unable to do this, or its packets may be too short. */
    private void onSent(Future<? super Void> done) {
        if (joins
                && done.cause() instanceof NativeIoException e
                && (e.expectedErr() == EINVAL || e.expectedErr() == EIO)) {
            LOG.debug("The system cannot cut datagrams apart on {}", channel, e);
            joins = false;
        }
    }
}
