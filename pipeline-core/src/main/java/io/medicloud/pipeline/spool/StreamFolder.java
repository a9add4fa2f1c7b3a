// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * One stream's folder in the spool: {@code segment_0007.ts.part} grows, {@code segment_0006.ts} is sealed and waits for the
 * store with its facts beside it, {@code rejected} holds what the store must not take. What it knows is on disk; files that
 * are not called so are left alone.
 */
public final class StreamFolder {
    static final int PACKET_BYTES = 188;

    private static final String PART = ".part";
    private static final String FACTS = ".facts";
    private static final String REJECTED = "rejected";

    private final String streamId;
    private final Path folder;
    private final String keyPrefix;

    StreamFolder(String streamId, Path folder, String keyPrefix) {
        this.streamId = streamId;
        this.folder = folder;
        this.keyPrefix = keyPrefix;
    }

    /** Whose folder it is. */
    public String streamId() {
        return streamId;
    }

    /** Where it is. */
    public Path path() {
        return folder;
    }

    /** What the keys of the segments begin with that are sealed here. */
    public String keyPrefix() {
        return keyPrefix;
    }

    Path part(long sequence) {
        return folder.resolve(SegmentName.of(sequence) + PART);
    }

    /** Tells somebody where a segment that begins is and will be. */
    public void tellOpening(long sequence, SegmentOpening to) {
        to.onOpening(streamId, sequence, part(sequence), folder.resolve(SegmentName.of(sequence)));
    }

    /**
     * Makes a written file a segment: whole packets, forced to disk, its facts beside it, renamed, the folder forced to disk.
     *
     * @param written how many bytes of the file are good
     */
    SealedSegment seal(Path part, FileChannel file, long written, SegmentFacts facts, boolean incomplete, Place place)
            throws IOException {
        long bytes = written - written % PACKET_BYTES;
        if (file.size() != bytes) {
            file.truncate(bytes);
        }
        file.force(true);
        SealedSegment segment = segment(facts, bytes, incomplete, place);
        writeForced(factsOf(segment.file()), FactsText.write(segment));
        Files.move(part, segment.file(), StandardCopyOption.ATOMIC_MOVE);
        force();
        return segment;
    }

    private SealedSegment segment(SegmentFacts facts, long bytes, boolean incomplete, Place place) {
        SegmentFacts there = bytes == facts.bytes() ? facts : FactsText.cutTo(facts, bytes);
        Path name = folder.resolve(SegmentName.of(facts.sequence()));
        return new SealedSegment(streamId, there, name, keyOf(name), incomplete, place);
    }

    /** Was it sealed but for the folder, which could not be forced to disk? */
    boolean isSealed(Path part, long sequence) {
        return Files.notExists(part) && Files.isRegularFile(folder.resolve(SegmentName.of(sequence)));
    }

    /** Forces the folder to disk, which was left to do of a segment. */
    SealedSegment finishSeal(SegmentFacts facts, long bytes, boolean incomplete, Place place) throws IOException {
        force();
        return segment(facts, bytes, incomplete, place);
    }

    /** Opens a segment that grows, or is whole, to read it. */
    public FileChannel open(long sequence) throws IOException {
        try {
            return FileChannel.open(part(sequence), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return FileChannel.open(folder.resolve(SegmentName.of(sequence)), StandardOpenOption.READ);
        }
    }

    private static void writeForced(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private String keyOf(Path segment) {
        return keyPrefix + segment.getFileName();
    }

    /** The same where nothing is known of their places. */
    public List<SealedSegment> recoverParts() throws IOException {
        return recoverParts(number -> Place.NONE);
    }

    /**
     * Trims what a crash left open to whole packets and seals it; to be called before the stream is written to.
     *
     * @param placeOf where a segment of that number stands, as far as it is known; whose it is {@link #markEpoch} has told
     * @return what was sealed
     */
    public List<SealedSegment> recoverParts(LongFunction<Place> placeOf) throws IOException {
        List<SealedSegment> recovered = new ArrayList<>();
        List<EpochMark> marks = EpochMark.all(this);
        for (Path part : list(PART)) {
            OptionalLong sequence = SegmentName.sequenceOf(withoutEnding(part, PART));
            if (sequence.isEmpty()) {
                continue;
            }
            try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
                if (file.size() >= PACKET_BYTES) {
                    long number = sequence.getAsLong();
                    SegmentFacts facts = PartFacts.of(part, number, file.size());
                    Place place = placeOf.apply(number);
                    Place whose = place.epoch() > 0 ? place : place.withEpoch(EpochMark.epochOf(marks, number));
                    recovered.add(seal(part, file, file.size(), facts, true, whose));
                    continue;
                }
            }
            Files.delete(part);
        }
        deleteOrphanedFacts();
        EpochMark.deleteAll(this);
        return recovered;
    }

    /** Makes durable that the segments from that number on are of that owner; to be called before the first of them begins. */
    public void markEpoch(long epoch, long from) throws IOException {
        // What is being sealed is of one before.
        new EpochMark(epoch, from).write(this, !list(PART).isEmpty());
    }

    /** Facts whose segment is gone: a process ended between the one deletion and the other. */
    private void deleteOrphanedFacts() throws IOException {
        for (Path facts : list(FACTS)) {
            String segment = withoutEnding(facts, FACTS);
            if (SegmentName.sequenceOf(segment).isPresent() && !Files.exists(folder.resolve(segment))) {
                Files.delete(facts);
            }
        }
    }

    private static String withoutEnding(Path file, String ending) {
        String name = file.getFileName().toString();
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }

    /** The sealed segments that are still here, oldest first. */
    public List<SealedSegment> sealed() throws IOException {
        return sealed(0, Integer.MAX_VALUE);
    }

    /**
     * Of the sealed segments that are still here the oldest behind a number; one that is deleted while we look is not here.
     *
     * @param most how many
     */
    public List<SealedSegment> sealed(long afterSequence, int most) throws IOException {
        TreeMap<Long, Path> files = new TreeMap<>();
        for (Path file : list(".ts")) {
            SegmentName.sequenceOf(file.getFileName().toString()).ifPresent(sequence -> files.put(sequence, file));
        }
        List<SealedSegment> segments = new ArrayList<>();
        for (Map.Entry<Long, Path> found : files.tailMap(afterSequence, false).entrySet()) {
            if (segments.size() == most) {
                break;
            }
            Path file = found.getValue();
            try {
                segments.add(FactsText.read(streamId, file, factsOf(file), found.getKey(), keyOf(file)));
            } catch (NoSuchFileException e) {
                Spool.LOG.debug("{} was deleted meanwhile", file, e);
            }
        }
        return segments;
    }

    /** The highest number of a segment whose file is here, open, sealed or rejected; 0 if there is none. */
    public long highestSequence() throws IOException {
        long highest = 0;
        for (Path entry : list("")) {
            highest = Math.max(
                    highest, SegmentName.sequenceOf(withoutEnding(entry, PART)).orElse(0));
        }
        Path rejected = folder.resolve(REJECTED);
        if (Files.isDirectory(rejected)) {
            for (Path entry : list(rejected, "")) {
                highest = Math.max(
                        highest,
                        SegmentName.sequenceOf(entry.getFileName().toString()).orElse(0));
            }
        }
        return highest;
    }

    /**
     * Can be seen which files are in it? Also if it was deleted from a spool that is there. Not while the disk is away, or this process may open no more files.
     */
    public boolean isThere() {
        boolean isEmpty = true;
        try (Stream<Path> entries = Files.list(folder)) {
            isEmpty = entries.findAny().isEmpty();
        } catch (NoSuchFileException e) {
            Spool.LOG.debug("{} is not there", folder, e);
        } catch (IOException | UncheckedIOException e) {
            Spool.LOG.debug("{} cannot be listed", folder, e);
            return false;
        }
        return !isEmpty || Files.exists(folder.resolveSibling(Spool.LOCK));
    }

    /** Deletes it, if there is nothing in it; made again when the stream is opened. */
    public void deleteIfEmpty() {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            Spool.LOG.debug("{} is kept: something is in it", folder, e);
        } catch (IOException e) {
            Spool.LOG.warn("{}, which is empty, cannot be deleted: {}", folder, Failures.describe(e));
        }
    }

    /** Deletes our copy of a segment. */
    public void delete(SealedSegment segment) throws IOException {
        Files.deleteIfExists(segment.file());
        Files.deleteIfExists(factsOf(segment.file()));
    }

    /** Puts a segment aside that the store must not take, so that it is not tried again. */
    public Path reject(SealedSegment segment) throws IOException {
        Path rejected = Files.createDirectories(folder.resolve(REJECTED));
        Path target = rejected.resolve(segment.file().getFileName());
        Files.move(segment.file(), target, StandardCopyOption.ATOMIC_MOVE);
        if (Files.exists(factsOf(segment.file()))) {
            Files.move(factsOf(segment.file()), factsOf(target), StandardCopyOption.ATOMIC_MOVE);
        }
        return target;
    }

    private static Path factsOf(Path file) {
        return file.resolveSibling(file.getFileName() + FACTS);
    }

    private List<Path> list(String ending) throws IOException {
        return list(folder, ending);
    }

    private static List<Path> list(Path folder, String ending) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .filter(entry -> entry.getFileName().toString().endsWith(ending))
                    .toList();
        }
    }

    /** Forces to disk which files are here. */
    void force() throws IOException {
        force(folder);
    }

    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
