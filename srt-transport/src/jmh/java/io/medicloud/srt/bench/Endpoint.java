// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;

/**
 * One end of a comparison, in a process of its own: {@code recv STACK PORT STREAMS LATENCY_MS [PASSPHRASE]} or {@code send STACK PORT STREAMS LATENCY_MS
 * MBPS SECONDS [PASSPHRASE]}; {@code -Dbuffers=PACKETS} sets the buffers' size. Each payload begins with its number and its time (little endian).
 */
public final class Endpoint {
    static final int PAYLOAD = 1316;

    private static final long PACKET = 1456;
    private static final long MOST_BYTES_A_SECOND = 1_250_000_000;
    private static final long BUFFERS = Long.getLong("buffers", 8192);

    private Endpoint() {}

    /** Runs one end. */
    public static void main(String[] args) throws Exception {
        try (SrtStack stack = SrtStacks.select(args[1]).stack()) {
            int port = Integer.parseInt(args[2]);
            int streams = Integer.parseInt(args[3]);
            SrtOptions options = SrtOptions.STANDARD
                    .withLatencyMs(Integer.parseInt(args[4]))
                    .with(SrtOption.FC, BUFFERS)
                    .with(SrtOption.MAXBW, MOST_BYTES_A_SECOND)
                    .with(SrtOption.RCVBUF, BUFFERS * PACKET)
                    .with(SrtOption.SNDBUF, BUFFERS * PACKET);
            boolean receives = args[0].equals("recv");
            int passphraseAt = receives ? 5 : 7;
            if (args.length > passphraseAt) {
                options = options.withPassphrase(args[passphraseAt]);
            }
            if (receives) {
                ReceivingEnd.run(stack, port, options);
            } else {
                new SendingEnd(stack, port, options, Double.parseDouble(args[5]))
                        .run(streams, Double.parseDouble(args[6]));
            }
        }
    }
}
