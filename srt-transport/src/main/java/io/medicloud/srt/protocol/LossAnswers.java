// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.LossList;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;

/** Takes the peer's loss reports: marks what is to be sent again, and says what is there no longer. */
final class LossAnswers {
    private final SendBuffer buffer;
    private final ControlSender control;
    private final RttEstimator rtt;
    private final SessionCounters counters;
    private final boolean filters;
    private final LossList lossList = new LossList();

    /** @param filters whether what is under way already is not sent again: the peer repeats its reports */
    LossAnswers(SendBuffer buffer, ControlSender control, RttEstimator rtt, SessionCounters counters, boolean filters) {
        this.buffer = buffer;
        this.control = control;
        this.rtt = rtt;
        this.counters = counters;
        this.filters = filters;
    }

    void onNak(ByteBuf packet, long nowUs) {
        counters.pktRecvNak++;
        lossList.wrap(packet);
        boolean answeredOld = false;
        while (lossList.next()) {
            int first = lossList.first();
            int last = lossList.last();
            if (!SeqNo.isBefore(last, buffer.nextUnsent())) {
                counters.pktIgnored++; // never sent
                continue;
            }
            // Seen from its end: the first of a long range may be so far back that it seems to be ahead.
            if (SeqNo.distance(first, last) > SeqNo.distance(buffer.first(), last)) {
                boolean allOld = SeqNo.isBefore(last, buffer.first());
                if (!answeredOld) {
                    control.sendDropRequest(first, allOld ? last : SeqNo.previous(buffer.first()), nowUs);
                    answeredOld = true;
                }
                if (allOld) {
                    continue;
                }
                first = buffer.first();
            }
            markLost(first, last, nowUs);
        }
    }

    /** Marks sent packets, from the first to the last, as to be sent again. */
    void markLost(int first, int last, long nowUs) {
        long spareUs = rtt.rttUs() - 4L * rtt.varianceUs();
        for (int seqNo = first; !SeqNo.isBefore(last, seqNo); seqNo = SeqNo.next(seqNo)) {
            counters.pktSndLoss++;
            int sentUs = buffer.retransmittedUs(seqNo);
            boolean isUnderWay = filters && sentUs != 0 && (int) nowUs - sentUs < spareUs;
            if (!isUnderWay) {
                buffer.markLost(seqNo);
            }
        }
    }
}
