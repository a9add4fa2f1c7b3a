// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.support.Media;
import io.medicloud.pipeline.timeline.Place;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamFolderTest {
    private static final int PACKET = 188;

    @TempDir
    Path path;

    private StreamFolder folder;

    @BeforeEach
    void open() {
        folder = new StreamFolder("live", path, "live/");
    }

    private SealedSegment seal(long sequence, int packets) throws Exception {
        Path part = Files.write(folder.part(sequence), new byte[packets * PACKET]);
        SegmentFacts facts =
                new SegmentFacts(sequence, (long) packets * PACKET, packets, 2, 40, 133_500, 540_000, true, false, 3);
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
            return folder.seal(part, file, (long) packets * PACKET, facts, false, Place.NONE);
        }
    }

    @Test
    void sealedSegmentsAreFoundAgainWithTheirFactsOldestFirst() throws Exception {
        SealedSegment tenth = seal(10, 3);
        SealedSegment ninth = seal(9, 2);

        assertThat(new StreamFolder("live", path, "live/").sealed()).containsExactly(ninth, tenth);
    }

    @Test
    void theNextSegmentsBehindANumberAreFoundWhateverWasDeletedMeanwhile() throws Exception {
        SealedSegment first = seal(9, 1);
        SealedSegment second = seal(10, 1);
        SealedSegment third = seal(11, 1);
        assertThat(folder.sealed(8, 2)).containsExactly(first, second);
        assertThat(folder.sealed(10, 2)).containsExactly(third);

        folder.delete(second);
        assertThat(folder.sealed(8, 2)).containsExactly(first, third);
        assertThat(folder.sealed(11, 2)).isEmpty();
    }

    @Test
    void anEmptyFolderHasNoSegments() throws Exception {
        assertThat(folder.highestSequence()).isZero();
        assertThat(folder.sealed()).isEmpty();
        assertThat(folder.recoverParts()).isEmpty();
    }

    @Test
    void aPartIsTrimmedToWholePacketsAndAnEmptyOneGoes() throws Exception {
        Files.write(folder.part(5), new byte[3 * PACKET + 50]);
        Files.write(folder.part(6), new byte[PACKET - 1]);
        Files.write(folder.part(7), new byte[0]);

        assertThat(folder.recoverParts()).singleElement().satisfies(segment -> {
            assertThat(segment.sequence()).isEqualTo(5);
            assertThat(segment.bytes()).isEqualTo(3 * PACKET);
            assertThat(segment.incomplete()).isTrue();
        });
        assertThat(folder.sealed()).hasSize(1);
        assertThat(path.resolve("segment_0005.ts")).hasSize(3 * PACKET);
        assertThat(folder.highestSequence()).isEqualTo(5);
    }

    @Test
    void ofAPartItsBytesTellWhatIsInIt() throws Exception {
        byte[] media = Media.eightSeconds();
        List<SegmentFacts> whole = new ArrayList<>();
        // As it is cut when it is received.
        SegmentSink cut = new SegmentSink() {
            @Override
            public void onSegmentStart(long sequence) {}

            @Override
            public void takePackets(ByteBuf packets) {
                packets.release();
            }

            @Override
            public void onSegmentEnd(SegmentFacts facts) {
                whole.add(facts);
            }
        };
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofMinutes(1)), cut, 7);
        segmenter.onData(Unpooled.wrappedBuffer(media), 0);
        segmenter.finish();
        Files.write(folder.part(7), media);

        SegmentFacts found = folder.recoverParts().get(0).facts();

        assertThat(whole).hasSize(1);
        assertThat(found.startPts()).isEqualTo(whole.get(0).startPts()).isNotEqualTo(Pts.NONE);
        assertThat(found.durationTicks())
                .isEqualTo(whole.get(0).durationTicks())
                .isGreaterThan(7 * Pts.HZ);
        assertThat(found.independent()).isTrue();
        assertThat(found.packets()).isEqualTo(media.length / PACKET);
        assertThat(folder.sealed().get(0).facts()).isEqualTo(found);
    }

    @Test
    void factsThatAreMissingOrNoFactsLeaveWhatTheFileItselfTells() throws Exception {
        SealedSegment one = seal(1, 4);
        SealedSegment two = seal(2, 4);
        Files.delete(path.resolve("segment_0001.ts.facts"));
        Files.writeString(path.resolve("segment_0002.ts.facts"), "duration-ticks=soon\n\u0000=\n");

        assertThat(folder.sealed())
                .allSatisfy(segment -> assertThat(segment.incomplete()).isTrue())
                .extracting(SealedSegment::bytes)
                .containsExactly(one.bytes(), two.bytes());
    }

    @Test
    void factsOfASegmentThatIsGoneGoToo() throws Exception {
        SealedSegment kept = seal(1, 1);
        Files.delete(seal(2, 1).file());
        folder.recoverParts();

        assertThat(path.toFile().list()).containsExactlyInAnyOrder("segment_0001.ts", "segment_0001.ts.facts");
        assertThat(folder.sealed()).containsExactly(kept);
    }

    @Test
    void foreignFilesAreLeftAlone() throws Exception {
        Files.writeString(path.resolve("notes.txt"), "hello");
        Files.writeString(path.resolve("segment_x.ts"), "hello");
        Files.writeString(path.resolve("segment_.ts.part"), "hello");
        Files.createDirectory(path.resolve("segment_0009.ts"));

        assertThat(folder.recoverParts()).isEmpty();
        assertThat(folder.sealed()).isEmpty();
        assertThat(folder.highestSequence()).isZero();
        assertThat(path.toFile().list()).hasSize(4);
    }

    @Test
    void aRejectedSegmentIsPutAsideAndNotFoundAgain() throws Exception {
        Path rejected = folder.reject(seal(3, 1));

        assertThat(rejected).isEqualTo(path.resolve("rejected/segment_0003.ts")).hasSize(PACKET);
        assertThat(folder.sealed()).isEmpty();
        assertThat(folder.highestSequence()).as("its number is taken").isEqualTo(3);
    }

    @Test
    void aSegmentBelongsWhereItsStreamWentWhenItWasSealed() throws Exception {
        Files.write(folder.part(1), new byte[PACKET]);
        List<SealedSegment> sealed = new StreamFolder("live", path, "archive/2026/").recoverParts();

        assertThat(sealed).extracting(SealedSegment::key).containsExactly("archive/2026/segment_0001.ts");
        assertThat(folder.sealed()).isEqualTo(sealed);
    }

    @Test
    void whatOlderVersionsKeptInFilesIsFoundAndThenDeleted() throws Exception {
        Files.createFile(path.resolve("next-41"));
        Files.createFile(path.resolve("next-x"));
        Files.writeString(path.resolve("prefix"), "archive/2026/live/");

        assertThat(OldMarkers.find(folder)).isEqualTo(new OldMarkers(41, "archive/2026/live/"));
        OldMarkers.delete(folder);
        assertThat(OldMarkers.find(folder)).isEqualTo(new OldMarkers(0, null));
        assertThat(path.toFile().list()).as("not ours").containsExactly("next-x");
    }

    @Test
    void theFactsAreTheObjectsMetadata() throws Exception {
        assertThat(FactsText.toMap(seal(12, 5)))
                .containsAllEntriesOf(Map.of(
                        "sequence", "12",
                        "packets", "5",
                        "injected-packets", "2",
                        "start-pts", "133500",
                        "duration-ticks", "540000",
                        "independent", "true",
                        "discontinuity", "false",
                        "continuity-errors", "3",
                        "incomplete", "false"));
    }
}
