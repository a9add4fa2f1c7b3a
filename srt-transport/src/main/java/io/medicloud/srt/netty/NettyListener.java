// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtListener;
import java.net.InetSocketAddress;
import java.util.Map;

/** A listener, on one event loop or on several that share its port. */
final class NettyListener implements SrtListener {
    private final SharedPort port;
    private final ListenerTally tally;

    NettyListener(SharedPort port, ListenerTally tally) {
        this.port = port;
        this.tally = tally;
    }

    @Override
    public InetSocketAddress localAddress() {
        return port.localAddress();
    }

    @Override
    public long accepted() {
        return tally.accepted();
    }

    @Override
    public Map<RejectReason, Long> rejected() {
        return tally.rejected();
    }

    @Override
    public long systemDrops() {
        long sum = 0;
        for (SrtMultiplexer part : port.parts()) {
            long drops = part.systemDrops();
            if (drops < 0) {
                return drops;
            }
            sum += drops;
        }
        return sum;
    }

    @Override
    public void close() {
        port.closeListener();
    }
}
