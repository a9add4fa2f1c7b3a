// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;

/**
 * How this end behaves, whatever the peer does.
 *
 * @param receiveBufferPackets places of the receive buffer
 * @param sendBufferPackets places of the send buffer
 * @param payloadSize longest payload sent, in bytes
 * @param dropsTooLate too-late packet drop at the receiver
 * @param repeatsNak periodic NAK
 * @param toleratesReordering gaps may be waited out before they are reported
 * @param tracesDrift the peer's clock is followed
 * @param sendDropDelayMs added to the peer's latency before the sender drops; -1: it does not drop
 * @param filtersRetransmissions what was retransmitted within a round trip is not again
 * @param sparesCopies what cannot be asked for once more in time is sent again twice
 * @param bandwidth how fast it sends
 * @param peerIdleTimeoutUs a peer silent for so long is gone
 * @param lingerUs how long closing waits for acknowledgements
 */
public record SessionPolicy(
        int receiveBufferPackets,
        int sendBufferPackets,
        int payloadSize,
        boolean dropsTooLate,
        boolean repeatsNak,
        boolean toleratesReordering,
        boolean tracesDrift,
        long sendDropDelayMs,
        boolean filtersRetransmissions,
        boolean sparesCopies,
        Bandwidth bandwidth,
        long peerIdleTimeoutUs,
        long lingerUs) {
    private static final int PACKET = 1456;
    private static final int LEAST_PACKETS = 32;
    private static final int MOST_PACKETS = 1 << 20;

    /**
     * Limits of what is sent, in bytes a second.
     *
     * @param most MAXBW: -1 none, 0 relative to the input
     * @param input INPUTBW: 0 measured
     * @param leastInput MININPUTBW
     * @param overheadPercent OHEADBW
     * @param retransmission MAXREXMITBW: what retransmissions may take of it; -1 no limit
     */
    public record Bandwidth(long most, long input, long leastInput, int overheadPercent, long retransmission) {}

    /** What the options ask for. */
    public static SessionPolicy of(SrtOptions options) {
        int room = (int) options.number(SrtOption.MSS) - SessionCounters.HEADERS;
        int payloadSize = (int) options.number(SrtOption.PAYLOADSIZE);
        boolean byTimestamp = options.flag(SrtOption.TSBPD);
        return new SessionPolicy(
                (int) Math.min(packets(options, SrtOption.RCVBUF), options.number(SrtOption.FC)),
                packets(options, SrtOption.SNDBUF),
                payloadSize == 0 ? room : Math.min(payloadSize, room),
                byTimestamp && options.flag(SrtOption.TLPKTDROP),
                options.flag(SrtOption.NAKREPORT),
                !options.isSet(SrtOption.LOSSMAXTTL) || options.number(SrtOption.LOSSMAXTTL) > 0,
                byTimestamp && options.flag(SrtOption.DRIFTTRACER),
                options.number(SrtOption.SNDDROPDELAY),
                options.number(SrtOption.RETRANSMITALGO) == 1,
                true,
                new Bandwidth(
                        options.number(SrtOption.MAXBW),
                        options.number(SrtOption.INPUTBW),
                        options.number(SrtOption.MININPUTBW),
                        (int) options.number(SrtOption.OHEADBW),
                        options.number(SrtOption.MAXREXMITBW)),
                options.number(SrtOption.PEERIDLETIMEO) * 1000,
                options.number(SrtOption.LINGER) * 1_000_000);
    }

    /** The same, but what is asked for is sent again once only. */
    SessionPolicy withoutCopies() {
        return new SessionPolicy(
                receiveBufferPackets,
                sendBufferPackets,
                payloadSize,
                dropsTooLate,
                repeatsNak,
                toleratesReordering,
                tracesDrift,
                sendDropDelayMs,
                filtersRetransmissions,
                false,
                bandwidth,
                peerIdleTimeoutUs,
                lingerUs);
    }

    private static int packets(SrtOptions options, SrtOption size) {
        return (int) Math.max(LEAST_PACKETS, Math.min(MOST_PACKETS, options.number(size) / PACKET));
    }
}
