// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the kernel discarded of what came to UDP sockets because nobody took it in time, from Linux's own tables; nothing elsewhere. Thread-safe. */
final class KernelDrops {
    private static final String UDP = "Udp:";
    private static final String DROPS = "RcvbufErrors";
    private static final String UDP6_DROPS = "Udp6RcvbufErrors";
    private static final int LOCAL_ADDRESS = 1;
    private static final int SOCKET_DROPS = 12;
    private static final int HEX = 16;

    private final Path tables;

    KernelDrops() {
        this(Path.of("/proc/self/net"));
    }

    /** @param tables where {@code udp}, {@code udp6}, {@code snmp} and {@code snmp6} are */
    KernelDrops(Path tables) {
        this.tables = tables;
    }

    /** Of the sockets that are open now, by their local port. */
    Map<Integer, Long> byPort() {
        Map<Integer, Long> drops = new HashMap<>();
        for (String table : List.of("udp", "udp6")) {
            for (String line : lines(table)) {
                List<String> words = words(line);
                if (words.size() > SOCKET_DROPS && words.get(0).endsWith(":")) {
                    String local = words.get(LOCAL_ADDRESS);
                    drops.merge(
                            Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), HEX),
                            Long.parseLong(words.get(SOCKET_DROPS)),
                            Long::sum);
                }
            }
        }
        return drops;
    }

    /** Of all sockets that there ever were, of all programs; 0 if it is not known. */
    long total() {
        long total = 0;
        List<String> names = List.of();
        for (String line : lines("snmp")) {
            if (line.startsWith(UDP)) {
                int at = names.indexOf(DROPS);
                List<String> words = words(line);
                if (names.isEmpty()) {
                    names = words;
                } else if (at >= 0 && at < words.size()) {
                    total += Long.parseLong(words.get(at));
                }
            }
        }
        for (String line : lines("snmp6")) {
            List<String> words = words(line);
            if (words.size() > 1 && words.get(0).equals(UDP6_DROPS)) {
                total += Long.parseLong(words.get(1));
            }
        }
        return total;
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.strip().split("\\s+", -1));
    }

    private List<String> lines(String table) {
        try {
            return Files.readAllLines(tables.resolve(table));
        } catch (IOException e) {
            return List.of();
        }
    }
}
