// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtStats;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;

/** Puts a session's counters and state together, with libsrt's meanings and units. */
final class SessionStatistics {
    private SessionStatistics() {}

    static SrtStats of(
            SessionParameters parameters,
            SessionCounters counters,
            RttEstimator rtt,
            SrtReceiver receiver,
            SrtSender sender,
            TsbpdClock clock,
            long nowUs) {
        SrtStats.Counters totals = counters.totals();
        SrtStats.Counters interval = counters.since(totals);
        long intervalUs = Math.max(1, nowUs - counters.markUs());
        SendBuffer sending = sender.buffer();
        ReceiveBuffer received = receiver.buffer();
        int mtu = parameters.mtu();
        SrtStats.Instant instant = new SrtStats.Instant(
                counters.retransmittedSinceMark(),
                counters.belatedSinceMark(),
                counters.belatedMs,
                receiver.tolerance().distance(),
                tolerancePackets(receiver),
                interval.byteSent() * 8.0 / intervalUs,
                interval.byteRecv() * 8.0 / intervalUs,
                sender.pacing().periodUs(),
                sender.flowWindow(),
                SrtSender.congestionWindow(),
                sending.inFlight(),
                rtt.rttUs() / 1000.0,
                linkCapacity(sender, receiver) * mtu * 8 / 1e6,
                sender.pacing().limit() * 8 / 1e6,
                mtu,
                (sending.limit() - sending.packets()) * mtu,
                Math.max(0, received.free()) * mtu,
                sending.packets(),
                (int) (sending.payloadBytes() + (long) sending.packets() * SessionCounters.HEADERS),
                spanMs(sending, parameters, nowUs),
                received.packets(),
                (int) (received.payloadBytes() + (long) received.packets() * SessionCounters.HEADERS),
                spanMs(received),
                parameters.peerLatencyMs(),
                (int) (clock.latencyUs() / 1000));
        return new SrtStats((nowUs - parameters.startUs()) / 1000, totals, interval, instant);
    }

    /** What the peer tells of the link to it; while it tells nothing, what is known of the link to us. In packets a second. */
    private static double linkCapacity(SrtSender sender, SrtReceiver receiver) {
        return sender.linkCapacity() > 0
                ? sender.linkCapacity()
                : receiver.rate().linkCapacity();
    }

    private static int tolerancePackets(SrtReceiver receiver) {
        return (int) (receiver.tolerance().toleranceUs() * receiver.rate().packetRate() / 1_000_000);
    }

    private static int spanMs(SendBuffer sending, SessionParameters parameters, long nowUs) {
        int now = SrtTimestamp.of(nowUs - parameters.startUs());
        return sending.isEmpty() ? 0 : SrtTimestamp.distance(sending.firstTimestamp(), now) / 1000;
    }

    private static int spanMs(ReceiveBuffer received) {
        int first = received.firstPresent();
        if (first == SeqNo.NONE) {
            return 0;
        }
        ByteBuf oldest = received.get(first);
        ByteBuf newest = received.get(SeqNo.previous(received.end()));
        return oldest == null || newest == null
                ? 0
                : Math.max(0, SrtPacket.timestamp(newest) - SrtPacket.timestamp(oldest)) / 1000;
    }
}
