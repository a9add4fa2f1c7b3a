// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.SrtPacketFilter.Arq;
import io.medicloud.srt.filter.FecDecoder;
import io.medicloud.srt.filter.FecSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The receiver's packet filter: what is rebuilt is received, and which loss is reported, and when, is up to the use of retransmission agreed on. */
final class FecRecovery implements FecSink {
    private static final long NEVER_US = Long.MAX_VALUE / 4;
    private static final long LAST_CHANCE_ROUNDS = 3;
    private static final long LAST_CHANCE_MARGIN_US = 20_000;

    private final FecDecoder decoder;
    private final Arq arq;
    private final SrtReceiver receiver;
    private final LossDetector losses;
    private final RttEstimator rtt;
    private final long latencyUs;
    private final SessionCounters counters;

    FecRecovery(
            SessionParameters parameters,
            SrtPacketFilter filter,
            SrtReceiver receiver,
            RttEstimator rtt,
            SessionCounters counters,
            ByteBufAllocator allocator) {
        this.receiver = receiver;
        this.losses = receiver.losses();
        this.rtt = rtt;
        latencyUs = parameters.receiveLatencyMs() * 1000L;
        this.counters = counters;
        arq = filter.arqInForce();
        decoder = new FecDecoder(filter, parameters.receiveSeqNo(), parameters.wirePayloadSize(), allocator, this);
    }

    /** Whether losses are reported as if there were no filter. */
    boolean reportsAtOnce() {
        return arq == Arq.ALWAYS;
    }

    /**
     * How long after it was noticed the loss of this packet is to be reported, in microseconds: at once if it cannot be rebuilt any more. Else that is
     * told later, or if the stream pauses never; so when there is only just time for it.
     */
    long patienceUs(int seqNo) {
        if (arq == Arq.NEVER) {
            return NEVER_US;
        }
        long lastChanceUs = latencyUs - LAST_CHANCE_ROUNDS * rtt.rttUs() - LAST_CHANCE_MARGIN_US;
        return decoder.isGivenUp(seqNo) ? 0 : Math.max(latencyUs / 2, lastChanceUs);
    }

    /** A data packet, before it is decrypted; within the receive buffer's reach, or older. */
    void onData(ByteBuf packet, int seqNo, long nowUs) {
        if (receiver.reaches(seqNo)) {
            decoder.onData(packet, nowUs);
        }
    }

    void onExtra(ByteBuf packet, int seqNo, long nowUs) {
        if (receiver.reaches(seqNo)) {
            decoder.onExtra(packet, nowUs);
        }
    }

    @Override
    public void takeRebuilt(ByteBuf packet, long nowUs) {
        counters.pktRcvFilterSupply++;
        receiver.takeRebuilt(packet, nowUs);
    }

    @Override
    public void onUnsolved(int seqNo, long nowUs) {
        counters.pktRcvFilterLoss++;
        if (arq == Arq.ONREQ) {
            losses.expedite(seqNo, nowUs);
        }
    }
}
