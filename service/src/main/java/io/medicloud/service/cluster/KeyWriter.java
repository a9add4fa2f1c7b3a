// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Writes entries by compare and set, one at a time to each key, expecting what the view knows. Where that fails, or its end is not known,
 * the key is read before anything is tried again.
 */
final class KeyWriter {
    private final Bucket bucket;
    private final ClusterView view;
    private final Bucket.EntrySink news;
    private final long retryNs;
    private final Set<String> busy = new HashSet<>();
    private final Map<String, Long> notBefore = new HashMap<>();

    KeyWriter(Bucket bucket, ClusterView view, Bucket.EntrySink news, long retryNs) {
        this.bucket = bucket;
        this.view = view;
        this.news = news;
        this.retryNs = retryNs;
    }

    /** May something be written to that key now? */
    boolean isFree(String key, long nowNs) {
        Long time = notBefore.get(key);
        return !busy.contains(key) && !view.isForeign(key) && (time == null || nowNs - time >= 0);
    }

    void write(String key, String value) {
        write(key, value, (end, nowNs) -> {});
    }

    /** What was written goes to the news before the sink is told. */
    void write(String key, String value, Bucket.WriteSink sink) {
        busy.add(key);
        bucket.write(key, value, view.revision(key), (end, nowNs) -> {
            if (end instanceof WriteEnd.Written written) {
                busy.remove(key);
                notBefore.remove(key);
                news.onEntry(new BucketEntry(key, value, written.revision()), nowNs);
            } else {
                notBefore.put(key, nowNs + retryNs);
                bucket.read(key, at -> busy.remove(key));
            }
            sink.onEnd(end, nowNs);
        });
    }

    /** Brings what is known of a key up to date. */
    void read(String key, Bucket.ReadSink sink) {
        busy.add(key);
        bucket.read(key, nowNs -> {
            busy.remove(key);
            sink.onRead(nowNs);
        });
    }
}
