// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.pipeline.BacklogLimits;
import io.medicloud.pipeline.RetentionLimits;
import io.medicloud.pipeline.SourceLimits;
import io.medicloud.pipeline.spool.DiskLimits;
import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import io.medicloud.service.security.AccessTable;
import io.medicloud.service.security.CallRate;
import io.medicloud.service.security.CallerRules;
import io.medicloud.service.security.ConnectionRules;
import io.medicloud.service.security.JwtRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns texts into the records the service reads, and finds every fault on the way. */
final class Resolver {
    private final Map<String, Layer.Value> values;
    private final List<String> faults;

    private final AccessFile.@Nullable Text access;

    private Resolver(Map<String, Layer.Value> values, List<String> faults, AccessFile.@Nullable Text access) {
        this.access = access;
        this.values = values;
        this.faults = new ArrayList<>(faults);
    }

    /** @param access who may call; null if no file says that */
    static ServiceConfig resolve(
            Map<String, Layer.Value> values, List<String> faults, Path directory, AccessFile.@Nullable Text access)
            throws ConfigException {
        Resolver resolver = new Resolver(values, faults, access);
        ServiceConfig config = resolver.build(directory);
        if (!resolver.faults.isEmpty()) {
            throw new ConfigException(resolver.faults);
        }
        return config;
    }

    private ServiceConfig build(Path directory) {
        SecurityConfig security = security(directory);
        boolean insecure = read(SecuritySchema.INSECURE) || security.access().isRequired();
        return new ServiceConfig(
                address(Schema.GRPC_HOST, Schema.GRPC_PORT, insecure),
                address(Schema.HTTP_HOST, Schema.HTTP_PORT, insecure),
                new SrtConfig(
                        srtHost(),
                        read(Schema.SRT_PORTS),
                        read(Schema.SRT_SHARED_PORT),
                        read(Schema.SRT_STACK),
                        read(Schema.SRT_OLD_LIBSRT),
                        read(Schema.SRT_LATENCY)),
                segment(),
                new StreamConfig(
                        read(Schema.STREAM_RECONNECT_WINDOW),
                        read(Schema.STREAM_LIMIT),
                        read(Schema.STREAM_LIMIT_PER_CLIENT),
                        read(Schema.STREAM_WATCHERS),
                        read(Schema.STREAM_UPLOAD_WAIT),
                        read(Schema.STREAM_TAKEOVER),
                        read(Schema.STREAM_MONITORED),
                        new SourceLimits(
                                read(Schema.STREAM_NO_MEDIA),
                                read(Schema.STREAM_STALL),
                                read(Schema.STREAM_MAX_DURATION),
                                read(Schema.STREAM_MAX_BITRATE))),
                store(),
                spool(),
                queues(),
                read(StorageSchema.EVENT_WATCHERS),
                read(StorageSchema.STATS_WATCHERS),
                webhook(),
                security,
                playback(),
                read(StorageSchema.THUMBNAILS)
                        ? ThumbnailLimits.of(read(StorageSchema.THUMBNAIL_WIDTH), read(StorageSchema.THUMBNAIL_PIXELS))
                        : null,
                new AlarmConfig(
                        read(ObserveSchema.ALARM_BITRATE),
                        read(ObserveSchema.ALARM_FRAME_RATE),
                        read(ObserveSchema.ALARM_LOSS),
                        read(ObserveSchema.ALARM_RTT),
                        read(ObserveSchema.ALARM_AFTER)),
                new LogConfig(read(ObserveSchema.LOG_JSON), read(ObserveSchema.LOG_LEVELS)),
                otlp(),
                cluster(),
                directory.resolve(read(StorageSchema.CACHE_DIR)).normalize(),
                read(StorageSchema.SHUTDOWN_TIMEOUT));
    }

    private ClusterConfig cluster() {
        ClusterConfig cluster = new ClusterConfig(
                read(ClusterSchema.NATS),
                read(ClusterSchema.NAME_OF_ALL),
                read(ClusterSchema.NODE_NAME),
                read(ClusterSchema.ADVERTISE),
                read(ClusterSchema.LEASE),
                read(ClusterSchema.REPLICAS));
        if (cluster.isSet() && read(SecuritySchema.RECORD_KEY).isEmpty()) {
            faults.add(SecuritySchema.RECORD_KEY.path()
                    + ": empty, though cluster.nats is set; passphrases are shared, encrypted with it");
        }
        if (cluster.isSet() && read(StorageSchema.STORE_ENDPOINT).isEmpty()) {
            faults.add(StorageSchema.STORE_ENDPOINT.path()
                    + ": empty, though cluster.nats is set; all nodes store into one bucket");
        }
        return cluster;
    }

    private OtlpConfig otlp() {
        return new OtlpConfig(
                read(ObserveSchema.OTLP_ENDPOINT),
                read(ObserveSchema.OTLP_PROTOCOL).equals("grpc"),
                read(ObserveSchema.OTLP_HEADERS),
                read(ObserveSchema.OTLP_SIGNALS),
                read(ObserveSchema.OTLP_SAMPLING),
                read(ObserveSchema.OTLP_QUEUE),
                read(ObserveSchema.OTLP_METRICS_EVERY));
    }

    private SecurityConfig security(Path directory) {
        JwtRules jwt = jwt(directory);
        AccessTable table =
                access == null ? jwt == null ? AccessTable.OPEN : AccessTable.NOBODY : AccessFile.read(access, faults);
        String certificate = read(SecuritySchema.TLS_CERTIFICATE);
        String key = read(SecuritySchema.TLS_KEY);
        String clientCa = read(SecuritySchema.TLS_CLIENT_CA);
        if (certificate.isEmpty() != key.isEmpty() || (certificate.isEmpty() && !clientCa.isEmpty())) {
            Setting<String> missing = certificate.isEmpty() ? SecuritySchema.TLS_CERTIFICATE : SecuritySchema.TLS_KEY;
            faults.add(missing.path()
                    + ": empty; tls.certificate and tls.key belong together, and tls.clientCa needs both");
        }
        boolean hasTls = !certificate.isEmpty() && !key.isEmpty();
        if (hasTls && !clientCa.isEmpty() && !table.isRequired()) {
            faults.add(SecuritySchema.TLS_CLIENT_CA.path()
                    + ": set, though nothing says who may call, and so everybody might do everything, with a certificate"
                    + " or without; name whom the certificates are of in security.accessFile");
        }
        return new SecurityConfig(
                table,
                jwt,
                hasTls
                        ? new SecurityConfig.Tls(
                                directory.resolve(certificate).normalize(),
                                directory.resolve(key).normalize(),
                                clientCa.isEmpty()
                                        ? null
                                        : directory.resolve(clientCa).normalize())
                        : null,
                read(SecuritySchema.PULL_ALLOW),
                new CallRate(read(SecuritySchema.CALLS_PER_SECOND), read(SecuritySchema.CALL_BURST)),
                new ConnectionRules(
                        read(SecuritySchema.CONNECTIONS),
                        read(SecuritySchema.CONNECTIONS_PER_ADDRESS),
                        read(SecuritySchema.HEALTH_WATCHES_PER_ADDRESS),
                        read(SecuritySchema.REQUEST_TIMEOUT)),
                new CallerRules(
                        read(SecuritySchema.SRT_ALLOW),
                        read(SecuritySchema.SRT_DENY),
                        read(SecuritySchema.SRT_HANDSHAKES),
                        read(SecuritySchema.SRT_BAN_AFTER),
                        read(SecuritySchema.SRT_LONGEST_BAN)));
    }

    private @Nullable JwtRules jwt(Path directory) {
        String keys = read(SecuritySchema.JWT_KEYS);
        JwtRules rules = new JwtRules(
                keys.contains("://")
                        ? keys
                        : directory.resolve(keys).normalize().toString(),
                read(SecuritySchema.JWT_ISSUER),
                read(SecuritySchema.JWT_AUDIENCE),
                read(SecuritySchema.JWT_CLOCK_SKEW),
                read(SecuritySchema.JWT_MAX_LIFETIME),
                new JwtRules.Claims(
                        read(SecuritySchema.JWT_NAME_CLAIM),
                        read(SecuritySchema.JWT_ROLE_CLAIM),
                        read(SecuritySchema.JWT_STREAMS_CLAIM)));
        if (!keys.isEmpty() && !keys.contains("://")) {
            checkKeys(rules.keys());
        }
        return keys.isEmpty() ? null : rules;
    }

    private void checkKeys(String file) {
        try {
            JwtRules.checkKeys(Path.of(file));
        } catch (IOException e) {
            faults.add(SecuritySchema.JWT_KEYS.path() + ": " + Setting.withoutUser(file) + ": " + e.getMessage());
        }
    }

    private Address address(Setting<String> hostSetting, Setting<Integer> portSetting, boolean insecure) {
        String host = read(hostSetting);
        Address address = new Address(host, read(portSetting));
        if (isKnown(hostSetting, host) && !address.isLoopback() && !insecure) {
            faults.add(
                    hostSetting.path() + ": '" + host + "' can be reached from other machines and no authentication is"
                            + " configured; use 127.0.0.1, or set security.insecure=true if"
                            + " the network in front keeps others away");
        }
        return address;
    }

    private String srtHost() {
        String host = read(Schema.SRT_HOST);
        isKnown(Schema.SRT_HOST, host);
        return host;
    }

    private SegmentConfig segment() {
        Duration duration = read(Schema.SEGMENT_DURATION);
        Duration longest = read(Schema.SEGMENT_MAX_DURATION);
        if (!longest.isZero() && longest.compareTo(duration) < 0) {
            faults.add(Schema.SEGMENT_MAX_DURATION.path() + ": '" + Units.text(longest)
                    + "' is less than segment.duration, '" + Units.text(duration) + "'");
        }
        Duration shortest = read(Schema.SEGMENT_MIN_DURATION);
        if (shortest.compareTo(duration) > 0) {
            faults.add(Schema.SEGMENT_MIN_DURATION.path() + ": '" + Units.text(shortest)
                    + "' is more than segment.duration, '" + Units.text(duration) + "'");
        }
        return new SegmentConfig(
                duration,
                longest,
                shortest,
                read(Schema.SEGMENT_MAX_BYTES),
                read(Schema.SEGMENT_AT_CLOCK),
                read(Schema.SEGMENT_AT_SPLICES),
                read(Schema.SEGMENT_PARAMETER_SETS));
    }

    private WebhookConfig webhook() {
        WebhookConfig webhook = new WebhookConfig(read(StorageSchema.WEBHOOK_URL), read(StorageSchema.WEBHOOK_SECRET));
        if (webhook.isSet() && webhook.secret().isEmpty()) {
            faults.add(StorageSchema.WEBHOOK_SECRET.path()
                    + ": empty, though webhook.url is set; requests are signed with it");
        }
        return webhook;
    }

    private PlaybackConfig playback() {
        PlaybackConfig playback = new PlaybackConfig(
                read(StorageSchema.PLAYBACK_SECRET),
                read(StorageSchema.PLAYBACK_EXPIRES),
                read(StorageSchema.PLAYBACK_MAX_EXPIRES));
        if (playback.maxExpires().compareTo(playback.expires()) < 0) {
            faults.add(StorageSchema.PLAYBACK_MAX_EXPIRES.path() + ": '" + Units.text(playback.maxExpires())
                    + "' is less than playback.expires, '" + Units.text(playback.expires()) + "'");
        }
        return playback;
    }

    private SpoolConfig spool() {
        return new SpoolConfig(
                read(StorageSchema.SPOOL_FSYNC_INTERVAL),
                read(SecuritySchema.RECORD_KEY),
                new DiskLimits(
                        read(StorageSchema.SPOOL_MAX_BYTES),
                        read(StorageSchema.SPOOL_MIN_FREE),
                        read(StorageSchema.SPOOL_WHEN_FULL),
                        read(StorageSchema.SPOOL_RESERVE)),
                new RetentionLimits(
                        read(StorageSchema.RETENTION_AGE),
                        read(StorageSchema.RETENTION_BYTES),
                        read(StorageSchema.RETENTION_COUNT),
                        RetentionLimits.NONE.every()));
    }

    private QueueConfig queues() {
        long ofOne = read(StorageSchema.SPOOL_QUEUE_PER_STREAM);
        long ofAll = read(StorageSchema.SPOOL_QUEUE);
        if (ofAll < ofOne) {
            faults.add(StorageSchema.SPOOL_QUEUE.path() + ": '" + ofAll + "' is less than spool.queuePerStream, '"
                    + ofOne + "'");
        }
        return new QueueConfig(
                ofOne,
                Math.max(ofOne, ofAll),
                new BacklogLimits(read(StorageSchema.UPLOAD_MAX_SEGMENTS), read(StorageSchema.UPLOAD_MAX_BYTES)),
                read(StorageSchema.EVENT_BACKLOG));
    }

    private StoreConfig store() {
        String endpoint = read(StorageSchema.STORE_ENDPOINT);
        Secret accessKey = read(StorageSchema.STORE_ACCESS_KEY);
        Secret secretKey = read(StorageSchema.STORE_SECRET_KEY);
        if (!endpoint.isEmpty() && (accessKey.isEmpty() || secretKey.isEmpty())) {
            Setting<Secret> missing =
                    accessKey.isEmpty() ? StorageSchema.STORE_ACCESS_KEY : StorageSchema.STORE_SECRET_KEY;
            faults.add(missing.path() + ": empty, though store.endpoint is '" + endpoint + "'; set "
                    + missing.oldEnvironment());
        }
        return new StoreConfig(
                endpoint,
                accessKey,
                secretKey,
                read(StorageSchema.STORE_BUCKET),
                new StoreConfig.Timeouts(
                        read(StorageSchema.STORE_CONNECT_TIMEOUT),
                        read(StorageSchema.STORE_IO_TIMEOUT),
                        read(StorageSchema.STORE_ATTEMPT_TIMEOUT)),
                read(StorageSchema.STORE_EMBEDDED_PORT));
    }

    private boolean isKnown(Setting<String> setting, String host) {
        try {
            InetAddress.getByName(host);
            return true;
        } catch (UnknownHostException e) {
            faults.add(setting.path() + ": '" + host
                    + "' is no host that is known here; use an address such as 127.0.0.1");
            return false;
        }
    }

    /** A value that is wrong is a fault, and stands aside for the default, so that all faults are found at once. */
    private <T> T read(Setting<T> setting) {
        Layer.Value value = values.get(setting.path());
        if (value != null) {
            try {
                return setting.read(value.text(), value.from());
            } catch (ConfigException e) {
                faults.addAll(e.faults());
            }
        }
        return setting.parser().apply(setting.fallback());
    }
}
