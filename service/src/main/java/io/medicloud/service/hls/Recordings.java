// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.playlist.FormatProbe;
import io.medicloud.pipeline.playlist.MediaFormat;
import io.medicloud.pipeline.playlist.MediaFormats;
import io.medicloud.pipeline.playlist.Presentation;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.StreamRecord;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What there is to play of each stream: of those that are open from memory, of all from the record. Thread-safe; blocks but for a moment. */
final class Recordings {
    /** Of one stream, in one answer: 18 hours of segments of 6 s. */
    static final int MOST_SEGMENTS = 10_800;

    private static final Logger LOG = LoggerFactory.getLogger(Recordings.class);
    private static final int MOST_LIVE = 512;
    /** In one answer: what is found then is recorded, and the next goes on. */
    private static final int MOST_PROBES = 32;

    private final Pipelines pipelines;
    private final SegmentBytes bytes;

    Recordings(Pipelines pipelines, SegmentBytes bytes) {
        this.pipelines = pipelines;
        this.bytes = bytes;
    }

    private interface Question<T> {
        T ask(Ledger record) throws LedgerException;
    }

    private <T> T ask(Question<T> question) throws HlsException {
        try {
            return question.ask(pipelines.ledger());
        } catch (LedgerException e) {
            throw unreadable(e);
        }
    }

    private @Nullable StreamRecord stream(String id) throws HlsException {
        try {
            return pipelines.ledger().stream(id);
        } catch (LedgerException e) {
            throw unreadable(e);
        }
    }

    private static HlsException unreadable(LedgerException e) {
        return HlsException.unavailable(String.valueOf(e.getMessage()));
    }

    /** The stream, if it is open. */
    @Nullable
    Pipeline open(String id) {
        return pipelines.find(id);
    }

    /** Will nothing be added? A stream that only waits for the service to be up again has not ended. */
    boolean hasEnded(String id) throws HlsException {
        if (pipelines.find(id) != null) {
            return false;
        }
        StreamRecord stream = stream(id);
        if (stream == null) {
            throw HlsException.notFound("there is no stream of that id");
        }
        return !stream.isWanted();
    }

    /** What a live playlist lists. */
    Presentation live(String id) throws HlsException {
        Pipeline pipeline = pipelines.find(id);
        return pipeline != null
                ? pipeline.window().presentation()
                : Presentation.of(ask(record -> record.newest(id, MOST_LIVE))).window();
    }

    /** Everything, or what is in a range of time; refused where that is too much for one answer. */
    Presentation all(String id, TimeRange range) throws HlsException {
        List<SegmentRecord> rows = range.isAll()
                ? ask(record -> record.newest(id, MOST_SEGMENTS + 1))
                : ask(record -> record.between(id, range.fromMs(), range.toMs(), MOST_SEGMENTS + 1));
        if (rows.size() > MOST_SEGMENTS && !range.isAll()) {
            throw HlsException.badRequest(
                    "to: there are more than " + MOST_SEGMENTS + " segments in that time; ask for less");
        }
        Presentation found = Presentation.of(rows);
        return range.isAll() ? found.newest(MOST_SEGMENTS) : found.between(range.fromMs(), range.toMs());
    }

    /** Does a stream have more than {@link #all} answers? */
    boolean isTooLong(Presentation all) {
        return all.rows().size() >= MOST_SEGMENTS;
    }

    /** A segment that stands in the spool or the store. */
    SegmentRecord stored(String id, long sequence) throws HlsException {
        List<SegmentRecord> found = ask(record -> record.segments(id, sequence, 1));
        if (found.isEmpty() || found.get(0).sequence() != sequence) {
            throw HlsException.notFound("there is no such segment");
        }
        if (!found.get(0).state().isThere()) {
            throw HlsException.notFound("that segment is " + found.get(0).state());
        }
        return found.get(0);
    }

    /**
     * What is needed to decode these segments. As far as it is not recorded, one behind each break is looked into; of a stream that is open the newest too, as a picture may
     * get another size without a break.
     */
    MediaFormat format(String id, Presentation presentation) throws HlsException {
        MediaFormats formats = MediaFormats.read(ask(record -> record.media(id)));
        List<SegmentRecord> rows = presentation.rows();
        boolean isOpen = pipelines.find(id) != null;
        Set<Long> looked = new HashSet<>();
        for (int i = rows.size() - 1; i >= 0 && looked.size() < MOST_PROBES; i--) {
            SegmentRecord row = rows.get(i);
            boolean isNewest = isOpen && i == rows.size() - 1;
            if (row.state().isThere()
                    && (isNewest || formats.of(row) == null)
                    && looked.add(row.place().breaks())) {
                formats = probed(formats, row);
            }
        }
        return formats.of(rows);
    }

    private MediaFormats probed(MediaFormats formats, SegmentRecord row) {
        try {
            MediaFormat known = formats.of(row);
            MediaFormat found = probe(row);
            if (found.equals(MediaFormat.UNKNOWN)
                    || (known != null && known.and(found).equals(known))) {
                return formats;
            }
            long breaks = row.place().breaks();
            pipelines
                    .ledger()
                    .putMedia(
                            row.streamId(),
                            text -> MediaFormats.read(text).with(breaks, found).write());
            return formats.with(breaks, found);
        } catch (IOException e) {
            LOG.debug("{}: segment {} cannot be looked into", row.streamId(), row.sequence(), e);
            return formats;
        }
    }

    private MediaFormat probe(SegmentRecord row) throws IOException {
        try (SegmentBytes.Source source = bytes.open(row)) {
            return FormatProbe.probe(new SegmentBytes.Input(source));
        }
    }
}
