// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Which node this is: its name, and an ending that is made once and lies beside its spool, so that one that lost its disk is another node. */
final class NodeId {
    private static final String FILE = "node-id";
    private static final int BYTES = 4;
    private static final int LONGEST_NAME = 64;

    private NodeId() {}

    static String of(Path cacheDir, String name) throws IOException {
        Path file = cacheDir.resolve(FILE);
        String ending = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
        if (!ending.matches("[0-9a-f]{8}")) {
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            ending = HexFormat.of().formatHex(random);
            Files.createDirectories(cacheDir);
            Files.writeString(file, ending + "\n");
        }
        return (name.isEmpty() ? machine() : name) + '-' + ending;
    }

    private static String machine() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "-");
            return name.substring(0, Math.min(name.length(), LONGEST_NAME));
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
