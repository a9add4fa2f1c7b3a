// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.netty.NettySrtStack;
import io.medicloud.srt.netty.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pure-Java stack has beyond the contract: event loops that share a port, and the options of each transport. */
final class SharedPortTest extends SrtStackContract {
    private static final int CALLERS = 24;

    @Override
    SrtStack newStack(ByteBufAllocator allocator) {
        return new NettySrtStack(allocator, Transport.epoll(), 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "nio"})
    void severalLoopsShareAListenersPortAndAConnectionStaysOnOne(String name) throws Exception {
        try (SrtStack shared = new NettySrtStack(
                ByteBufAllocator.DEFAULT, name.equals("nio") ? Transport.nio() : Transport.epoll(), 3)) {
            Queue<RecordingSink> accepted = new ConcurrentLinkedQueue<>();
            Set<String> threads = ConcurrentHashMap.newKeySet();
            SrtListener listener = shared.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
                RecordingSink sink = new OnOneThread(threads);
                accepted.add(sink);
                return SrtVerdict.accept(sink);
            });
            byte[] bytes = PacedBytes.packets(7 * 20);
            List<RecordingSink> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                RecordingSink caller = newSink();
                callers.add(caller);
                stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
            }
            for (RecordingSink caller : callers) {
                PacedBytes.send(bytes, caller.connection(), 200);
            }
            await().atMost(SOON)
                    .until(() -> accepted.size() == CALLERS
                            && accepted.stream().allMatch(sink -> sink.size() == bytes.length));
            assertThat(accepted).allSatisfy(sink -> {
                assertThat(sink.bytes()).isEqualTo(bytes);
                assertThat(sink.disorder()).isEmpty();
            });
            assertThat(listener.accepted()).isEqualTo(CALLERS);
            assertThat(threads).hasSizeGreaterThan(1);
            assertThatThrownBy(() -> stack.listen(
                            listener.localAddress(), SrtOptions.STANDARD, request -> SrtVerdict.accept(newSink())))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("in use");

            listener.close();
            assertThatThrownBy(() -> new DatagramSocket(listener.localAddress()))
                    .isInstanceOf(BindException.class);
            for (RecordingSink caller : callers) {
                caller.connection().close();
            }
            for (RecordingSink sink : accepted) {
                assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
            }
            await().atMost(SOON).until(() -> isFree(listener));
        }
    }

    private static boolean isFree(SrtListener listener) {
        try (DatagramSocket socket = new DatagramSocket(listener.localAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Notes on which thread it is served, and that it is always the same one. */
    private static final class OnOneThread extends RecordingSink {
        private final Set<String> threads;
        private final ThreadLocal<Boolean> seen = ThreadLocal.withInitial(() -> false);
        private volatile Thread first;

        OnOneThread(Set<String> threads) {
            this.threads = threads;
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            if (first == null) {
                first = Thread.currentThread();
            }
            assertThat(Thread.currentThread()).isSameAs(first);
            if (!seen.get()) {
                seen.set(true);
                threads.add(Thread.currentThread().getName());
            }
            super.onPayload(payload, nowUs);
        }
    }

    @ParameterizedTest
    @CsvSource({"IPTTL, 7", "BINDTODEVICE, lo", "IPTOS, 32", "IPV6ONLY, 1"})
    void whatEpollCanSetWorks(SrtOption option, String value) throws Exception {
        SrtOptions options = SrtOptions.parse(Map.of(option, value));
        RecordingSink sink = newSink();
        SrtListener listener = listen(options, sink);
        RecordingSink caller = newSink();
        stack.connect(listener.localAddress(), options, caller);
        caller.connection();
        sink.connection();
    }

    @Test
    void anIpv6WildcardCanBeIpv6Only() throws Exception {
        SrtOptions options = SrtOptions.STANDARD.with(SrtOption.IPV6ONLY, 1);
        InetSocketAddress wildcard = new InetSocketAddress("::", 0);
        SrtListener listener = stack.listen(wildcard, options, request -> SrtVerdict.accept(newSink()));
        InetSocketAddress v4 = loopback(listener.localAddress().getPort());
        new DatagramSocket(v4).close(); // is free
    }

    @ParameterizedTest
    @CsvSource({"IPTTL, 7", "BINDTODEVICE, lo"})
    void whatNioCannotSetIsRefusedByName(SrtOption option, String value) {
        SrtOptions options = SrtOptions.parse(Map.of(option, value));
        try (SrtStack nio = new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.nio(), 1)) {
            assertThatThrownBy(() -> nio.listen(ANY_PORT, options, request -> SrtVerdict.accept(newSink())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(option.key())
                    .hasMessageContaining("epoll");
        }
    }
}
