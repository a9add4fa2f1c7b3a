// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel's tables say of datagrams that it discarded. */
final class KernelDropsTest {
    private static final String HEAD =
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
                    + "  timeout inode ref pointer drops\n";

    @TempDir
    private Path tables;

    private static String socket(String address, long drops) {
        return " 1234: " + address
                + " 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 "
                + drops + "\n";
    }

    @Test
    void theSocketsOfAPortAreAddedUp() throws Exception {
        Files.writeString(tables.resolve("udp"), HEAD + socket("0100007F:0FA0", 3) + socket("00000000:0FA1", 0));
        Files.writeString(tables.resolve("udp6"), HEAD + socket("00000000000000000000000000000000:0FA0", 4));

        assertThat(new KernelDrops(tables).byPort()).isEqualTo(Map.of(4000, 7L, 4001, 0L));
    }

    @Test
    void allTogetherAreThoseOfBothFamilies() throws Exception {
        Files.writeString(
                tables.resolve("snmp"),
                "Tcp: ActiveOpens\nTcp: 9\nUdp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdp: 10 1 5 8 5\n");
        Files.writeString(tables.resolve("snmp6"), "Udp6InErrors 9\nUdp6RcvbufErrors                \t6\n");

        assertThat(new KernelDrops(tables).total()).isEqualTo(11);
    }

    @Test
    void whereThereAreNoTablesNothingIsKnown() {
        KernelDrops drops = new KernelDrops(tables.resolve("none"));

        assertThat(drops.byPort()).isEmpty();
        assertThat(drops.total()).isZero();
    }
}
