// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtStats;

/** What a session counts (libsrt's statistics), since its start and since the last reading. Fields are written by the session's parts. */
final class SessionCounters {
    /** IP, UDP and SRT headers, which byte counters include. */
    static final int HEADERS = 44;

    private static final long USUAL_PACKET = 7 * 188 + HEADERS;

    long pktSent;
    long byteSent;
    long pktSentUnique;
    long byteSentUnique;
    long pktRecv;
    long byteRecv;
    long pktRecvUnique;
    long byteRecvUnique;
    long pktSndLoss;
    long pktRcvLoss;
    long pktRetrans;
    long byteRetrans;
    long pktRcvRetrans;
    long pktSentAck;
    long pktRecvAck;
    long pktSentNak;
    long pktRecvNak;
    long usSndDuration;
    long pktSndDrop;
    long byteSndDrop;
    long pktRcvDrop;
    long byteRcvLoss;
    long byteRcvDrop;
    long pktRcvUndecrypt;
    long byteRcvUndecrypt;
    long pktRcvBelated;
    long pktSndFilterExtra;
    long pktRcvFilterExtra;
    long pktRcvFilterSupply;
    long pktRcvFilterLoss;
    double belatedMs;

    /** Packets and fields that were not believed: damaged, out of range, or not for this state. */
    long pktIgnored;

    private SrtStats.Counters mark = totals();
    private long markRetrans;
    private long markBelated;
    private long markUs;

    SessionCounters(long nowUs) {
        markUs = nowUs;
    }

    /** So many packets were missed; their size is estimated by the mean of those that came. */
    void onReceiveLoss(int packets) {
        pktRcvLoss += packets;
        byteRcvLoss += packets * meanReceived();
    }

    /** So many packets were skipped. */
    void onReceiveDrop(int packets) {
        pktRcvDrop += packets;
        byteRcvDrop += packets * meanReceived();
    }

    private long meanReceived() {
        return pktRecvUnique == 0 ? USUAL_PACKET : byteRecvUnique / pktRecvUnique;
    }

    SrtStats.Counters totals() {
        return new SrtStats.Counters(
                pktSent,
                pktRecv,
                pktSentUnique,
                pktRecvUnique,
                pktSndLoss,
                pktRcvLoss,
                pktRetrans,
                pktSentAck,
                pktRecvAck,
                pktSentNak,
                pktRecvNak,
                pktSndDrop,
                pktRcvDrop,
                pktRcvUndecrypt,
                byteSent,
                byteRecv,
                byteSentUnique,
                byteRecvUnique,
                byteRcvLoss,
                byteRetrans,
                byteSndDrop,
                byteRcvDrop,
                byteRcvUndecrypt,
                usSndDuration,
                pktSndFilterExtra,
                pktRcvFilterExtra,
                pktRcvFilterSupply,
                pktRcvFilterLoss);
    }

    /** What came to these totals since the interval began. */
    SrtStats.Counters since(SrtStats.Counters t) {
        SrtStats.Counters m = mark;
        return new SrtStats.Counters(
                t.pktSent() - m.pktSent(),
                t.pktRecv() - m.pktRecv(),
                t.pktSentUnique() - m.pktSentUnique(),
                t.pktRecvUnique() - m.pktRecvUnique(),
                t.pktSndLoss() - m.pktSndLoss(),
                t.pktRcvLoss() - m.pktRcvLoss(),
                t.pktRetrans() - m.pktRetrans(),
                t.pktSentAck() - m.pktSentAck(),
                t.pktRecvAck() - m.pktRecvAck(),
                t.pktSentNak() - m.pktSentNak(),
                t.pktRecvNak() - m.pktRecvNak(),
                t.pktSndDrop() - m.pktSndDrop(),
                t.pktRcvDrop() - m.pktRcvDrop(),
                t.pktRcvUndecrypt() - m.pktRcvUndecrypt(),
                t.byteSent() - m.byteSent(),
                t.byteRecv() - m.byteRecv(),
                t.byteSentUnique() - m.byteSentUnique(),
                t.byteRecvUnique() - m.byteRecvUnique(),
                t.byteRcvLoss() - m.byteRcvLoss(),
                t.byteRetrans() - m.byteRetrans(),
                t.byteSndDrop() - m.byteSndDrop(),
                t.byteRcvDrop() - m.byteRcvDrop(),
                t.byteRcvUndecrypt() - m.byteRcvUndecrypt(),
                t.usSndDuration() - m.usSndDuration(),
                t.pktSndFilterExtra() - m.pktSndFilterExtra(),
                t.pktRcvFilterExtra() - m.pktRcvFilterExtra(),
                t.pktRcvFilterSupply() - m.pktRcvFilterSupply(),
                t.pktRcvFilterLoss() - m.pktRcvFilterLoss());
    }

    long retransmittedSinceMark() {
        return pktRcvRetrans - markRetrans;
    }

    long belatedSinceMark() {
        return pktRcvBelated - markBelated;
    }

    long markUs() {
        return markUs;
    }

    /** The interval begins anew. */
    void restartInterval(long nowUs) {
        mark = totals();
        markRetrans = pktRcvRetrans;
        markBelated = pktRcvBelated;
        markUs = nowUs;
    }

    /** A packet came after its time; the mean weighs the newest with a fifth. */
    void onBelated(long latenessUs) {
        double lateMs = latenessUs / 1000.0;
        belatedMs = pktRcvBelated == 0 ? lateMs : 0.8 * belatedMs + 0.2 * lateMs;
        pktRcvBelated++;
    }
}
