// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.UploadFigures;
import io.medicloud.pipeline.store.BreakerState;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoreHealth;
import java.util.Locale;

/** What is measured of the spool and of the way to the store, of all streams. */
final class UploadMetrics {
    private UploadMetrics() {}

    static void add(Metrics metrics, Pipelines pipelines) {
        UploadFigures uploads = pipelines.uploads();
        metrics.counter(MetricCatalog.UPLOAD_ATTEMPTS, uploads.counts()::stored, "stored");
        for (StoreException.Kind kind : StoreException.Kind.values()) {
            metrics.counter(
                    MetricCatalog.UPLOAD_ATTEMPTS, () -> uploads.counts().failed(kind), word(kind));
        }
        metrics.counter(MetricCatalog.UPLOAD_BYTES, uploads.counts()::storedBytes);
        for (BreakerState state : BreakerState.values()) {
            metrics.gauge(MetricCatalog.UPLOAD_BREAKER, () -> uploads.breaker() == state ? 1 : 0, word(state));
        }
        for (StoreHealth.State state : StoreHealth.State.values()) {
            metrics.gauge(MetricCatalog.STORE, () -> pipelines.storeHealth().state() == state ? 1 : 0, word(state));
        }
        metrics.gauge(MetricCatalog.UPLOAD_WAITING, uploads::waiting);
        metrics.gauge(MetricCatalog.UPLOAD_WAITING_BYTES, uploads::waitingBytes);
        metrics.gauge(MetricCatalog.UPLOAD_OLDEST, () -> uploads.oldestNanos() / 1e9);
        metrics.gauge(MetricCatalog.SPOOL_FREE, pipelines::spoolFreeBytes);
        metrics.gauge(MetricCatalog.SPOOL_DISK, pipelines::spoolDiskBytes);
        metrics.gauge(MetricCatalog.SPOOL_QUEUE, pipelines::queuedBytes);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
