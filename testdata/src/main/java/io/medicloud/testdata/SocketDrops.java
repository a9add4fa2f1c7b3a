// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What Linux has discarded at UDP sockets that had no room left: nobody else tells, and a test that does not look blames the wrong one. */
public final class SocketDrops {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/udp"), Path.of("/proc/net/udp6"));
    private static final int LOCAL_ADDRESS = 1;
    private static final int HEX = 16;

    private SocketDrops() {}

    /** How many datagrams were discarded so far at the sockets that are bound to these ports now; 0 where the system does not say. */
    public static long of(Set<Integer> ports) throws IOException {
        long drops = 0;
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                drops += Files.readAllLines(table).stream()
                        .skip(1)
                        .mapToLong(line -> of(line, ports))
                        .sum();
            }
        }
        return drops;
    }

    private static long of(String line, Set<Integer> ports) {
        String[] fields = line.strip().split("\\s+", -1);
        String address = fields[LOCAL_ADDRESS];
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEX);
        return ports.contains(port) ? Long.parseLong(fields[fields.length - 1]) : 0;
    }
}
