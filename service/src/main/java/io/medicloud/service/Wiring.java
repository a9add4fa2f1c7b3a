// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.medicloud.pipeline.Limits;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.S3Config;
import io.medicloud.pipeline.store.UploadLimits;
import io.medicloud.service.config.OtlpConfig;
import io.medicloud.service.config.Secret;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.config.SrtConfig;
import io.medicloud.service.config.StoreConfig;
import io.medicloud.service.otlp.OtlpTelemetry;
import io.medicloud.service.security.KeyFile;
import io.medicloud.service.security.SecretBox;
import io.medicloud.service.telemetry.RecordCounts;
import io.medicloud.service.telemetry.Telemetry;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Base64;

/** What the configuration says, in the terms of the parts that it is said to. */
final class Wiring {
    private static final Duration STORE_CHECK = Duration.ofSeconds(1);

    private Wiring() {}

    /** What encrypts secrets in the record. */
    static SecretBox secretBox(ServiceConfig config) throws IOException {
        Secret key = config.spool().recordKey();
        return new SecretBox(
                key.isEmpty()
                        ? KeyFile.readOrMake(config.cacheDir().resolve("record.key"))
                        : Base64.getDecoder().decode(key.reveal()));
    }

    /** How the store is reached. */
    static S3Config s3(StoreConfig store) {
        StoreConfig.Timeouts limits = store.timeouts();
        return S3Config.of(
                        store.endpoint(),
                        store.accessKey().reveal(),
                        store.secretKey().reveal(),
                        store.bucket())
                .withTimeouts(limits.connect(), limits.silence(), limits.attempt());
    }

    /** The SRT stack: where strangers reach it, not one of which something is to be feared, unless that is allowed. */
    static SrtStacks.Selection srtStack(SrtConfig config) throws IOException {
        boolean isRiskTaken = config.isOldLibsrtAllowed()
                || InetAddress.getByName(config.host()).isLoopbackAddress();
        try {
            return SrtStacks.select(config.stack(), isRiskTaken);
        } catch (SrtUnavailableException e) {
            throw isRiskTaken
                    ? e
                    : new SrtUnavailableException("srt.stack: " + e.getMessage()
                            + "; set srt.stack=java, or srt.libsrt.allowOld=true if libsrt is there and was mended");
        }
    }

    /** What follows segments and calls; the library below it is loaded only if there is a receiver. */
    static Telemetry telemetry(OtlpConfig config, RecordCounts counts) {
        return config.isSet() ? new OtlpTelemetry(config, counts) : Telemetry.OFF;
    }

    /** What the pipelines may use. */
    static Limits limits(ServiceConfig config) {
        UploadLimits usual = UploadLimits.DEFAULT;
        return new Limits(
                new SpoolLimits(
                        config.queues().streamBytes(),
                        config.queues().allBytes(),
                        SpoolLimits.DEFAULT.mostSealing(),
                        config.spool().fsyncInterval()),
                config.spool().disk(),
                config.spool().retention(),
                new LedgerLimits(
                        LedgerLimits.DEFAULT.mostWaiting(),
                        config.queues().events(),
                        LedgerLimits.DEFAULT.mostSegments()),
                new UploadLimits(
                        usual.concurrency(),
                        usual.mostQueuedPerStream(),
                        Backoff.DEFAULT,
                        usual.refusedRetry(),
                        STORE_CHECK,
                        usual.unreadableFor()),
                config.queues().backlog(),
                Limits.DEFAULT.lookup(),
                config.stream().uploadWait());
    }
}
