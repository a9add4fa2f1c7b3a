// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.srt.SrtStats;

/**
 * What was counted of all SRT connections of a stream together, so that a new connection begins nothing anew.
 *
 * @param packets data packets received, with retransmitted, duplicate and error correcting ones
 * @param bytes of those, with 44 header bytes a packet
 * @param lost packets missed
 * @param retransmitted packets received that had been sent before
 * @param dropped packets skipped as too late, or undecryptable
 * @param belated packets that came after their time
 * @param undecrypted packets that could not be decrypted
 * @param rebuilt packets rebuilt by forward error correction
 * @param lossReports loss reports sent
 * @param acknowledgements acknowledgements sent, without light ones
 */
public record SrtTotals(
        long packets,
        long bytes,
        long lost,
        long retransmitted,
        long dropped,
        long belated,
        long undecrypted,
        long rebuilt,
        long lossReports,
        long acknowledgements) {
    /** Before the first connection. */
    public static final SrtTotals NONE = new SrtTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** None is less than it was told before: the last figures of a connection may be a little older than those told while it lived. */
    SrtTotals atLeast(SrtTotals before) {
        return new SrtTotals(
                Math.max(packets, before.packets),
                Math.max(bytes, before.bytes),
                Math.max(lost, before.lost),
                Math.max(retransmitted, before.retransmitted),
                Math.max(dropped, before.dropped),
                Math.max(belated, before.belated),
                Math.max(undecrypted, before.undecrypted),
                Math.max(rebuilt, before.rebuilt),
                Math.max(lossReports, before.lossReports),
                Math.max(acknowledgements, before.acknowledgements));
    }

    /** With those of one connection more. */
    SrtTotals plus(SrtStats connection) {
        SrtStats.Counters more = connection.total();
        return new SrtTotals(
                packets + more.pktRecv(),
                bytes + more.byteRecv(),
                lost + more.pktRcvLoss(),
                // Of the interval, which nobody ends: since the connection was made.
                retransmitted + connection.instant().pktRcvRetrans(),
                dropped + more.pktRcvDrop(),
                belated + connection.instant().pktRcvBelated(),
                undecrypted + more.pktRcvUndecrypt(),
                rebuilt + more.pktRcvFilterSupply(),
                lossReports + more.pktSentNak(),
                acknowledgements + more.pktSentAck());
    }
}
