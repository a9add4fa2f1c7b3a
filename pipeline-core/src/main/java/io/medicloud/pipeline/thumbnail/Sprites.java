// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.pipeline.playlist.Presentation;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Streams' sprites for scrubbing: of each {@link Timeline#TILES} segments one JPEG, {@code sprite_1.jpg}, and {@code sprite.vtt} that says what of it belongs to
 * which time. A sprite that grows is made anew from the pictures of its segments, which stay in the spool that long. Belongs to one thread.
 */
final class Sprites {
    static final int TILE_WIDTH = 160;
    private static final int TILE_HEIGHT = 90;
    private static final long EVERY_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_CACHED = 256;
    private static final int PAGE = 256;

    private final ThumbnailFiles files;
    private final Ledger ledger;
    private final SegmentStore store;
    /** By live id; what is not in use is read again. */
    private final Map<String, Line> lines = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
            return size() > MOST_CACHED;
        }
    };

    /** A stream's time line, and when its sprite was made last. */
    private static final class Line {
        private final Timeline timeline;
        private long madeNanos = System.nanoTime() - EVERY_NS;
        /** The sprite that grows. */
        private long newest;
        /** A picture may be missing in it. */
        private boolean isWaiting;

        Line(Timeline timeline) {
            this.timeline = timeline;
        }
    }

    Sprites(ThumbnailFiles files, Ledger ledger, SegmentStore store) {
        this.files = files;
        this.ledger = ledger;
        this.store = store;
    }

    private Line lineOf(String streamId) throws IOException {
        Line known = lines.get(streamId);
        if (known == null) {
            byte[] text = files.read(streamId, ThumbnailFiles.CUES);
            known = new Line(Timeline.read(text == null ? null : new String(text, StandardCharsets.UTF_8)));
            lines.put(streamId, known);
        }
        return known;
    }

    /** A segment's picture stands in the store; its sprite follows now or, unless it is full, with later ones. */
    void onStored(String streamId, long sequence, String keyPrefix)
            throws IOException, StoreException, LedgerException {
        Line line = lineOf(streamId);
        catchUp(streamId, line.timeline, sequence);
        line.timeline.onStored(keyPrefix);
        long sprite = Timeline.spriteOf(sequence);
        boolean isDue = System.nanoTime() - line.madeNanos >= EVERY_NS;
        if (sprite > line.newest) {
            if (sprite > 1) {
                make(streamId, line, sprite - 1);
                dropOlder(streamId, sprite);
            }
            line.newest = sprite;
        }
        line.isWaiting = true;
        if (isDue || Timeline.isLastInSprite(sequence)) {
            make(streamId, line, sprite);
        }
    }

    /** Makes what has waited for long enough. */
    void look() throws IOException, StoreException {
        for (Map.Entry<String, Line> entry : List.copyOf(lines.entrySet())) {
            Line line = entry.getValue();
            if (line.isWaiting && System.nanoTime() - line.madeNanos >= EVERY_NS) {
                make(entry.getKey(), line, line.newest);
            }
        }
    }

    /** The record knows each segment, also those that have no picture; a playlist, how long each is played. */
    private void catchUp(String streamId, Timeline timeline, long sequence) throws LedgerException {
        while (timeline.last() < sequence) {
            long before = timeline.last();
            Presentation page = Presentation.of(ledger.segments(streamId, before + 1, PAGE));
            for (int i = 0; i < page.rows().size(); i++) {
                SegmentRecord segment = page.rows().get(i);
                if (segment.sequence() <= sequence) {
                    timeline.onSealed(segment.sequence(), page.ticks(i));
                }
            }
            if (timeline.last() == before) {
                return;
            }
        }
    }

    /** The stream is over: what waits is shown. */
    void onEnd(String streamId) throws IOException, StoreException {
        Line line = lineOf(streamId);
        if (line.isWaiting) {
            make(streamId, line, line.newest);
        }
    }

    /** A segment is gone from the store; so is a sprite whose segments all are. */
    void onExpired(String streamId, long sequence, String keyPrefix, boolean isLast)
            throws IOException, StoreException {
        Line line = lineOf(streamId);
        boolean isNamed = line.timeline.onExpired(sequence);
        if (Timeline.isLastInSprite(sequence) || isLast) {
            String sprite = Timeline.nameOf(Timeline.spriteOf(sequence));
            files.delete(streamId, sprite);
            store.delete(keyPrefix + sprite);
        }
        if (isNamed && line.timeline.isEmpty()) {
            files.delete(streamId, ThumbnailFiles.CUES);
            store.delete(keyPrefix + ThumbnailFiles.CUES);
        } else if (isNamed) {
            store.replace(keyPrefix + ThumbnailFiles.CUES, keep(streamId, line), ThumbnailFiles.VTT);
        }
    }

    private byte[] keep(String streamId, Line line) throws IOException {
        byte[] text = line.timeline.write(TILE_WIDTH, TILE_HEIGHT).getBytes(StandardCharsets.UTF_8);
        files.write(streamId, ThumbnailFiles.CUES, text, Instant.now());
        return text;
    }

    private void make(String streamId, Line line, long sprite) throws IOException, StoreException {
        line.madeNanos = System.nanoTime();
        line.isWaiting = false;
        TreeMap<Long, byte[]> pictures = new TreeMap<>();
        long first = (sprite - 1) * Timeline.TILES + 1;
        for (long sequence = first; sequence < first + Timeline.TILES; sequence++) {
            byte[] jpeg = files.read(streamId, ThumbnailFiles.pictureOf(sequence));
            if (jpeg != null) {
                pictures.put(sequence, jpeg);
            }
        }
        String prefix = line.timeline.prefix();
        if (prefix.isEmpty() || pictures.keySet().stream().noneMatch(line.timeline::isWaiting)) {
            return;
        }
        byte[] sheet = draw(pictures, first);
        String name = Timeline.nameOf(sprite);
        files.write(streamId, name, sheet, Instant.now());
        store.replace(prefix + name, sheet, ThumbnailFiles.JPEG);
        pictures.keySet().forEach(line.timeline::onShown);
        store.replace(prefix + ThumbnailFiles.CUES, keep(streamId, line), ThumbnailFiles.VTT);
    }

    private static byte[] draw(Map<Long, byte[]> pictures, long first) throws IOException {
        BufferedImage sheet = new BufferedImage(
                Timeline.ACROSS * TILE_WIDTH,
                Timeline.TILES / Timeline.ACROSS * TILE_HEIGHT,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = sheet.createGraphics();
        try {
            pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            for (Map.Entry<Long, byte[]> picture : pictures.entrySet()) {
                int tile = (int) (picture.getKey() - first);
                BufferedImage image = Jpeg.decode(picture.getValue());
                double scale =
                        Math.min(TILE_WIDTH / (double) image.getWidth(), TILE_HEIGHT / (double) image.getHeight());
                int width = (int) Math.round(image.getWidth() * scale);
                int height = (int) Math.round(image.getHeight() * scale);
                int left = tile % Timeline.ACROSS * TILE_WIDTH + (TILE_WIDTH - width) / 2;
                int top = tile / Timeline.ACROSS * TILE_HEIGHT + (TILE_HEIGHT - height) / 2;
                pen.drawImage(image, left, top, width, height, null);
            }
        } finally {
            pen.dispose();
        }
        return Jpeg.encode(sheet);
    }

    /** Pictures and sprites before that of the newest are in the store, whole. */
    private void dropOlder(String streamId, long sprite) throws IOException {
        files.deletePicturesBefore(streamId, (sprite - 1) * Timeline.TILES + 1);
        files.delete(streamId, Timeline.nameOf(sprite - 1));
    }
}
