// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What the log is told of callers that speak the handshake of SRT before 1.3 (HSv4), which is refused: a line now and then, however many there are. */
final class OldCallers {
    private static final long APART_US = 10_000_000;

    private long toldUs = Long.MIN_VALUE / 2;
    private int untold;

    /** One more was refused; the line to log, or null if the last one was told lately. */
    @Nullable
    String onRefused(InetSocketAddress from, long nowUs) {
        if (nowUs - toldUs < APART_US) {
            untold++;
            return null;
        }
        String others = untold == 0 ? "" : ", and " + untold + " before it";
        toldUs = nowUs;
        untold = 0;
        return from.getAddress().getHostAddress() + ":" + from.getPort() + others
                + " was refused: it speaks SRT before 1.3 (handshake version 4); 1.3 or later is needed";
    }
}
