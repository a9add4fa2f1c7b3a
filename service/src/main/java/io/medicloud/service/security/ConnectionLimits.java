// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the connections of the control faces to a number, in all and from one address, so that they leave descriptors and memory to streams; and closes those that keep it waiting: without a
 * request for a while, whatever trickles in, with one that does not come to its end, or, of a caller that proves nothing, with an answer that is not taken. Thread-safe.
 */
public final class ConnectionLimits {
    /** Its names in the configuration. */
    public static final String NAME = "control.connections";

    public static final String OF_ADDRESS = "control.connectionsPerAddress";
    public static final String PATIENCE = "control.requestTimeout";
    /** Of a connection of HTTP/2, by what closes it; these are fixed. */
    public static final Map<String, Integer> OF_FRAMES =
            Map.of(ControlFrames.ANSWERS, ControlFrames.MOST_ANSWERS, ControlFrames.UNSENT, ControlFrames.MOST_UNSENT);

    private static final AttributeKey<Requests> REQUESTS = AttributeKey.valueOf(ConnectionLimits.class, "REQUESTS");
    /** Who does not read our farewell is not waited for. */
    private static final long FAREWELL_MS = 2_000;

    private final Supplier<ConnectionRules> rules;
    private final LongSupplier nanoClock;
    private final Consumer<String> reached;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int open;

    /**
     * @param rules what is in force, asked each time
     * @param reached told the name of a limit each time that it is reached; on event loops
     */
    public ConnectionLimits(Supplier<ConnectionRules> rules, LongSupplier nanoClock, Consumer<String> reached) {
        this.rules = rules;
        this.nanoClock = nanoClock;
        this.reached = reached;
    }

    /** Has a server's connections watched. */
    public void guard(ServerBuilder server) {
        server.childChannelPipelineCustomizer(pipeline -> pipeline.addFirst(new Guard()))
                .decorator(this::serve);
    }

    /** Has a request of somebody who may make it be one with a stream of answers, which may be taken as late as its caller likes. */
    public static void setLasting(ServiceRequestContext context) {
        UntakenAnswers.setLasting(context);
    }

    /** How many there may be: half of the descriptors that the process may have, at the most. */
    public long most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? Math.min(rules.get().most(), system.getMaxFileDescriptorCount() / 2)
                : rules.get().most();
    }

    /** How many there are. */
    public synchronized long open() {
        return open;
    }

    /** How many there may be from one address. */
    public long mostOfAddress() {
        return rules.get().mostOfAddress();
    }

    /** How many there are from the address that has most. */
    public synchronized long openOfAddress() {
        return byAddress.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** How many milliseconds are waited. */
    public long patienceMs() {
        return rules.get().patience().toMillis();
    }

    private HttpResponse serve(HttpService delegate, ServiceRequestContext context, HttpRequest request)
            throws Exception {
        Requests requests = channel(context).attr(REQUESTS).get();
        requests.begin();
        var unused = context.log().whenComplete().thenRun(requests::end);
        if (request.isOpen()) {
            ScheduledFuture<?> late = context.eventLoop()
                    .withoutContext()
                    .schedule(() -> giveUp(context, request), patienceMs(), TimeUnit.MILLISECONDS);
            var unusedToo = request.whenComplete().handle((done, failure) -> late.cancel(false));
        }
        return UntakenAnswers.watch(context, delegate.serve(context, request), this::patienceMs, () -> {
            reached.accept(PATIENCE);
            closeUntaken(channel(context));
        });
    }

    /** Calls that go on would be waited for, as what is not taken is one of them. */
    private static void closeUntaken(Channel channel) {
        var unused = channel.close();
        ChannelHandlerContext outermost = channel.pipeline().firstContext();
        if (outermost != null) {
            var unusedToo = channel.eventLoop()
                    .schedule(
                            () -> {
                                var unusedClosed = outermost.close();
                            },
                            FAREWELL_MS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private static Channel channel(ServiceRequestContext context) {
        return context.log().ensureAvailable(RequestLogProperty.SESSION).channel();
    }

    /** Unless all of it has come, whether or not anybody has read it. */
    private void giveUp(ServiceRequestContext context, HttpRequest request) {
        if (request.isOpen()) {
            reached.accept(PATIENCE);
            context.timeoutNow();
        }
    }

    /** The name of the limit that keeps it out; empty if it may come in, which counts. */
    private synchronized String take(String address) {
        if (open >= most()) {
            return NAME;
        }
        int others = byAddress.getOrDefault(address, 0);
        if (others >= mostOfAddress()) {
            return OF_ADDRESS;
        }
        open++;
        byAddress.put(address, others + 1);
        return "";
    }

    private synchronized void giveBack(String address) {
        open--;
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Stands in front of everything else, encryption too. One a connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // what closes, closes by itself
    private final class Guard extends ChannelInboundHandlerAdapter {
        private @Nullable ScheduledFuture<?> next;
        private boolean isFramed;

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            String address = address(ctx.channel().remoteAddress());
            String limit = take(address);
            if (!limit.isEmpty()) {
                reached.accept(limit);
                // Nothing is left of it here, not even a port that waits for a while.
                ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                ctx.close();
                return;
            }
            Requests requests = new Requests();
            ctx.channel().attr(REQUESTS).set(requests);
            look(ctx, requests, rules.get().patience().toNanos());
            ctx.channel().closeFuture().addListener(closed -> {
                giveBack(address);
                // Else those that come and go would be kept for as long as one is waited for.
                if (next != null) {
                    next.cancel(false);
                }
            });
            ctx.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.fireChannelRead(message);
            // What a connection speaks is known by what has come.
            if (!isFramed) {
                isFramed = ControlFrames.watch(ctx.pipeline(), nanoClock, reached);
            }
        }

        private void look(ChannelHandlerContext ctx, Requests requests, long inNs) {
            next = ctx.executor()
                    .schedule(
                            () -> {
                                long leftNs = rules.get().patience().toNanos() - requests.restedNs();
                                if (leftNs > 0) {
                                    look(ctx, requests, leftNs);
                                } else {
                                    reached.accept(PATIENCE);
                                    ctx.channel().close();
                                    next = ctx.executor()
                                            .schedule(() -> ctx.close(), FAREWELL_MS, TimeUnit.MILLISECONDS);
                                }
                            },
                            inNs,
                            TimeUnit.NANOSECONDS);
        }
    }

    private static String address(SocketAddress remote) {
        return remote instanceof InetSocketAddress address && address.getAddress() != null
                ? ClientAddress.of(address.getAddress())
                : "unknown";
    }

    /** The requests of a connection. */
    private final class Requests {
        private int open;
        private long restsSinceNs = nanoClock.getAsLong();

        synchronized void begin() {
            open++;
        }

        synchronized void end() {
            open--;
            restsSinceNs = nanoClock.getAsLong();
        }

        /** For how long there has been none. */
        synchronized long restedNs() {
            return open > 0 ? 0 : nanoClock.getAsLong() - restsSinceNs;
        }
    }
}
