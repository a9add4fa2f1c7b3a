// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import com.linecorp.armeria.server.ServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.atomic.LongAdder;

/** Counts the bytes that come and go at one of the HTTP faces, as the network has them: with headers, and encrypted where they are. Thread-safe. */
@ChannelHandler.Sharable
final class Traffic extends ChannelDuplexHandler {
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    /** @param face grpc or http */
    Traffic(Metrics metrics, String face) {
        metrics.counter(MetricCatalog.HTTP_RECEIVED, received::sum, face);
        metrics.counter(MetricCatalog.HTTP_SENT, sent::sum, face);
    }

    /** Has the connections of a server counted. */
    void watch(ServerBuilder server) {
        server.childChannelPipelineCustomizer(pipeline -> pipeline.addFirst(this));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof ByteBuf bytes) {
            received.add(bytes.readableBytes());
        }
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof ByteBuf bytes) {
            sent.add(bytes.readableBytes());
        }
        super.write(context, message, promise);
    }
}
