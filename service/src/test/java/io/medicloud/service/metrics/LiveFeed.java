// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.grpc.TestEncoder;
import java.time.Duration;
import java.util.Arrays;

/** A stream in pieces that are each to be sent when the one before has played; now and then a packet is missing, and after some seconds it begins anew. */
final class LiveFeed {
    /** How long a piece plays. */
    static final Duration PIECE = Duration.ofMillis(100);

    private static final Duration LENGTH = Duration.ofSeconds(6);
    private static final int FLAW_EVERY = 17;

    private final byte[] stream = TestEncoder.stream(LENGTH);
    private int pieces;

    byte[] next() {
        int count = (int) LENGTH.dividedBy(PIECE);
        int index = pieces++ % count;
        int packets = stream.length / TsPacket.SIZE;
        int from = packets * index / count * TsPacket.SIZE;
        int to = packets * (index + 1) / count * TsPacket.SIZE;
        boolean isFlawed = pieces % FLAW_EVERY == 0;
        return Arrays.copyOfRange(stream, isFlawed ? from + TsPacket.SIZE : from, to);
    }

    /** How many there were. */
    int pieces() {
        return pieces;
    }
}
