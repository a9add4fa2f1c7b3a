// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.playlist.MediaFormats;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.medicloud.pipeline.playlist.MultivariantPlaylist;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import io.medicloud.pipeline.playlist.Presentation;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.UploadQueue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * One stream's playlists in the store, beside its segments: {@code live.m3u8} and {@code index.m3u8}, a playlist an hour in {@code playlists}, and {@code vod.m3u8} once the
 * stream is over. Made anew from the record each time, of segments that stand there; the list of segments is written before. Belongs to the {@link Manifest}.
 */
final class BucketPlaylists {
    static final String TYPE = "application/vnd.apple.mpegurl";

    private static final String FOLDER = "playlists/";
    private static final int MOST_LIVE = 512;
    /** An hour of segments of a third of a second; 18 hours of such of 6 s. */
    private static final int MOST_LISTED = 10_800;
    /** Segments that may be uploaded before their playlist is written. */
    private static final int MOST_BEHIND = 32;

    private static final long HOUR_MS = 3_600_000;
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final String streamId;
    private final String keyPrefix;
    private final Ledger ledger;
    private final UploadQueue queue;
    private final Predicate<String> isOpen;

    /** @param isOpen is a stream of that id open? */
    BucketPlaylists(String streamId, String keyPrefix, Ledger ledger, UploadQueue queue, Predicate<String> isOpen) {
        this.streamId = streamId;
        this.keyPrefix = keyPrefix;
        this.ledger = ledger;
        this.queue = queue;
        this.isOpen = isOpen;
    }

    /** What the playlist of an hour is called. */
    static String shard(String keyPrefix, long startMs) {
        return keyPrefix + FOLDER + HOUR.format(Instant.ofEpochMilli(startMs)) + ".m3u8";
    }

    /**
     * Writes those that the newest segments are in.
     *
     * @param isShrunk the oldest are gone: also the one that the oldest is in
     */
    void write(boolean isShrunk) throws StoreException, LedgerException {
        Presentation newest = stored(ledger.newest(streamId, MOST_LIVE));
        if (newest.isEmpty()) {
            return;
        }
        boolean ended = isOver();
        List<SegmentRecord> rows = newest.rows();
        long lastMs = rows.get(rows.size() - 1).place().startMs();
        long earlierMs =
                rows.get(Math.max(0, rows.size() - MOST_BEHIND)).place().startMs();
        if (earlierMs > 0 && earlierMs / HOUR_MS != lastMs / HOUR_MS) {
            writeHour(earlierMs, true);
        }
        if (lastMs > 0) {
            writeHour(lastMs, ended);
        }
        if (isShrunk) {
            writeOldestHour(lastMs);
        }
        Presentation window = newest.window();
        replace("live.m3u8", window.live(ended, null));
        Presentation listed = ended ? stored(ledger.stored(streamId, MOST_LISTED)) : window;
        if (ended) {
            replace("vod.m3u8", listed.vod());
        }
        MultivariantPlaylist index = MultivariantPlaylist.of(
                ended ? "vod.m3u8" : "live.m3u8",
                MediaFormats.read(ledger.media(streamId)).of(listed.rows()),
                listed.rows());
        queue.replace(keyPrefix + "index.m3u8", index.write().getBytes(StandardCharsets.UTF_8), TYPE);
    }

    /** Is the stream over, and not to run again? */
    boolean isOver() throws LedgerException {
        StreamRecord stream = ledger.stream(streamId);
        return !isOpen.test(streamId) && (stream == null || !stream.isWanted());
    }

    private void writeOldestHour(long lastMs) throws StoreException, LedgerException {
        for (SegmentRecord oldest : ledger.oldestStored(streamId)) {
            long startMs = oldest.place().startMs();
            if (startMs > 0 && startMs / HOUR_MS != lastMs / HOUR_MS) {
                writeHour(startMs, true);
            }
        }
    }

    private void writeHour(long startMs, boolean isOver) throws StoreException, LedgerException {
        long hourMs = startMs / HOUR_MS * HOUR_MS;
        List<SegmentRecord> rows = new ArrayList<>();
        for (SegmentRecord row : ledger.between(streamId, hourMs, hourMs + HOUR_MS, MOST_LISTED)) {
            if (row.place().startMs() >= hourMs) {
                rows.add(row);
            }
        }
        Presentation hour = stored(rows);
        boolean isShrunk = rows.stream().anyMatch(row -> row.state() == SegmentState.EXPIRED);
        if (!hour.isEmpty()) {
            // What loses segments is no event (RFC 8216, 6.2.2).
            MediaPlaylist list =
                    (isShrunk ? hour.live(isOver, null) : hour.event(isOver)).withUris(name -> "../" + name);
            queue.replace(shard(keyPrefix, hourMs), PlaylistWriter.write(list).getBytes(StandardCharsets.UTF_8), TYPE);
        }
    }

    /** Of these what stands in the store below the prefix, without a hole. */
    private Presentation stored(List<SegmentRecord> rows) {
        List<SegmentRecord> ours = new ArrayList<>();
        for (SegmentRecord row : rows) {
            if (row.key().isEmpty() || row.key().startsWith(keyPrefix)) {
                ours.add(row);
            } else {
                ours.clear();
            }
        }
        return Presentation.of(ours).stored();
    }

    private void replace(String name, MediaPlaylist playlist) throws StoreException {
        queue.replace(keyPrefix + name, PlaylistWriter.write(playlist).getBytes(StandardCharsets.UTF_8), TYPE);
    }
}
