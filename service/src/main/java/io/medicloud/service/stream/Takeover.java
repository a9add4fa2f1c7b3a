// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.srt.SrtConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * May a newcomer take the place of the encoder that is connected? If that one is known to be there: only if newcomers are to win. An encoder that
 * was killed says nothing of it, and is started again at once; so a newcomer waits while it is not known whether the other lives. Thread-safe.
 */
final class Takeover {
    enum Answer {
        YES,
        /** The other has said nothing for a moment; ask again. */
        LATER,
        NO
    }

    /** An encoder that has brought nothing for so long gives way to one that calls. */
    private static final long IDLE_US = TimeUnit.SECONDS.toMicros(1);
    /** So does one of which nothing at all has been heard for so long: one that sends is heard many times in that. */
    private static final long SILENT_US = TimeUnit.MILLISECONDS.toMicros(500);
    /** Silent for so long is anybody, between two packets. */
    private static final long QUIET_US = TimeUnit.MILLISECONDS.toMicros(20);
    /** Who asks so much later asks anew. */
    private static final long ASKING_US = TimeUnit.SECONDS.toMicros(5);

    private final boolean isFree;
    private @Nullable InetSocketAddress asking;
    private long askedUs;
    /** When the other had been heard last, as that one asked first. */
    private long heardUs;

    /** @param isFree newcomers win */
    Takeover(boolean isFree) {
        this.isFree = isFree;
    }

    /**
     * May this one?
     *
     * @param other the encoder that is connected
     * @param idleUs for how long that has brought nothing, in µs
     */
    synchronized Answer ask(InetSocketAddress newcomer, SrtConnection other, long idleUs, long nowUs) {
        if (isFree || idleUs >= IDLE_US) {
            return Answer.YES;
        }
        long silentUs = other.silentUs();
        if (silentUs >= SILENT_US) {
            return Answer.YES;
        }
        boolean isNew = !newcomer.equals(asking) || nowUs - askedUs > ASKING_US;
        if (silentUs < QUIET_US || (!isNew && nowUs - silentUs > heardUs + QUIET_US)) {
            asking = null;
            return Answer.NO;
        }
        if (isNew) {
            asking = newcomer;
            askedUs = nowUs;
            heardUs = nowUs - silentUs;
        }
        return Answer.LATER;
    }
}
