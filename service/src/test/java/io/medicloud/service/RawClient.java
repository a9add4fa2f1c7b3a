// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that says on a TCP connection what no library would. For one thread. */
public final class RawClient implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int PRIORITY = 2;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int CONTINUATION = 9;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int PATIENCE_MS = 20_000;
    private static final int RECEIVE_BYTES = 1 << 16;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d{1,9})\r\n");

    private final Socket socket;

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects from one of this machine's own addresses. */
    public RawClient(String from, int port) throws IOException {
        this(connected(from, port));
    }

    public RawClient(int port) throws IOException {
        this("127.0.0.1", port);
    }

    /**
     * Connects over TLS.
     *
     * @param protocol what is to be spoken then (ALPN): {@code h2} or {@code http/1.1}
     */
    public static RawClient encrypted(String from, int port, SSLContext tls, String protocol) throws IOException {
        Socket plain = connected(from, port);
        try {
            SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                    .createSocket(plain, InetAddress.getLoopbackAddress().getHostAddress(), port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new RawClient(socket);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    @SuppressWarnings("AddressSelection") // It is an address, not a name.
    private static Socket connected(String from, int port) throws IOException {
        Socket socket = new Socket();
        try {
            // What is not read is to fill little.
            socket.setReceiveBufferSize(RECEIVE_BYTES);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Begins to speak HTTP/2. */
    public RawClient http2() throws IOException {
        return send(PREFACE).send(frame(SETTINGS, 0, 0, new byte[0]));
    }

    /** A frame of HTTP/2 (RFC 9113, 4.1). */
    public static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** The headers of a request, as HPACK has them. */
    public static byte[] headers(String method, String path, Map<String, String> more) {
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method(method)
                .path(path)
                .scheme("http")
                .authority("127.0.0.1");
        more.forEach(headers::add);
        ByteBuf block = Unpooled.buffer();
        try {
            // A new encoder each time: nothing refers to what went before.
            new DefaultHttp2HeadersEncoder((name, value) -> false, true).encodeHeaders(1, headers, block);
            return ByteBufUtil.getBytes(block);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        } finally {
            block.release();
        }
    }

    /** Some of what has come, if not more than a while is to be waited for it; -1 at the end. */
    public int read(byte[] into, int millis) throws IOException {
        socket.setSoTimeout(millis);
        return socket.getInputStream().read(into);
    }

    /** Is the connection over? Waits so long for that, and reads whatever comes. */
    public boolean endsWithin(int millis) throws IOException {
        long untilNs = System.nanoTime() + millis * 1_000_000L;
        byte[] some = new byte[8192];
        while (true) {
            long leftMs = (untilNs - System.nanoTime()) / 1_000_000L;
            if (leftMs <= 0) {
                return false;
            }
            socket.setSoTimeout((int) leftMs);
            try {
                if (socket.getInputStream().read(some) < 0) {
                    return true;
                }
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    /** Sends a byte now and then until the connection is over, for so long at the most; whether it is over then. */
    public boolean trickles(byte[] bytes, int everyMs, int millis) throws IOException {
        long untilNs = System.nanoTime() + millis * 1_000_000L;
        for (int at = 0; System.nanoTime() < untilNs; at++) {
            if (endsWithin(everyMs)) {
                return true;
            }
            try {
                send(new byte[] {bytes[at % bytes.length]});
            } catch (IOException e) {
                return true;
            }
        }
        return false;
    }

    /** All that comes until an answer of HTTP/1.1 is whole, the connection is over, or nothing comes for a while; up to a megabyte. */
    public String answer(int quietMs) throws IOException {
        socket.setSoTimeout(quietMs);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        try {
            InputStream in = socket.getInputStream();
            for (int n = in.read(some); n >= 0 && all.size() < 1 << 20; n = in.read(some)) {
                all.write(some, 0, n);
                // The service leaves it to its client to close first, for some seconds.
                if (isWhole(all.toString(StandardCharsets.ISO_8859_1))) {
                    break;
                }
            }
        } catch (IOException e) {
            // What came is the answer.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private static boolean isWhole(String answer) {
        int body = answer.indexOf("\r\n\r\n") + 4;
        Matcher length = LENGTH.matcher(answer);
        return body > 3
                && length.find()
                && length.start() < body
                && answer.length() - body >= Integer.parseInt(length.group(1));
    }

    /** What comes up to an empty line, or to the end of the connection. */
    public String head() throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
