// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Which node this is: the name that it had when it was made, and an ending. Lies beside its spool, so that one that lost its disk is another node, and one whose machine is called otherwise
 * each time, as containers are, is not.
 */
final class NodeId {
    private static final String FILE = "node-id";
    private static final String ID = "[A-Za-z0-9._-]{1,64}-[0-9a-f]{8}";
    private static final int BYTES = 4;
    private static final int LONGEST_NAME = 64;

    private NodeId() {}

    /** @param name what it is called if it is made now; empty: as its machine is */
    static String of(Path cacheDir, String name) throws IOException {
        Path file = cacheDir.resolve(FILE);
        String kept = Files.isRegularFile(file) ? Files.readString(file).strip() : "";
        return kept.matches(ID) ? kept : make(file, name.isEmpty() ? machine() : name);
    }

    private static String make(Path file, String name) throws IOException {
        byte[] ending = new byte[BYTES];
        new SecureRandom().nextBytes(ending);
        String id = name + '-' + HexFormat.of().formatHex(ending);
        Path whole = file.resolveSibling(FILE + ".new");
        Files.createDirectories(file.getParent());
        Files.writeString(whole, id + "\n");
        try (FileChannel written = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        return id;
    }

    private static String machine() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_-]", "-");
            return name.isEmpty() ? "node" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
