// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Closes a connection of HTTP/2 on which the codec itself has to answer too often: streams that the client makes it reset (CVE-2025-8671), settings that change without end, and
 * answers that are not read (CVE-2019-9512, CVE-2019-9515). Stands between the codec and encryption, where each frame is a buffer. One a connection.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // what is written tells its own listener, and what closes, closes by itself
final class ControlFrames extends ChannelOutboundHandlerAdapter {
    /** Their names, as those of other limits. */
    static final String ANSWERS = "ControlFrames.mostAnswers";

    static final String UNSENT = "ControlFrames.mostUnsent";

    private static final int HEAD = 9;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int CODE_BYTES = 4;
    private static final int PING_BYTES = 8;

    /** As many as the codec takes of resets that come from the client. */
    static final int MOST_ANSWERS = 200;

    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(30);
    /** A client that measures its connection has a few. */
    static final int MOST_UNSENT = 1_000;

    private final LongSupplier nanoClock;
    private final Consumer<String> reached;
    private long windowBeganNs;
    private int answers;
    private int unsent;
    private boolean isOver;

    private ControlFrames(LongSupplier nanoClock, Consumer<String> reached) {
        this.nanoClock = nanoClock;
        this.reached = reached;
        this.windowBeganNs = nanoClock.getAsLong();
    }

    /** Has a connection watched, if it speaks HTTP/2 by now; whether it does. The limit that closes one is told by its name. */
    static boolean watch(ChannelPipeline pipeline, LongSupplier nanoClock, Consumer<String> reached) {
        ChannelHandlerContext codec = pipeline.context(Http2ConnectionHandler.class);
        if (codec == null) {
            return false;
        }
        pipeline.addBefore(codec.name(), null, new ControlFrames(nanoClock, reached));
        return true;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (!(message instanceof ByteBuf frame) || !isControl(frame)) {
            ctx.write(message, promise);
            return;
        }
        if (isAnswer(frame)) {
            count();
        }
        unsent++;
        ctx.write(message, promise.unvoid().addListener(sent -> unsent--));
        if (!isOver && (answers > MOST_ANSWERS || unsent > MOST_UNSENT)) {
            isOver = true;
            reached.accept(answers > MOST_ANSWERS ? ANSWERS : UNSENT);
            ctx.writeAndFlush(farewell(ctx));
            ctx.close();
        }
    }

    private static boolean isControl(ByteBuf frame) {
        return is(frame, RST_STREAM, CODE_BYTES) || is(frame, SETTINGS, 0) || is(frame, PING, PING_BYTES);
    }

    private static boolean is(ByteBuf frame, int type, int bytes) {
        return frame.readableBytes() == HEAD + bytes
                && frame.getUnsignedMedium(frame.readerIndex()) == bytes
                && frame.getByte(frame.readerIndex() + 3) == type;
    }

    /** To something that no client does often: calls that were given up, and pings, are none. */
    private static boolean isAnswer(ByteBuf frame) {
        if (!is(frame, RST_STREAM, CODE_BYTES)) {
            return is(frame, SETTINGS, 0);
        }
        long code = frame.getUnsignedInt(frame.readerIndex() + HEAD);
        return code != Http2Error.NO_ERROR.code() && code != Http2Error.CANCEL.code();
    }

    private void count() {
        long nowNs = nanoClock.getAsLong();
        if (nowNs - windowBeganNs >= WINDOW_NS) {
            windowBeganNs = nowNs;
            answers = 0;
        }
        answers++;
    }

    private static ByteBuf farewell(ChannelHandlerContext ctx) {
        return ctx.alloc()
                .buffer(HEAD + 8)
                .writeMedium(8)
                .writeByte(GOAWAY)
                .writeByte(0)
                .writeInt(0)
                .writeInt(Integer.MAX_VALUE)
                .writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code());
    }
}
