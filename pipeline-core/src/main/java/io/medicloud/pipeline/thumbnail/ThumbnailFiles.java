// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The pictures in a stream's folder of the spool: {@code segment_0001.jpg} for a while, {@code sprite_1.jpg} while it grows, and
 * {@code sprite.vtt}. A file is there whole or not at all; they can all be made anew or done without, and are not forced to disk. Thread-safe.
 */
final class ThumbnailFiles {
    static final String CUES = "sprite.vtt";
    static final String JPEG = "image/jpeg";
    static final String VTT = "text/vtt";

    private static final Pattern PICTURE = Pattern.compile("segment_([0-9]{4,18})\\.jpg");
    private static final Pattern NAME =
            Pattern.compile("segment_[0-9]{4,18}\\.jpg|sprite_[0-9]{1,18}\\.jpg|sprite\\.vtt");

    private final Path root;

    /** @param root the spool's */
    ThumbnailFiles(Path root) {
        this.root = root;
    }

    static String pictureOf(long sequence) {
        return "segment_%04d.jpg".formatted(sequence);
    }

    /** The number in the name of a segment's picture; nothing if it is none. */
    static OptionalLong sequenceOf(String name) {
        Matcher matcher = PICTURE.matcher(name);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Null if it is not there. */
    byte @Nullable [] read(String streamId, String name) throws IOException {
        try {
            return Files.readAllBytes(fileOf(streamId, name));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Null if it is not there. */
    @Nullable
    Instant changedAt(String streamId, String name) throws IOException {
        try {
            return Files.getLastModifiedTime(fileOf(streamId, name)).toInstant();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    void write(String streamId, String name, byte[] content, Instant at) throws IOException {
        Path file = fileOf(streamId, name);
        Path aside = file.resolveSibling("." + name);
        Files.write(aside, content);
        Files.setLastModifiedTime(aside, FileTime.from(at));
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    void delete(String streamId, String name) throws IOException {
        Files.deleteIfExists(fileOf(streamId, name));
    }

    /** The number of the newest picture, 0 if there is none. */
    long newest(String streamId) throws IOException {
        long newest = 0;
        try (DirectoryStream<Path> pictures = Files.newDirectoryStream(folderOf(streamId), "segment_*.jpg")) {
            for (Path picture : pictures) {
                newest = Math.max(
                        newest, sequenceOf(picture.getFileName().toString()).orElse(0));
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return newest;
    }

    /** Deletes the pictures of segments before a number. */
    void deletePicturesBefore(String streamId, long sequence) throws IOException {
        try (DirectoryStream<Path> pictures = Files.newDirectoryStream(folderOf(streamId), "segment_*.jpg")) {
            for (Path picture : pictures) {
                if (sequenceOf(picture.getFileName().toString()).orElse(Long.MAX_VALUE) < sequence) {
                    Files.deleteIfExists(picture);
                }
            }
        }
    }

    private Path fileOf(String streamId, String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a picture's name: " + name);
        }
        return folderOf(streamId).resolve(name);
    }

    private Path folderOf(String streamId) {
        Path folder = root.resolve(streamId).normalize();
        if (!root.equals(folder.getParent()) || streamId.startsWith(".")) {
            throw new IllegalArgumentException("not a stream id: " + streamId);
        }
        return folder;
    }
}
