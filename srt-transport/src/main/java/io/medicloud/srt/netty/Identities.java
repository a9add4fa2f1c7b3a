// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.packet.SeqNo;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Gives connections their numbers: socket ids count down from a random one, as in libsrt, so that none comes again soon. */
final class Identities {
    private static final int MOST = 0x3FFF_FFFF;

    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger lastSocketId = new AtomicInteger(1 + random.nextInt(MOST));
    private final AtomicLong lastId = new AtomicLong();

    int nextSocketId(SrtMultiplexer port) {
        int socketId;
        do {
            socketId = lastSocketId.updateAndGet(last -> last <= 1 ? MOST : last - 1);
        } while (port.isTaken(socketId));
        return socketId;
    }

    long nextId() {
        return lastId.incrementAndGet();
    }

    /** An unpredictable initial sequence number; the largest is not allowed. */
    int initialSeqNo() {
        return random.nextInt(SeqNo.MAX);
    }
}
