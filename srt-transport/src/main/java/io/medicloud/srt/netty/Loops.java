// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtCloseReason;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The event loops of a stack, each with its ticker. Their threads are daemons, and as many as were asked for, whatever the number of connections. */
final class Loops {
    private final MultiThreadIoEventLoopGroup group;
    private final List<SessionTicker> tickers = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    Loops(Transport transport, int count) {
        group = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("srt-java", true), transport.ioHandlers());
        for (int i = 0; i < count; i++) {
            tickers.add(new SessionTicker(group.next(), transport));
        }
    }

    List<SessionTicker> all() {
        return tickers;
    }

    /** The ticker of the calling thread if it is one of these loops, else each in turn. */
    SessionTicker next() {
        for (SessionTicker ticker : tickers) {
            if (ticker.loop().inEventLoop()) {
                return ticker;
            }
        }
        return tickers.get(Math.floorMod(turn.getAndIncrement(), tickers.size()));
    }

    /** How late the latest tick of all loops was in their last second. */
    long delayUs() {
        return tickers.stream().mapToLong(SessionTicker::delayUs).max().orElse(0);
    }

    /** How late the tick is, of all loops, that is latest by now. */
    long waitUs() {
        return tickers.stream().mapToLong(SessionTicker::waitUs).max().orElse(0);
    }

    boolean isOnLoop() {
        for (SessionTicker ticker : tickers) {
            if (ticker.loop().inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    /** Ends all connections, then the threads, and waits for these unless called on one of them. */
    void close(SrtCloseReason why) {
        boolean isOnLoop = isOnLoop();
        List<SrtMultiplexer> closing = new ArrayList<>();
        for (SessionTicker ticker : tickers) {
            if (isOnLoop) {
                Runnable end = () -> {
                    ticker.setEnding();
                    // Each by itself: the others' loops may have ended, and a loop that ends closes no channel.
                    abortAll(ticker, why).forEach(SrtMultiplexer::close);
                };
                if (ticker.loop().inEventLoop()) {
                    end.run();
                } else {
                    ticker.execute(end);
                }
            } else {
                closing.addAll(ticker.call(() -> abortAll(ticker, why), List::of));
            }
        }
        closing.forEach(port -> port.closed().join());
        var ended = group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        if (!isOnLoop) {
            ended.awaitUninterruptibly();
        }
    }

    private static List<SrtMultiplexer> abortAll(SessionTicker ticker, SrtCloseReason why) {
        List<SrtMultiplexer> ports = ticker.ports();
        ports.forEach(port -> port.abort(why));
        return ports;
    }
}
