// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.Tenure;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts a stream together: its way in, its source, its pipeline, and the record of that it is to run; all of it or nothing. Thread-safe. */
final class StreamOpening {
    private static final Logger LOG = LoggerFactory.getLogger(StreamOpening.class);

    private final Supplier<ServiceConfig> config;
    private final Pipelines pipelines;
    private final WantedStreams wanted;
    private final Feeds feeds;
    private final Monitors monitors;
    private final RefusedCallers refused;

    /** @param monitors how many streams may be measured; what is taken here is the stream's to give back at its end */
    StreamOpening(
            Supplier<ServiceConfig> config,
            Pipelines pipelines,
            WantedStreams wanted,
            Feeds feeds,
            Monitors monitors,
            RefusedCallers refused) {
        this.refused = refused;
        this.config = config;
        this.pipelines = pipelines;
        this.wanted = wanted;
        this.feeds = feeds;
        this.monitors = monitors;
    }

    /**
     * Opens it, to be started; on any port if it has none.
     *
     * @param tenure by what right it is written
     * @param unrecord run if it could not be recorded that the stream is to run; that may yet be, later
     */
    LiveStream open(WantedStreams.Wanted stream, Tenure tenure, Runnable unrecord) throws StreamException {
        long nowMs = System.currentTimeMillis();
        WantedStreams.Wanted begun = stream.begun(nowMs);
        StreamSpec spec = stream.spec();
        StreamSettings settings = stream.settings();
        StreamSpec now = spec.with(settings);
        SrtSource source = new SrtSource(
                spec.liveId(),
                spec.passphrase(),
                feeds.latency(spec),
                settings.takeover().isFree(config.get().stream().isTakeoverFree()),
                refused.of(spec.liveId()));
        source.setAllowFrom(settings.allowFrom());
        Feed feed = feeds.open(now, source, stream.port());
        source.takeFeed(feed);
        boolean isOpen = false;
        boolean isMonitored = false;
        boolean isTold = false;
        Pipeline pipeline = null;
        try {
            PipelineConfig asked = pipelineConfig(now)
                    .withTenure(tenure)
                    // Not below 0 by a clock that was set back.
                    .withRanBefore(Duration.ofMillis(Math.max(0, nowMs - begun.startedMs())));
            PipelineConfig plan = monitors.tryAdd() ? asked.monitored() : asked;
            isMonitored = plan.isMonitored();
            pipeline = pipelines.open(stream.hadMedia() ? plan.resumed() : plan);
            isTold = true;
            WantedStreams.Wanted here = begun.on(spec.ingress().equals(Ingress.OWN_PORT) ? feed.port() : 0);
            if (tenure.epoch() > 0) {
                wanted.addOwned(here);
            } else {
                wanted.add(here);
            }
            isOpen = true;
            Watchers watchers = new Watchers(config.get().stream().watchers());
            return new LiveStream(
                    spec,
                    settings,
                    source,
                    feed,
                    pipeline,
                    watchers,
                    new SegmentFaults(),
                    System.currentTimeMillis(),
                    new CompletableFuture<>());
        } catch (IllegalStateException e) {
            throw new StreamException(Kind.UNAVAILABLE, "live_id: " + e.getMessage() + "; try again later");
        } catch (IOException e) {
            LOG.atError()
                    .addKeyValue(LogFields.STREAM, spec.liveId())
                    .log("{}: cannot be started: {}", spec.liveId(), e.getMessage());
            throw new StreamException(Kind.UNAVAILABLE, "cacheDir: the spool cannot be written: " + e.getMessage());
        } finally {
            if (!isOpen) {
                if (isTold) {
                    unrecord.run();
                }
                monitors.remove(isMonitored);
                source.close();
                feed.released();
                if (pipeline != null) {
                    pipeline.stop("could not be recorded", Duration.ZERO);
                }
            }
        }
    }

    private PipelineConfig pipelineConfig(StreamSpec spec) {
        StreamSettings settings = spec.settings();
        return PipelineConfig.of(spec.liveId(), settings.policy(config.get().segment()))
                .withKeyPrefix(settings.keyPrefix(spec.liveId()))
                .withLimits(settings.thresholds().limits(config.get().stream().source()))
                .withRetention(settings.retention())
                .withReconnectWindow(StreamSettings.or(
                        settings.reconnectWindow(), config.get().stream().reconnectWindow()));
    }

    /** One log line: where its encoder is expected. */
    static void log(LiveStream stream) {
        Ingress ingress = stream.spec().ingress();
        if (ingress instanceof Ingress.Pull pull) {
            LOG.atInfo()
                    .addKeyValue(LogFields.STREAM, stream.liveId())
                    .log("{}: calls {}", stream.liveId(), pull.uri());
        } else if (ingress instanceof Ingress.Shared place) {
            LOG.atInfo()
                    .addKeyValue(LogFields.STREAM, stream.liveId())
                    .log(
                            "{}: waits for its encoder on port {} with stream id '{}'",
                            stream.liveId(),
                            stream.feed().port(),
                            place.resource());
        } else {
            LOG.atInfo()
                    .addKeyValue(LogFields.STREAM, stream.liveId())
                    .log(
                            "{}: waits for its encoder on port {}",
                            stream.liveId(),
                            stream.feed().port());
        }
    }
}
