// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtVerdict;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ports, and beginnings and ends. */
abstract class LifecycleContract extends SrtStackContract {

    @Test
    void aPortIsFreeAtOnceWhenItsListenerIsClosed() throws Exception {
        for (int i = 0; i < 20; i++) {
            SrtListener listener = listen(SrtOptions.STANDARD, newSink());
            InetSocketAddress address = listener.localAddress();
            listener.close();
            new DatagramSocket(address).close();
            stack.listen(address, SrtOptions.STANDARD, request -> SrtVerdict.accept(newSink()))
                    .close();
        }
    }

    @Test
    void aPortIsFreeWhenTheLastConnectionOnItHasEnded() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        RecordingSink caller = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
        SrtConnection connection = sink.connection();
        caller.connection();
        listener.close();
        assertThatThrownBy(() -> new DatagramSocket(listener.localAddress())).isInstanceOf(BindException.class);
        byte[] bytes = PacedBytes.packets(70);
        PacedBytes.send(bytes, caller.connection(), 20);
        await().atMost(SOON).until(() -> sink.size() == bytes.length);
        connection.close();
        sink.closeReason();
        new DatagramSocket(listener.localAddress()).close();
        assertThat(caller.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
    }

    @Test
    void aPortThatAnyOtherSocketHoldsIsRefusedByName() throws Exception {
        SrtListener first = listen(SrtOptions.STANDARD, newSink());
        assertRefused(first.localAddress());
        assertRefused(new InetSocketAddress("0.0.0.0", first.localAddress().getPort()));
        try (DatagramSocket plain = new DatagramSocket(ANY_PORT)) {
            assertRefused((InetSocketAddress) plain.getLocalSocketAddress());
        }
        int port = freePort();
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("srt://:" + port + "?mode=listener", "file://con")) {
            await().atMost(SOON).until(() -> isTaken(port));
            assertRefused(loopback(port));
            assertThat(peer.isAlive()).isTrue();
        }
    }

    private void assertRefused(InetSocketAddress address) {
        assertThatThrownBy(() -> stack.listen(address, SrtOptions.STANDARD, request -> SrtVerdict.accept(newSink())))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(String.valueOf(address.getPort()))
                .hasMessageContaining("in use");
    }

    private static boolean isTaken(int port) {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("0.0.0.0", port))) {
            return !socket.isBound();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 0);
        assertThatThrownBy(() -> stack.listen(elsewhere, SrtOptions.STANDARD, request -> SrtVerdict.accept(newSink())))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("192.0.2.1")
                .hasMessageContaining("not an address of this machine");
    }

    @Test
    void fiftyCallersShareOneListener() throws Exception {
        Queue<RecordingSink> sinks = new ConcurrentLinkedQueue<>();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD.withPassphrase(PASSPHRASE), request -> {
            RecordingSink sink = new RecordingSink();
            sinks.add(sink);
            return SrtVerdict.accept(sink);
        });
        SrtOptions options = SrtOptions.STANDARD.withPassphrase(PASSPHRASE);
        List<RecordingSink> callers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            RecordingSink caller = newSink();
            callers.add(caller);
            stack.connect(listener.localAddress(), options.withStreamId("cam-" + i), caller);
        }
        byte[] bytes = PacedBytes.packets(7 * 20);
        for (RecordingSink caller : callers) {
            PacedBytes.send(bytes, caller.connection(), 400);
        }
        await().atMost(SOON).until(() -> sinks.size() == 50 && sinks.stream().allMatch(s -> s.size() == bytes.length));
        assertThat(sinks).allSatisfy(sink -> assertThat(sink.bytes()).isEqualTo(bytes));
        List<String> streamIds = new ArrayList<>();
        for (RecordingSink sink : sinks) {
            streamIds.add(sink.connection().streamId());
        }
        assertThat(streamIds).doesNotHaveDuplicates();
        assertThat(listener.accepted()).isEqualTo(50);
        for (RecordingSink caller : callers) {
            caller.connection().close();
        }
        for (RecordingSink sink : sinks) {
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
            assertThat(sink.disorder()).isEmpty();
        }
    }

    @Test
    void closingTheStackEndsEverythingAndLeavesNothingBehind() throws Exception {
        long threads = entries("/proc/self/task");
        long descriptors = entries("/proc/self/fd");
        for (int round = 0; round < 3; round++) {
            RecordingSink accepted = newSink();
            RecordingSink caller = newSink();
            SrtListener listener = listen(SrtOptions.STANDARD, accepted);
            stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
            accepted.connection();
            caller.connection();
            stack.close();
            assertThat(accepted.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            assertThat(caller.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            new DatagramSocket(listener.localAddress()).close();
        }
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(entries("/proc/self/task")).isLessThanOrEqualTo(threads + 2);
            assertThat(entries("/proc/self/fd")).isLessThanOrEqualTo(descriptors + 2);
        });
    }

    private static long entries(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(folder))) {
            return entries.count();
        }
    }

    @Test
    void aConnectionClosedWhileItCallsEndsAtOnce() throws Exception {
        RecordingSink sink = newSink();
        SrtConnection connection = stack.connect(loopback(freePort()), SrtOptions.STANDARD, sink);
        connection.close();
        connection.close();
        assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
    }

    @Test
    void anIdleConnectionIsDrainedAtOnceAndOneThatCallsEnds() throws Exception {
        RecordingSink idle = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withLatencyMs(30_000), idle);
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, newSink());
        idle.connection().drain();
        assertThat(idle.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
        RecordingSink calling = newSink();
        stack.connect(loopback(freePort()), SrtOptions.STANDARD, calling).drain();
        assertThat(calling.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
    }

    @Test
    void garbageOnThePortDisturbsNobody() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        RecordingSink caller = newSink();
        try (ScriptedSrtPeer peer =
                ScriptedSrtPeer.calling(newStack(), listener.localAddress(), SrtOptions.STANDARD, caller)) {
            caller.connection();
            sink.connection();
            byte[] bytes = PacedBytes.packets(7 * 50);
            peer.sendGarbage(500, 7);
            peer.send(bytes);
            peer.sendGarbage(500, 8);
            await().atMost(SOON).until(() -> sink.size() == bytes.length);
            assertThat(sink.bytes()).isEqualTo(bytes);
        }
        assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
    }

    @Test
    void ipv6Works() throws Exception {
        InetAddress six = Inet6Address.getByName("::1");
        RecordingSink sink = newSink();
        SrtListener listener =
                stack.listen(new InetSocketAddress(six, 0), SrtOptions.STANDARD, request -> SrtVerdict.accept(sink));
        RecordingSink caller = newSink();
        SrtConnection connection = stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
        caller.connection();
        assertThat(sink.connection().peer().getAddress()).isEqualTo(six);
        byte[] bytes = PacedBytes.packets(14);
        PacedBytes.send(bytes, connection, 10);
        await().atMost(SOON).until(() -> sink.size() == bytes.length);
    }

    @Test
    void aWildcardOfIpv6TakesIpv4Too() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener =
                stack.listen(new InetSocketAddress("::", 0), SrtOptions.STANDARD, request -> SrtVerdict.accept(sink));
        RecordingSink caller = newSink();
        stack.connect(loopback(listener.localAddress().getPort()), SrtOptions.STANDARD, caller);
        caller.connection();
        assertThat(sink.connection().peer().getAddress()).isEqualTo(LOOPBACK);
    }
}
