// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.linecorp.armeria.common.TlsKeyPair;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A server over TLS that answers 404, and keeps what is asked of it, or how connections ended on which nothing was asked. */
final class TlsPeer implements AutoCloseable {
    /** Of TLS 1.3, 1.2, and before. */
    static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA");

    private static final int MOST_BYTES = 1 << 20;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private final Channel listener;

    /** @param protocols of TLS, also TLSv1.1: the JDK speaks it no more, which is why this server is not the JDK's */
    TlsPeer(TlsKeyPair identity, List<String> protocols) throws SSLException {
        SslContext tls = SslContextBuilder.forServer(identity.privateKey(), identity.certificateChain())
                .sslProvider(SslProvider.OPENSSL)
                .protocols(protocols)
                .ciphers(CIPHERS)
                .build();
        listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline()
                                .addLast(tls.newHandler(client.alloc()))
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MOST_BYTES))
                                .addLast(new Answers());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The methods and paths that were asked for. */
    List<String> requests() {
        return requests;
    }

    /** How connections ended on which nothing was asked. */
    List<String> refusals() {
        return refusals;
    }

    private final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
        private boolean isDecided;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
            isDecided = true;
            requests.add(request.method() + " " + request.uri());
            DefaultFullHttpResponse answer =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND);
            answer.headers().set("content-length", 0).set("connection", "close");
            Future<?> unused = ctx.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
                decide(handshake.cause());
            }
            ctx.fireUserEventTriggered(event);
        }

        private void decide(@Nullable Throwable why) {
            if (!isDecided) {
                isDecided = true;
                boolean isPlain = why instanceof NotSslRecordException;
                (isPlain ? requests : refusals).add(String.valueOf(why));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            // With TLS 1.3 a client tells of what it does not like after the server's handshake.
            decide(new SSLException("closed by the client"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            decide(cause);
            Future<?> unused = ctx.close();
        }
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        Future<?> unused = loop.shutdownGracefully();
    }
}
