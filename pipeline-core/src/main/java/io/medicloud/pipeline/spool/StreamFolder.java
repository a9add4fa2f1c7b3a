// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One stream's folder in the spool: {@code segment_0007.ts.part} grows, {@code segment_0006.ts} is sealed and waits for the
 * store with its facts beside it, {@code next-7} is the durable number, {@code prefix} says where in the store the stream
 * belongs, {@code rejected} holds what the store must not take. What it knows is on disk.
 */
public final class StreamFolder {
    static final int PACKET_BYTES = 188;

    private static final String PART = ".part";
    private static final String FACTS = ".facts";
    private static final String NEXT = "next-";
    private static final String PREFIX = "prefix";
    private static final String REJECTED = "rejected";

    private final String streamId;
    private final Path folder;
    /** The number in the name of the marker when we last saw it, 0 if that was never. */
    private long recorded;

    StreamFolder(String streamId, Path folder) {
        this.streamId = streamId;
        this.folder = folder;
    }

    /** Whose folder it is. */
    public String streamId() {
        return streamId;
    }

    /** Where it is. */
    public Path path() {
        return folder;
    }

    Path part(long sequence) {
        return folder.resolve(SegmentName.of(sequence) + PART);
    }

    /**
     * Makes a written file a segment: whole packets, forced to disk, its facts beside it, renamed, the number recorded, the
     * folder forced to disk.
     *
     * @param written how many bytes of the file are good
     */
    SealedSegment seal(Path part, FileChannel file, long written, SegmentFacts facts, boolean incomplete)
            throws IOException {
        long bytes = written - written % PACKET_BYTES;
        if (file.size() != bytes) {
            file.truncate(bytes);
        }
        file.force(true);
        SegmentFacts there = bytes == facts.bytes() ? facts : FactsText.cutTo(facts, bytes);
        Path name = folder.resolve(SegmentName.of(facts.sequence()));
        SealedSegment segment = new SealedSegment(streamId, there, name, incomplete);
        Files.writeString(factsOf(name), FactsText.write(segment), StandardCharsets.UTF_8);
        Files.move(part, name, StandardCopyOption.ATOMIC_MOVE);
        recordNext(facts.sequence() + 1);
        forceFolder();
        return segment;
    }

    /**
     * Trims what a crash left open to whole packets and seals it; to be called before the stream is written to.
     *
     * @return what was sealed
     */
    public List<SealedSegment> recoverParts() throws IOException {
        List<SealedSegment> recovered = new ArrayList<>();
        for (Path part : list(PART)) {
            String name = part.getFileName().toString();
            OptionalLong sequence = SegmentName.sequenceOf(name.substring(0, name.length() - PART.length()));
            if (sequence.isEmpty()) {
                continue;
            }
            try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
                if (file.size() >= PACKET_BYTES) {
                    SegmentFacts facts = FactsText.unknown(sequence.getAsLong(), file.size());
                    recovered.add(seal(part, file, file.size(), facts, true));
                    continue;
                }
            }
            Files.delete(part);
        }
        return recovered;
    }

    /** The sealed segments that are still here, oldest first. */
    public List<SealedSegment> sealed() throws IOException {
        List<SealedSegment> segments = new ArrayList<>();
        for (Path file : list(".ts")) {
            OptionalLong sequence = SegmentName.sequenceOf(file.getFileName().toString());
            if (sequence.isPresent()) {
                segments.add(FactsText.read(streamId, file, factsOf(file), sequence.getAsLong(), Files.size(file)));
            }
        }
        segments.sort(Comparator.comparingLong(SealedSegment::sequence));
        return segments;
    }

    /** The number that the next segment gets as far as this folder knows, at least 1. */
    public long nextSequence() throws IOException {
        long next = Math.max(1, findRecorded());
        for (Path entry : list("")) {
            String name = entry.getFileName().toString();
            String segment = name.endsWith(PART) ? name.substring(0, name.length() - PART.length()) : name;
            next = Math.max(next, SegmentName.sequenceOf(segment).orElse(0) + 1);
        }
        return next;
    }

    private static long numberIn(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /** Makes the number durable that the next segment gets, if it is above the one that is recorded. */
    public synchronized void recordNext(long next) throws IOException {
        boolean known = recorded != 0 && Files.exists(folder.resolve(NEXT + recorded));
        long before = known ? recorded : findRecorded();
        if (next <= before) {
            return;
        }
        Path marker = folder.resolve(NEXT + next);
        if (before == 0) {
            Files.createFile(marker);
        } else {
            Files.move(folder.resolve(NEXT + before), marker, StandardCopyOption.ATOMIC_MOVE);
        }
        recorded = next;
    }

    private long findRecorded() throws IOException {
        long found = 0;
        for (Path entry : list("")) {
            String name = entry.getFileName().toString();
            if (name.startsWith(NEXT)) {
                found = Math.max(found, numberIn(name.substring(NEXT.length())));
            }
        }
        return found;
    }

    /** Where in the store the stream belongs, or the id and a slash if nothing was recorded. */
    public String keyPrefix() throws IOException {
        try {
            return Files.readString(folder.resolve(PREFIX), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return streamId + "/";
        }
    }

    /** Records where in the store the stream belongs. */
    public void recordKeyPrefix(String prefix) throws IOException {
        if (prefix.equals(keyPrefix())) {
            return;
        }
        Path aside = folder.resolve("." + PREFIX);
        try (FileChannel file = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            file.write(StandardCharsets.UTF_8.encode(prefix));
            file.force(true);
        }
        Files.move(aside, folder.resolve(PREFIX), StandardCopyOption.ATOMIC_MOVE);
        forceFolder();
    }

    /** Deletes our copy of a segment; the number stays recorded. */
    public void delete(SealedSegment segment) throws IOException {
        Files.deleteIfExists(segment.file());
        Files.deleteIfExists(factsOf(segment.file()));
    }

    /** Puts a segment aside that the store must not take, so that it is not tried again. */
    public Path reject(SealedSegment segment) throws IOException {
        Path rejected = Files.createDirectories(folder.resolve(REJECTED));
        Path target = rejected.resolve(segment.file().getFileName());
        Files.deleteIfExists(factsOf(segment.file()));
        return Files.move(segment.file(), target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path factsOf(Path file) {
        return file.resolveSibling(file.getFileName() + FACTS);
    }

    private List<Path> list(String ending) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(entry -> entry.getFileName().toString().endsWith(ending))
                    .toList();
        }
    }

    private void forceFolder() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
