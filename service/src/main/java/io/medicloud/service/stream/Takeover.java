// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.srt.SrtConnection;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * May a newcomer take the place of the encoder that is connected? If that one is known to be there: only if newcomers are to win. An encoder that
 * was killed says nothing of it, and is started again at once; so a newcomer waits while it is not known whether the other lives. Thread-safe.
 */
final class Takeover {
    enum Answer {
        YES,
        /** It is not known yet whether the other is still there; ask again. */
        LATER,
        NO
    }

    /** Of which nothing at all has been heard for so long gives way to one that calls: who lives is heard once a second (keepalive). */
    private static final long SILENT_US = TimeUnit.MILLISECONDS.toMicros(1100);
    /** So does one that has brought nothing for so long, */
    private static final long IDLE_US = TimeUnit.SECONDS.toMicros(1);
    /** if it says nothing for so long either: what it brings may not have been looked at yet. */
    private static final long HUSHED_US = TimeUnit.MILLISECONDS.toMicros(300);
    /** How exactly it is known when the other was heard. */
    private static final long EXACT_US = TimeUnit.MILLISECONDS.toMicros(20);
    /** Who asks so much later asks anew. */
    private static final long ASKING_US = TimeUnit.SECONDS.toMicros(5);

    private static final int MOST_ASKING = 64;

    private boolean isFree;
    private final Map<InetSocketAddress, Asked> asking = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Asked> eldest) {
            return size() > MOST_ASKING;
        }
    };

    /** When one asked first, and when the other had been heard last. */
    private record Asked(long atUs, long heardUs) {}

    /** @param isFree newcomers win */
    Takeover(boolean isFree) {
        this.isFree = isFree;
    }

    /** From now on newcomers win, or do not. */
    synchronized void setFree(boolean free) {
        isFree = free;
    }

    /**
     * May this one?
     *
     * @param other the encoder that is connected
     * @param idleUs for how long that has brought nothing, in µs
     */
    synchronized Answer ask(InetSocketAddress newcomer, SrtConnection other, long idleUs, long nowUs) {
        long silentUs = other.silentUs();
        if (isFree || silentUs >= SILENT_US) {
            return Answer.YES;
        }
        if (idleUs >= IDLE_US) {
            return silentUs < 0 || silentUs >= HUSHED_US ? Answer.YES : Answer.LATER;
        }
        Asked before = asking.get(newcomer);
        if (before == null || nowUs - before.atUs() > ASKING_US) {
            asking.put(newcomer, new Asked(nowUs, nowUs - silentUs));
            return Answer.LATER;
        }
        if (nowUs - silentUs > before.heardUs() + EXACT_US) {
            asking.remove(newcomer);
            return Answer.NO;
        }
        return Answer.LATER;
    }
}
