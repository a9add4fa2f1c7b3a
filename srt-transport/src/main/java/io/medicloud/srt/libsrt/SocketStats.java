// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtStats;
import io.medicloud.srt.libsrt.binding.CBytePerfMon;
import io.medicloud.srt.libsrt.binding.LibSrt;

/** Reads {@code srt_bistats}. Keeps what it read last: libsrt has no statistics of a broken socket. */
final class SocketStats implements AutoCloseable {

    // A newer libsrt may write more fields than the headers know.
    private static final int STRUCTS = 2;
    private static final long NEVER = Long.MIN_VALUE;

    private final int socket;
    private final CBytePerfMon counters = new CBytePerfMon(STRUCTS);
    private SrtStats last = SrtStats.NONE;
    private boolean stale;
    private long heard;
    private long heardUs = NEVER;

    SocketStats(int socket) {
        this.socket = socket;
    }

    /** The handshake is done: the peer was heard. */
    synchronized void onConnected(long nowUs) {
        heardUs = nowUs;
    }

    synchronized SrtStats read(boolean restartInterval) {
        if (!counters.isNull() && LibSrt.srt_bistats(socket, counters, restartInterval ? 1 : 0, 1) == 0) {
            stale = true;
        }
        return decoded();
    }

    /** Reads, so that it is there when the connection is not. False if libsrt has none any more. */
    synchronized boolean refresh(long nowUs) {
        if (counters.isNull() || LibSrt.srt_bistats(socket, counters, 0, 1) != 0) {
            return false;
        }
        stale = true;
        long packets = counters.pktRecvTotal() + counters.pktRecvACKTotal() + counters.pktRecvNAKTotal();
        if (packets != heard) {
            heard = packets;
            heardUs = nowUs;
        }
        return true;
    }

    /** When a packet of the peer was last noticed. */
    synchronized long heardUs() {
        return heardUs;
    }

    /** For how long none was noticed, looking once more; −1 before the handshake is done. */
    synchronized long silentUs(long nowUs) {
        if (heardUs == NEVER) {
            return -1;
        }
        refresh(nowUs);
        return Math.max(0, nowUs - heardUs);
    }

    @Override
    public synchronized void close() {
        if (!counters.isNull()) {
            decoded();
            counters.close();
        }
    }

    private SrtStats decoded() {
        if (stale && !counters.isNull()) {
            last = new SrtStats(counters.msTimeStamp(), total(), interval(), instant());
            stale = false;
        }
        return last;
    }

    private SrtStats.Counters total() {
        CBytePerfMon c = counters;
        return new SrtStats.Counters(
                c.pktSentTotal(),
                c.pktRecvTotal(),
                c.pktSentUniqueTotal(),
                c.pktRecvUniqueTotal(),
                c.pktSndLossTotal(),
                c.pktRcvLossTotal(),
                c.pktRetransTotal(),
                c.pktSentACKTotal(),
                c.pktRecvACKTotal(),
                c.pktSentNAKTotal(),
                c.pktRecvNAKTotal(),
                c.pktSndDropTotal(),
                c.pktRcvDropTotal(),
                c.pktRcvUndecryptTotal(),
                c.byteSentTotal(),
                c.byteRecvTotal(),
                c.byteSentUniqueTotal(),
                c.byteRecvUniqueTotal(),
                c.byteRcvLossTotal(),
                c.byteRetransTotal(),
                c.byteSndDropTotal(),
                c.byteRcvDropTotal(),
                c.byteRcvUndecryptTotal(),
                c.usSndDurationTotal(),
                c.pktSndFilterExtraTotal(),
                c.pktRcvFilterExtraTotal(),
                c.pktRcvFilterSupplyTotal(),
                c.pktRcvFilterLossTotal());
    }

    private SrtStats.Counters interval() {
        CBytePerfMon c = counters;
        return new SrtStats.Counters(
                c.pktSent(),
                c.pktRecv(),
                c.pktSentUnique(),
                c.pktRecvUnique(),
                c.pktSndLoss(),
                c.pktRcvLoss(),
                c.pktRetrans(),
                c.pktSentACK(),
                c.pktRecvACK(),
                c.pktSentNAK(),
                c.pktRecvNAK(),
                c.pktSndDrop(),
                c.pktRcvDrop(),
                c.pktRcvUndecrypt(),
                c.byteSent(),
                c.byteRecv(),
                c.byteSentUnique(),
                c.byteRecvUnique(),
                c.byteRcvLoss(),
                c.byteRetrans(),
                c.byteSndDrop(),
                c.byteRcvDrop(),
                c.byteRcvUndecrypt(),
                c.usSndDuration(),
                c.pktSndFilterExtra(),
                c.pktRcvFilterExtra(),
                c.pktRcvFilterSupply(),
                c.pktRcvFilterLoss());
    }

    private SrtStats.Instant instant() {
        CBytePerfMon c = counters;
        return new SrtStats.Instant(
                c.pktRcvRetrans(),
                c.pktRcvBelated(),
                c.pktRcvAvgBelatedTime(),
                c.pktReorderDistance(),
                c.pktReorderTolerance(),
                c.mbpsSendRate(),
                c.mbpsRecvRate(),
                c.usPktSndPeriod(),
                c.pktFlowWindow(),
                c.pktCongestionWindow(),
                c.pktFlightSize(),
                c.msRTT(),
                c.mbpsBandwidth(),
                c.mbpsMaxBW(),
                c.byteMSS(),
                c.byteAvailSndBuf(),
                c.byteAvailRcvBuf(),
                c.pktSndBuf(),
                c.byteSndBuf(),
                c.msSndBuf(),
                c.pktRcvBuf(),
                c.byteRcvBuf(),
                c.msRcvBuf(),
                c.msSndTsbPdDelay(),
                c.msRcvTsbPdDelay());
    }
}
