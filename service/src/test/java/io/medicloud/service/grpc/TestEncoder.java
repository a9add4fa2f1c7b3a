// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** An encoder that publishes a stream that was made before, faster than it plays. */
public final class TestEncoder implements AutoCloseable {
    private static final int MESSAGE = 7 * TsPacket.SIZE;

    private final SrtSender sender;

    /** Begins to call. */
    public TestEncoder(SrtStack stack, int port, String passphrase) throws IOException {
        this(
                stack,
                "srt://127.0.0.1:" + port + "?mode=caller" + (passphrase.isEmpty() ? "" : "&passphrase=" + passphrase));
    }

    /** Begins to call, or to wait for a caller, as the URL says. */
    public TestEncoder(SrtStack stack, String url) throws IOException {
        sender = new SrtSender(stack, SrtUri.parse(url));
    }

    /** The port that it waits on. */
    int port() {
        return sender.listeningPort();
    }

    public static byte[] stream(Duration length) {
        return new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1))).generate(length);
    }

    public TestEncoder connected() throws IOException {
        sender.awaitConnected();
        return this;
    }

    /** Sends everything, and waits until it has arrived and has been delivered. */
    public void send(byte[] stream) {
        begin(stream);
        sender.drain(Duration.ofSeconds(10));
    }

    /** Sends everything. */
    public void begin(byte[] stream) {
        for (int at = 0; at < stream.length; at += MESSAGE) {
            ByteBuf message = Unpooled.directBuffer(MESSAGE);
            message.writeBytes(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + MESSAGE)));
            if (!sender.send(message)) {
                throw new AssertionError("the connection is gone: " + sender.closed());
            }
        }
    }

    /** Has all that was sent been acknowledged? */
    boolean hasArrived() {
        return sender.stats().instant().pktSndBuf() == 0;
    }

    boolean isClosed() {
        return sender.closed() != null;
    }

    @Override
    public void close() {
        sender.close();
    }
}
