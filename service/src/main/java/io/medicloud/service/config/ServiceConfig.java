// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything the service is told. Checked; holds no secret that prints.
 *
 * @param queues what may wait in memory, for the store, and for those who watch
 * @param eventWatchers how many may watch events at once
 * @param statsWatchers how many may watch streams' statistics at once
 * @param security who may call, and how that is encrypted
 * @param playback who may play streams over HTTP; changes at once
 * @param thumbnails how they are, and what they may cost; null for none
 * @param alarms from where on figures of streams are told; changes at once
 * @param log changes at once
 * @param otlp what is told to a receiver of OTLP
 * @param cluster whether it is one node of many
 * @param cacheDir the spool, the record's key, and the embedded store's data
 * @param shutdownTimeout how long the end waits for uploads
 */
public record ServiceConfig(
        Address grpc,
        Address http,
        SrtConfig srt,
        SegmentConfig segment,
        StreamConfig stream,
        StoreConfig store,
        SpoolConfig spool,
        QueueConfig queues,
        int eventWatchers,
        int statsWatchers,
        WebhookConfig webhook,
        SecurityConfig security,
        PlaybackConfig playback,
        @Nullable ThumbnailLimits thumbnails,
        AlarmConfig alarms,
        LogConfig log,
        OtlpConfig otlp,
        ClusterConfig cluster,
        Path cacheDir,
        Duration shutdownTimeout) {
    /** What is in force after another configuration was read: of that one, whatever needs no restart ({@link Setting#isLive}). */
    public ServiceConfig withLive(ServiceConfig next) {
        boolean staysWithStore = store.isEmbedded() || next.store.isEmbedded();
        return new ServiceConfig(
                grpc,
                http,
                new SrtConfig(
                        srt.host(),
                        srt.ports(),
                        srt.sharedPort(),
                        srt.stack(),
                        srt.isOldLibsrtAllowed(),
                        next.srt.latency()),
                next.segment,
                next.stream.withMonitored(stream.monitored()),
                staysWithStore ? store : next.store,
                spool,
                queues,
                eventWatchers,
                statsWatchers,
                webhook,
                security.withLive(next.security),
                next.playback,
                thumbnails,
                next.alarms,
                next.log,
                otlp,
                cluster,
                cacheDir,
                shutdownTimeout);
    }
}
