// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.FreePorts;
import io.medicloud.service.config.PortRange;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SrtPortsTest {
    private final List<DatagramSocket> sockets = new ArrayList<>();

    @AfterEach
    void close() {
        sockets.forEach(DatagramSocket::close);
    }

    @Test
    void aPortThatAnotherProgramHoldsIsPassedOver() throws Exception {
        PortRange range = FreePorts.range(3);
        other(range.first());
        SrtPorts ports = new SrtPorts("127.0.0.1", range);

        assertThat(bind(ports).getLocalPort()).isEqualTo(range.first() + 1);
        assertThat(bind(ports).getLocalPort()).isEqualTo(range.first() + 2);
        assertThatThrownBy(() -> bind(ports))
                .isInstanceOfSatisfying(
                        StreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StreamException.Kind.EXHAUSTED))
                .hasMessage("srt.ports: no port of " + range + " is free: 2 held by streams, 1 by other programs");
    }

    @Test
    void aPortThatWasReleasedIsGivenOutAgainAfterTheOthers() throws Exception {
        PortRange range = FreePorts.range(3);
        SrtPorts ports = new SrtPorts("127.0.0.1", range);
        DatagramSocket first = bind(ports);

        first.close();
        ports.release(range.first());

        assertThat(List.of(
                        bind(ports).getLocalPort(),
                        bind(ports).getLocalPort(),
                        bind(ports).getLocalPort()))
                .containsExactly(range.first() + 1, range.first() + 2, range.first());
    }

    @Test
    void aPortThatAnotherProgramGaveUpCanBeHad() throws Exception {
        PortRange range = FreePorts.range(1);
        SrtPorts ports = new SrtPorts("127.0.0.1", range);
        DatagramSocket other = other(range.first());
        assertThatThrownBy(() -> bind(ports)).isInstanceOf(StreamException.class);
        assertThat(ports.isFree(range.first())).isFalse();

        other.close();

        assertThat(ports.isFree(range.first())).isTrue();
        assertThat(bind(ports).getLocalPort()).isEqualTo(range.first());
    }

    @Test
    void noPortIsGivenTwiceToThoseWhoAskAtOnce() throws Exception {
        PortRange range = FreePorts.range(40);
        SrtPorts ports = new SrtPorts("127.0.0.1", range);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<DatagramSocket>> asked = new ArrayList<>();
        for (int i = 0; i < range.size(); i++) {
            asked.add(CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            go.await();
                            return bind(ports);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    },
                    threads));
        }

        go.countDown();

        assertThat(asked.stream().map(socket -> socket.join().getLocalPort()).distinct())
                .hasSize(range.size());
        threads.shutdown();
    }

    @Test
    void whatFailsForAnotherReasonIsToldAndHoldsNoPort() throws Exception {
        SrtPorts ports = new SrtPorts("127.0.0.1", FreePorts.range(1));

        assertThatThrownBy(() -> ports.bind("another", address -> {
                    throw new IOException("no such option");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no such option");

        assertThat(ports.held()).isZero();
    }

    @Test
    void aPortThatIsKeptIsGivenToNobodyButTheStreamThatHadIt() throws Exception {
        PortRange range = FreePorts.range(2);
        SrtPorts ports = new SrtPorts("127.0.0.1", range);
        ports.keep("live", range.first());
        ports.keep("elsewhere", range.first() + 2);
        assertThat(ports.held()).isEqualTo(1);

        assertThat(bind(ports).getLocalPort()).isEqualTo(range.first() + 1);
        assertThatThrownBy(() -> bind(ports)).isInstanceOf(StreamException.class);
        assertThatThrownBy(() -> ports.bindAt(range.first(), address -> {
                    throw new BindException("in use");
                }))
                .isInstanceOf(BindException.class);
        assertThatThrownBy(() -> bind(ports)).as("kept still").isInstanceOf(StreamException.class);
        ports.forgo("live");

        assertThat(bind(ports).getLocalPort()).isEqualTo(range.first());
    }

    @Test
    void whatIsKeptForAStreamIsFreeForIt() throws Exception {
        PortRange range = FreePorts.range(1);
        SrtPorts ports = new SrtPorts("127.0.0.1", range);
        ports.keep("live", range.first());
        assertThatThrownBy(() -> bind(ports)).isInstanceOf(StreamException.class);
        DatagramSocket bound = ports.bind("live", address -> keep(new DatagramSocket(address)));

        assertThat(bound.getLocalPort()).isEqualTo(range.first());
    }

    private DatagramSocket bind(SrtPorts ports) throws StreamException, IOException {
        return ports.bind("another", address -> {
            try {
                return keep(new DatagramSocket(address));
            } catch (BindException e) {
                throw e;
            }
        });
    }

    private DatagramSocket other(int port) throws SocketException {
        return keep(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    private synchronized DatagramSocket keep(DatagramSocket socket) {
        sockets.add(socket);
        return socket;
    }
}
