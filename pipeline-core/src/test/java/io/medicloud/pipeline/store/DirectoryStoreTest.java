// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.store.SegmentStore.Put;
import io.medicloud.pipeline.store.StoreException.Kind;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest {
    @TempDir
    Path folder;

    private SegmentObject segment(String key, byte... bytes) throws Exception {
        Path file = Files.write(Files.createTempFile(folder, "local", ".ts"), bytes);
        return new SegmentObject(key, file, bytes.length, SegmentObject.MP2T, Map.of());
    }

    private DirectoryStore store() {
        return new DirectoryStore(folder.resolve("store"));
    }

    @Test
    void aStoredSegmentIsAFileOfTheSameBytes() throws Exception {
        assertThat(store().put(segment("live/segment_0001.ts", (byte) 1, (byte) 2)))
                .isEqualTo(Put.STORED);

        assertThat(folder.resolve("store/live/segment_0001.ts")).hasBinaryContent(new byte[] {1, 2});
        assertThat(folder.resolve("store/live")).isDirectoryNotContaining("glob:**.*.tmp");
        assertThat(folder.resolve("store/live").toFile().list()).containsExactly("segment_0001.ts");
    }

    @Test
    void theSameBytesAgainAreNoConflict() throws Exception {
        SegmentObject segment = segment("live/segment_0001.ts", (byte) 1);
        store().put(segment);

        assertThat(store().put(segment)).isEqualTo(Put.ALREADY_THERE);
    }

    @Test
    void otherBytesNeverReplaceWhatIsThere() throws Exception {
        store().put(segment("live/segment_0001.ts", (byte) 1));
        SegmentObject other = segment("live/segment_0001.ts", (byte) 2);

        assertThatThrownBy(() -> store().put(other))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
        assertThat(folder.resolve("store/live/segment_0001.ts")).hasBinaryContent(new byte[] {1});
    }

    @Test
    void aSegmentWhoseFileIsGoneIsOurOwnFault() throws Exception {
        SegmentObject segment = segment("live/segment_0001.ts", (byte) 1);
        Files.delete(segment.file());

        assertThatThrownBy(() -> store().put(segment))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOCAL));
    }

    @Test
    void listTellsOfEveryObjectBelowItsPrefixAndNoOther() throws Exception {
        store().put(segment("live/segment_0001.ts", (byte) 1));
        store().put(segment("live/segment_0002.ts", (byte) 1, (byte) 2));
        store().put(segment("lively/segment_0003.ts", (byte) 1));

        List<StoredObject> found = new ArrayList<>();
        store().list("live/", found::add);
        List<StoredObject> none = new ArrayList<>();
        store().list("unknown/", none::add);

        assertThat(found)
                .containsExactlyInAnyOrder(
                        new StoredObject("live/segment_0001.ts", 1), new StoredObject("live/segment_0002.ts", 2));
        assertThat(none).isEmpty();
    }

    @Test
    void anObjectCanBeReadBack() throws Exception {
        store().put(segment("live/segment_0001.ts", (byte) 7));

        try (InputStream in = store().read("live/segment_0001.ts")) {
            assertThat(in.readAllBytes()).containsExactly(7);
        }
        assertThatThrownBy(() -> store().read("live/segment_0002.ts")).hasMessageContaining("no such file");
    }

    @Test
    void checkMakesTheFolderOrSaysWhatStandsInItsPlace() throws Exception {
        assertThat(store().check()).isEqualTo(StoreHealth.OK);
        assertThat(folder.resolve("store")).isDirectory();

        Path file = Files.createFile(folder.resolve("file"));
        StoreHealth health = new DirectoryStore(file).check();

        assertThat(health.isOk()).isFalse();
        assertThat(health.reason()).contains(file.toString());
    }
}
