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
final class TestEncoder implements AutoCloseable {
    private static final int MESSAGE = 7 * TsPacket.SIZE;

    private final SrtSender sender;

    /** Begins to call. */
    TestEncoder(SrtStack stack, int port, String passphrase) throws IOException {
        String secret = passphrase.isEmpty() ? "" : "&passphrase=" + passphrase;
        sender = new SrtSender(stack, SrtUri.parse("srt://127.0.0.1:" + port + "?mode=caller" + secret));
    }

    static byte[] stream(Duration length) {
        return new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1))).generate(length);
    }

    TestEncoder connected() throws IOException {
        sender.awaitConnected();
        return this;
    }

    /** Sends everything, and waits until it has arrived. */
    void send(byte[] stream) {
        for (int at = 0; at < stream.length; at += MESSAGE) {
            ByteBuf message = Unpooled.directBuffer(MESSAGE);
            message.writeBytes(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + MESSAGE)));
            if (!sender.send(message)) {
                throw new AssertionError("the connection is gone: " + sender.closed());
            }
        }
        sender.drain(Duration.ofSeconds(10));
    }

    boolean isClosed() {
        return sender.closed() != null;
    }

    @Override
    public void close() {
        sender.close();
    }
}
