// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What is common to the parts of the contract: a stack of the kind that is tried. */
@Timeout(30)
abstract class SrtStackContract {

    static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);
    static final Duration SOON = Duration.ofSeconds(10);
    static final String PASSPHRASE = "correct-horse-battery";

    private final List<RecordingSink> sinks = new ArrayList<>();
    SrtStack stack;

    private final LeakGuard buffers = new LeakGuard();

    /** The kind of stack that is tried. */
    abstract SrtStack newStack(ByteBufAllocator allocator);

    SrtStack newStack() {
        return newStack(buffers.allocator());
    }

    @BeforeEach
    void openStack() {
        stack = newStack();
    }

    @AfterEach
    void closeStack() {
        stack.close();
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.disorder()).isEmpty());
        buffers.close();
    }

    /** A sink that is checked for order when the test is over. */
    RecordingSink newSink() {
        RecordingSink sink = new RecordingSink();
        sinks.add(sink);
        return sink;
    }

    SrtListener listen(SrtOptions options, SrtSink sink) throws IOException {
        return stack.listen(ANY_PORT, options, request -> SrtVerdict.accept(sink));
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(LOOPBACK, port);
    }

    /** {@code srt://127.0.0.1:PORT?QUERY} of a listener. */
    static String url(SrtListener listener, String query) {
        return url(listener.localAddress().getPort(), query);
    }

    static String url(int port, String query) {
        return "srt://127.0.0.1:" + port + (query.isEmpty() ? "" : "?" + query);
    }

    /** A port that was free a moment ago, for a peer that cannot choose one itself. */
    static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(ANY_PORT)) {
            return socket.getLocalPort();
        }
    }
}
