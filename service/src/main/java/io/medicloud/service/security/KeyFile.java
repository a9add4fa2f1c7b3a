// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A generated key in a file that only its owner may read (mode 0600, where there are modes), as a line of Base64. */
public final class KeyFile {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private KeyFile() {}

    /**
     * Reads the key, and makes it if there is none.
     *
     * @throws IOException if it cannot be read or made, others may read it, or it holds no key; the message says which
     */
    public static byte[] readOrMake(Path file) throws IOException {
        if (!Files.exists(file)) {
            make(file);
        }
        if (!hasPermissions(file)) {
            LOG.warn("{}: its file system knows no permissions; see to it that nobody else can read it", file);
        } else if (!Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
            throw new IOException(file + ": others may use this key; chmod 600 it");
        }
        try {
            byte[] key = Base64.getDecoder()
                    .decode(Files.readString(file, StandardCharsets.US_ASCII).strip());
            if (key.length == SecretBox.KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": holds no key", e);
        }
        throw new IOException(file + ": holds no key of " + SecretBox.KEY_BYTES + " bytes");
    }

    private static boolean hasPermissions(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class);
    }

    private static void make(Path file) throws IOException {
        byte[] key = new byte[SecretBox.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "the key's folder");
        Path aside = hasPermissions(folder)
                ? Files.createTempFile(folder, ".key", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createTempFile(folder, ".key", "");
        try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
            channel.write(StandardCharsets.US_ASCII.encode(Base64.getEncoder().encodeToString(key) + "\n"));
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        if (hasPermissions(folder)) {
            // What the record encrypts by it must not outlive it. Other file systems do not open folders.
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }
}
