// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.interop.Program.Place;
import io.medicloud.srt.interop.Program.Terms;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One of our stacks. */
final class StackEnd implements CellEnd, SrtSink {
    private static final long A_MOMENT_NS = 1_000_000;

    private final SrtStack stack;
    private final int keyBits;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private volatile @Nullable SrtConnection connection;
    private volatile @Nullable SrtCloseReason closed;

    private StackEnd(SrtStack stack, int keyBits) {
        this.stack = stack;
        this.keyBits = keyBits;
    }

    static StackEnd open(Program program, Place place, Terms terms) throws IOException {
        StackEnd end = new StackEnd(SrtStacks.select(program.stackName()).stack(), terms.keyBits());
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), place.localPort());
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), place.remotePort());
        SrtOptions options = options(terms);
        switch (place.mode()) {
            case LISTENER -> end.stack.listen(local, options, request -> SrtVerdict.accept(end));
            case CALLER -> end.stack.connect(remote, options, end);
            case RENDEZVOUS -> end.stack.rendezvous(local, remote, options, end);
        }
        return end;
    }

    private static SrtOptions options(Terms terms) {
        SrtOptions options = SrtOptions.STANDARD.withLatencyMs(terms.latencyMs());
        return terms.keyBits() == 0
                ? options
                : options.withPassphrase(Terms.PASSPHRASE).with(SrtOption.PBKEYLEN, terms.keyBits() / 8);
    }

    @Override
    public void onConnected(SrtConnection made) {
        connection = made;
    }

    @Override
    public void onPayload(ByteBuf payload, long nowUs) {
        byte[] copy = new byte[payload.readableBytes()];
        payload.readBytes(copy);
        synchronized (bytes) {
            bytes.writeBytes(copy);
        }
    }

    @Override
    public void onClosed(SrtCloseReason why) {
        closed = why;
    }

    @Override
    public boolean isConnected() {
        return connection != null;
    }

    @Override
    public String trouble() {
        SrtCloseReason why = closed;
        SrtConnection c = connection;
        if (c != null && c.isEncrypted() != keyBits > 0) {
            return "encrypted: " + c.isEncrypted();
        }
        return why == null ? "" : why.message();
    }

    @Override
    public String account() {
        SrtConnection c = connection;
        if (c == null) {
            return "";
        }
        SrtStats stats = c.stats();
        return String.format(
                Locale.ROOT,
                "; lost %d, dropped %d, belated %d, NAKs %d; sender: NAKs %d, sent again %d, dropped %d; RTT %.1f ms",
                stats.total().pktRcvLoss(),
                stats.total().pktRcvDrop(),
                stats.instant().pktRcvBelated(),
                stats.total().pktSentNak(),
                stats.total().pktRecvNak(),
                stats.total().pktRetrans(),
                stats.total().pktSndDrop(),
                stats.instant().msRtt());
    }

    @Override
    public void send(byte[] message) throws IOException {
        SrtConnection c = connection;
        if (c == null) {
            throw new IOException("not connected");
        }
        ByteBuf payload = Unpooled.wrappedBuffer(message);
        while (!c.send(payload)) {
            LockSupport.parkNanos(A_MOMENT_NS);
        }
    }

    @Override
    public int received() {
        synchronized (bytes) {
            return bytes.size();
        }
    }

    @Override
    public byte[] finish() {
        SrtConnection c = connection;
        if (c != null) {
            c.close();
        }
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    @Override
    public void close() {
        stack.close();
    }
}
