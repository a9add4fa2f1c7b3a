// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.medicloud.pipeline.store.StoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Segments as plain files below a folder. A file is written aside, forced to disk, then linked to its name, which fails
 * if the name is taken: so a name is visible whole or not at all, and never overwritten. Metadata is not kept.
 */
public final class DirectoryStore implements SegmentStore {
    private final Path root;

    /** @param root the folder, made when it is first needed */
    public DirectoryStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        Path target = resolve(segment.key());
        Path folder = parentOf(target);
        try {
            Files.createDirectories(folder);
            Path aside = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
            try {
                copyForced(segment, aside);
                linkTo(target, aside);
                forceFolder(folder);
                return Put.STORED;
            } catch (FileAlreadyExistsException e) {
                return compare(segment, target);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    private static void copyForced(SegmentObject segment, Path aside) throws IOException, StoreException {
        try (FileChannel out = FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileChannel in = openLocal(segment)) {
            long at = 0;
            while (at < segment.bytes()) {
                long copied = in.transferTo(at, segment.bytes() - at, out);
                if (copied <= 0) {
                    throw new StoreException(Kind.LOCAL, segment.file() + " ends after " + at + " bytes", null);
                }
                at += copied;
            }
            out.force(true);
        }
    }

    private static FileChannel openLocal(SegmentObject segment) throws StoreException {
        try {
            return FileChannel.open(segment.file(), StandardOpenOption.READ);
        } catch (IOException e) {
            throw new StoreException(Kind.LOCAL, "cannot read " + segment.file() + ": " + describe(e), e);
        }
    }

    private static void linkTo(Path target, Path aside) throws IOException {
        try {
            Files.createLink(target, aside);
        } catch (UnsupportedOperationException e) {
            // No hard links here: the check and the move are two steps, which is enough while one process writes.
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Put compare(SegmentObject segment, Path target) throws IOException, StoreException {
        if (Files.mismatch(segment.file(), target) == -1) {
            return Put.ALREADY_THERE;
        }
        throw new StoreException(Kind.CONFLICT, target + " exists with other bytes", null);
    }

    @Override
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        Path target = resolve(key);
        Path folder = parentOf(target);
        try {
            Files.createDirectories(folder);
            Path aside = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
            try {
                Files.write(aside, content);
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
                forceFolder(folder);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw failure(target, e);
        }
    }

    @Override
    public void delete(String key) throws StoreException {
        Path file = resolve(key);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        Path folder = prefix.isEmpty()
                ? root
                : resolve(ObjectKeys.requirePrefix(prefix).substring(0, prefix.length() - 1));
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .forEach(file -> each.accept(new StoredObject(keyOf(file), sizeOf(file))));
        } catch (UncheckedIOException e) {
            throw failure(folder, new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    private String keyOf(Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<StoredFacts> find(String key) throws StoreException {
        Path file = resolve(key);
        try {
            return Optional.of(new StoredFacts(Files.size(file), Map.of()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public InputStream read(String key) throws StoreException {
        Path file = resolve(key);
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    @Override
    public StoreHealth check() {
        try {
            Files.createDirectories(root);
            return Files.isWritable(root)
                    ? StoreHealth.OK
                    : new StoreHealth(StoreHealth.State.REFUSED, root + " is not writable");
        } catch (IOException e) {
            return StoreHealth.of(failure(root, e));
        }
    }

    /** The file's own address, which does not expire. */
    @Override
    public String urlOf(String key, Duration expiry) {
        return resolve(key).toUri().toString();
    }

    @Override
    public String locationOf(String key) {
        return key.isEmpty() ? root.toString() : resolve(key).toString();
    }

    @Override
    public void close() {}

    private Path resolve(String key) {
        return root.resolve(ObjectKeys.requireKey(key));
    }

    private static Path parentOf(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no folder");
        }
        return parent;
    }

    private static StoreException failure(Path where, IOException e) {
        if (e instanceof NoSuchFileException) {
            return StoreException.absent(where + ": " + describe(e), e);
        }
        boolean refused = e instanceof java.nio.file.AccessDeniedException || e instanceof FileAlreadyExistsException;
        return new StoreException(refused ? Kind.REFUSED : Kind.UNREACHABLE, where + ": " + describe(e), e);
    }

    private static String describe(IOException e) {
        if (e instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : reason;
    }
}
