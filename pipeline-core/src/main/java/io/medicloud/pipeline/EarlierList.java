// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.playlist.SegmentLines;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.UploadQueue;
import io.medicloud.pipeline.timeline.Place;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the list in the store names and the record does not, since the record was lost or damaged, or the stream was here before it: that goes into the record before the list is
 * written anew, so that nothing vanishes from it. Used by one thread at a time.
 */
final class EarlierList {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierList.class);
    /** Two thousand lines, and as much again. */
    private static final int MOST_BYTES = 4 << 20;

    private final String streamId;
    private final String keyPrefix;
    private final Ledger ledger;
    private final UploadQueue queue;
    private boolean isRefusalTold;

    EarlierList(String streamId, String keyPrefix, Ledger ledger, UploadQueue queue) {
        this.streamId = streamId;
        this.keyPrefix = keyPrefix;
        this.ledger = ledger;
        this.queue = queue;
    }

    /** Takes it into the record, unless that was done; blocks for as long as the store takes. */
    void take(String name) throws StoreException, LedgerException {
        if (ledger.isListUnread(streamId, keyPrefix)) {
            String content = content(keyPrefix + name);
            if (content == null) {
                return;
            }
            List<SegmentRecord> listed = parse(content);
            ledger.takeListed(streamId, listed);
            if (!listed.isEmpty()) {
                LOG.atInfo()
                        .addKeyValue(Reporter.STREAM, streamId)
                        .log("Stream {}: {} segments are in the store's list", streamId, listed.size());
            }
        }
    }

    /** Null if the store refuses to tell: to whoever may only write it always does, to others until their credentials are mended, and then it is asked again. */
    private @Nullable String content(String key) throws StoreException {
        try {
            return new String(queue.read(key, MOST_BYTES), StandardCharsets.UTF_8);
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.REFUSED) {
                throw e;
            }
            if (!isRefusalTold) {
                isRefusalTold = true;
                LOG.atWarn()
                        .addKeyValue(Reporter.STREAM, streamId)
                        .log("Stream {}: what {} names already is not known: {}", streamId, key, e.getMessage());
            }
            return null;
        }
    }

    private List<SegmentRecord> parse(String text) {
        List<SegmentRecord> listed = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            SegmentLines.Line found = SegmentLines.read(line);
            if (found != null
                    && found.file().equals(SegmentName.of(found.facts().sequence()))) {
                listed.add(new SegmentRecord(
                        streamId,
                        SegmentState.EVICTED,
                        found.facts(),
                        keyPrefix + found.file(),
                        found.incomplete(),
                        Place.NONE,
                        Instant.EPOCH));
            }
        }
        return listed;
    }
}
