// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** A caller of HSv4 is told of in the log, a flood of them is not. */
final class OldCallersTest {
    private static final InetSocketAddress CALLER = new InetSocketAddress("192.0.2.7", 4711);

    @Test
    void aLineIsToldOncePerTenSecondsWithTheNumberOfThoseBetween() {
        OldCallers callers = new OldCallers();
        String why = " was refused: it speaks SRT before 1.3 (handshake version 4); 1.3 or later is needed";
        assertThat(callers.onRefused(CALLER, 0)).isEqualTo("192.0.2.7:4711" + why);
        for (int i = 0; i < 500; i++) {
            assertThat(callers.onRefused(CALLER, i * 19_999L)).isNull();
        }
        assertThat(callers.onRefused(CALLER, 9_999_999)).isNull();
        assertThat(callers.onRefused(CALLER, 10_000_000)).isEqualTo("192.0.2.7:4711, and 501 before it" + why);
        assertThat(callers.onRefused(CALLER, 20_000_000)).isEqualTo("192.0.2.7:4711" + why);
    }
}
