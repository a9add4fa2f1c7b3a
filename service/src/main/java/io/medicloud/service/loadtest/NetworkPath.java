// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is between encoders and service: for each stream a relay on this machine that loses and delays datagrams, both ways. Thread-safe. */
final class NetworkPath implements AutoCloseable {
    private final Impairment impairment;
    private final long seed;
    private final Map<Integer, UdpRelay> relays = new ConcurrentHashMap<>();
    private final AtomicLong latestUs = new AtomicLong();

    NetworkPath(LoadSettings.Network network, long seed) {
        this.seed = seed;
        impairment = Impairment.NONE
                .withLoss(network.loss())
                .withDuplication(network.duplication())
                .withDelayUs(us(network.delay()))
                .withJitterUs(us(network.jitter()));
    }

    private static long us(Duration time) {
        return time.toNanos() / 1000;
    }

    /** Whom the encoder of a stream calls to reach the service. */
    InetSocketAddress through(int stream, InetSocketAddress service) throws IOException {
        UdpRelay relay = UdpRelay.to(service, impairment, impairment, seed + stream, new Numbers());
        relays.put(stream, relay);
        return relay.address();
    }

    /** The stream has ended. */
    void release(int stream) {
        UdpRelay relay = relays.remove(stream);
        if (relay != null) {
            latestUs.accumulateAndGet(relay.latestUs(), Math::max);
            relay.close();
        }
    }

    /** How much too late a relay that is closed sent something on, at worst: what this machine could not keep up with. */
    long latestUs() {
        return latestUs.get();
    }

    @Override
    public void close() {
        relays.keySet().forEach(this::release);
    }

    /** Datagrams are told apart by their order. */
    private static final class Numbers implements UdpRelay.Tap {
        private long next;

        @Override
        public long identify(boolean fromCaller, byte[] datagram, long nowUs) {
            return next++;
        }
    }
}
