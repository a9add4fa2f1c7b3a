// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Statistics of one connection, by the names, meaning and units of libsrt's {@code SRT_TRACEBSTATS}: {@code pkt…} are
 * packets, {@code byte…} bytes including 44 header bytes a packet (but {@code byteRcvUndecrypt}: payload only),
 * {@code ms…} milliseconds, {@code us…} microseconds, {@code mbps…} Mbit/s.
 *
 * @param msTimeStamp since the socket's start
 * @param total since the connection's start
 * @param interval since the interval's start
 * @param instant as things stand
 */
public record SrtStats(long msTimeStamp, Counters total, Counters interval, Instant instant) {

    /** Of a connection that has done nothing yet. */
    public static final SrtStats NONE = new SrtStats(0, Counters.ZERO, Counters.ZERO, Instant.ZERO);

    /**
     * What is counted, by either side of the connection.
     *
     * @param pktSent data packets put on the wire, with retransmissions and forward error correction
     * @param pktRecv data packets received, with retransmitted, duplicate and error correcting ones
     * @param pktSentUnique data packets sent for the first time
     * @param pktRecvUnique data packets received for the first time, in time, and decrypted
     * @param pktSndLoss packets that the peer reported lost
     * @param pktRcvLoss packets missed here
     * @param pktRetrans retransmissions sent
     * @param pktSentAck acknowledgements sent, without light ones
     * @param pktRecvAck acknowledgements received that acknowledge more than the one before, without light ones
     * @param pktSentNak loss reports sent
     * @param pktRecvNak loss reports received
     * @param pktSndDrop packets dropped by the sender as too late
     * @param pktRcvDrop packets skipped by the receiver as too late, dropped, or undecryptable
     * @param pktRcvUndecrypt packets that could not be decrypted
     * @param usSndDuration time with something to send
     * @param pktSndFilterExtra error correcting packets sent
     * @param pktRcvFilterExtra error correcting packets received
     * @param pktRcvFilterSupply packets rebuilt
     * @param pktRcvFilterLoss losses that could not be rebuilt
     */
    public record Counters(
            long pktSent,
            long pktRecv,
            long pktSentUnique,
            long pktRecvUnique,
            long pktSndLoss,
            long pktRcvLoss,
            long pktRetrans,
            long pktSentAck,
            long pktRecvAck,
            long pktSentNak,
            long pktRecvNak,
            long pktSndDrop,
            long pktRcvDrop,
            long pktRcvUndecrypt,
            long byteSent,
            long byteRecv,
            long byteSentUnique,
            long byteRecvUnique,
            long byteRcvLoss,
            long byteRetrans,
            long byteSndDrop,
            long byteRcvDrop,
            long byteRcvUndecrypt,
            long usSndDuration,
            long pktSndFilterExtra,
            long pktRcvFilterExtra,
            long pktRcvFilterSupply,
            long pktRcvFilterLoss) {

        static final Counters ZERO =
                new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        private void putAll(Map<String, Number> map, String suffix) {
            map.put("pktSent" + suffix, pktSent);
            map.put("pktRecv" + suffix, pktRecv);
            map.put("pktSentUnique" + suffix, pktSentUnique);
            map.put("pktRecvUnique" + suffix, pktRecvUnique);
            map.put("pktSndLoss" + suffix, pktSndLoss);
            map.put("pktRcvLoss" + suffix, pktRcvLoss);
            map.put("pktRetrans" + suffix, pktRetrans);
            map.put("pktSentACK" + suffix, pktSentAck);
            map.put("pktRecvACK" + suffix, pktRecvAck);
            map.put("pktSentNAK" + suffix, pktSentNak);
            map.put("pktRecvNAK" + suffix, pktRecvNak);
            map.put("pktSndDrop" + suffix, pktSndDrop);
            map.put("pktRcvDrop" + suffix, pktRcvDrop);
            map.put("pktRcvUndecrypt" + suffix, pktRcvUndecrypt);
            map.put("byteSent" + suffix, byteSent);
            map.put("byteRecv" + suffix, byteRecv);
            map.put("byteSentUnique" + suffix, byteSentUnique);
            map.put("byteRecvUnique" + suffix, byteRecvUnique);
            map.put("byteRcvLoss" + suffix, byteRcvLoss);
            map.put("byteRetrans" + suffix, byteRetrans);
            map.put("byteSndDrop" + suffix, byteSndDrop);
            map.put("byteRcvDrop" + suffix, byteRcvDrop);
            map.put("byteRcvUndecrypt" + suffix, byteRcvUndecrypt);
            map.put("usSndDuration" + suffix, usSndDuration);
            map.put("pktSndFilterExtra" + suffix, pktSndFilterExtra);
            map.put("pktRcvFilterExtra" + suffix, pktRcvFilterExtra);
            map.put("pktRcvFilterSupply" + suffix, pktRcvFilterSupply);
            map.put("pktRcvFilterLoss" + suffix, pktRcvFilterLoss);
        }
    }

    /**
     * How things stand, and what is only known for the interval.
     *
     * @param pktRcvRetrans retransmissions received in the interval
     * @param pktRcvBelated packets that came after their time in the interval
     * @param pktRcvAvgBelatedTime how late they were, in milliseconds
     * @param pktReorderDistance longest disorder seen
     * @param pktReorderTolerance disorder tolerated now
     * @param mbpsSendRate sent in the interval
     * @param mbpsRecvRate received in the interval
     * @param usPktSndPeriod pacing: time between packets
     * @param pktFlowWindow what the peer has room for
     * @param pktCongestionWindow congestion window
     * @param pktFlightSize sent and not acknowledged
     * @param msRtt smoothed round trip time
     * @param mbpsBandwidth estimate of the capacity of the link to the peer, as the peer tells it; while it tells none, of the link
     *     from it. libsrt takes it from the time between packets; the stack {@code java}, which takes many at once, tells what has come through at
     *     least, at best within some milliseconds of the last seconds: it is never more than the link has, and less where nothing is sent in bursts
     * @param mbpsMaxBw limit in force; without one 2000 with the stack {@code java}, 1000 with {@code libsrt}: what each of them does not exceed
     * @param byteMss largest packet
     * @param byteAvailSndBuf room in the send buffer
     * @param byteAvailRcvBuf room in the receive buffer
     * @param pktSndBuf packets in the send buffer
     * @param msSndBuf time that they span
     * @param pktRcvBuf packets in the receive buffer
     * @param msRcvBuf time that they span
     * @param msSndTsbPdDelay latency at the peer
     * @param msRcvTsbPdDelay latency here
     */
    public record Instant(
            long pktRcvRetrans,
            long pktRcvBelated,
            double pktRcvAvgBelatedTime,
            int pktReorderDistance,
            int pktReorderTolerance,
            double mbpsSendRate,
            double mbpsRecvRate,
            double usPktSndPeriod,
            int pktFlowWindow,
            int pktCongestionWindow,
            int pktFlightSize,
            double msRtt,
            double mbpsBandwidth,
            double mbpsMaxBw,
            int byteMss,
            int byteAvailSndBuf,
            int byteAvailRcvBuf,
            int pktSndBuf,
            int byteSndBuf,
            int msSndBuf,
            int pktRcvBuf,
            int byteRcvBuf,
            int msRcvBuf,
            int msSndTsbPdDelay,
            int msRcvTsbPdDelay) {

        static final Instant ZERO =
                new Instant(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

        private void putAll(Map<String, Number> map) {
            map.put("pktRcvRetrans", pktRcvRetrans);
            map.put("pktRcvBelated", pktRcvBelated);
            map.put("pktRcvAvgBelatedTime", pktRcvAvgBelatedTime);
            map.put("pktReorderDistance", pktReorderDistance);
            map.put("pktReorderTolerance", pktReorderTolerance);
            map.put("mbpsSendRate", mbpsSendRate);
            map.put("mbpsRecvRate", mbpsRecvRate);
            map.put("usPktSndPeriod", usPktSndPeriod);
            map.put("pktFlowWindow", pktFlowWindow);
            map.put("pktCongestionWindow", pktCongestionWindow);
            map.put("pktFlightSize", pktFlightSize);
            map.put("msRTT", msRtt);
            map.put("mbpsBandwidth", mbpsBandwidth);
            map.put("mbpsMaxBW", mbpsMaxBw);
            map.put("byteMSS", byteMss);
            map.put("byteAvailSndBuf", byteAvailSndBuf);
            map.put("byteAvailRcvBuf", byteAvailRcvBuf);
            map.put("pktSndBuf", pktSndBuf);
            map.put("byteSndBuf", byteSndBuf);
            map.put("msSndBuf", msSndBuf);
            map.put("pktRcvBuf", pktRcvBuf);
            map.put("byteRcvBuf", byteRcvBuf);
            map.put("msRcvBuf", msRcvBuf);
            map.put("msSndTsbPdDelay", msSndTsbPdDelay);
            map.put("msRcvTsbPdDelay", msRcvTsbPdDelay);
        }
    }

    /** All of it by libsrt's names, in a fixed order: totals end in {@code Total}. */
    public Map<String, Number> toMap() {
        Map<String, Number> map = new LinkedHashMap<>();
        map.put("msTimeStamp", msTimeStamp);
        total.putAll(map, "Total");
        interval.putAll(map, "");
        instant.putAll(map);
        return map;
    }
}
