// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.medicloud.pipeline.store.StoreException.Kind;
import io.minio.BucketExistsArgs;
import io.minio.Checksum;
import io.minio.GetObjectArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import okhttp3.OkHttpClient;

/**
 * A bucket of MinIO, or of any S3 store, through minio-java (an optional dependency of this library). Each attempt is one
 * request (a long object's is one a part): nothing below {@link UploadQueue} tries again. A PUT says {@code If-None-Match: *}, so that a key is never
 * written twice; what stands there already is read and compared.
 */
public final class MinioStore implements SegmentStore {
    private static final String CACHE_CONTROL = "Cache-Control";
    /** A segment is never written again; what is written again is asked for again. */
    private static final String FOREVER = "public, max-age=31536000, immutable";

    /** A list that never ends is given up; that of a stream whose segments last a second has so many after a hundred days. */
    private static final int MOST_LISTED = 10_000_000;

    private final S3Config config;
    private final OkHttpClient http;
    private final MinioClient client;
    private final S3Leftovers leftovers;

    public MinioStore(S3Config config) {
        this(config, ObjectHeaders.NONE);
    }

    /** @param headers what requests say besides */
    public MinioStore(S3Config config, ObjectHeaders headers) {
        this.config = config;
        this.http = S3Http.client(config, headers);
        this.client = MinioClient.builder()
                .endpoint(config.endpoint().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
        client.setRetry(Set.of(), 0L, 1);
        this.leftovers = new S3Leftovers(config, http);
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        try {
            boolean isInParts = segment.bytes() > config.partBytes();
            if (isInParts) {
                // Not every store knows a precondition for uploads in parts; we are the only one who writes below the
                // stream's prefix.
                if (stat(segment.key()).isPresent()) {
                    return compare(segment);
                }
                leftovers.abort(segment.key());
            }
            client.uploadObject(putArgs(segment, isInParts));
            return Put.STORED;
        } catch (MinioException | RuntimeException e) {
            if (S3Errors.isPreconditionFailed(e)) {
                return compare(segment);
            }
            throw failure(segment, e);
        }
    }

    /** What comes without an answer of the store may come from our own file, which may open and not be readable in its middle. */
    private StoreException failure(SegmentObject segment, Exception e) {
        boolean isOurs = !Files.isReadable(segment.file()) || (S3Errors.isUnanswered(e) && !isWhole(segment));
        return isOurs
                ? new StoreException(Kind.LOCAL, "cannot read " + segment.file(), e)
                : S3Errors.failure(locationOf(segment.key()), e);
    }

    private static boolean isWhole(SegmentObject segment) {
        try (InputStream ours = Files.newInputStream(segment.file())) {
            return ours.transferTo(OutputStream.nullOutputStream()) >= segment.bytes();
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<StatObjectResponse> stat(String key) throws MinioException {
        try {
            return Optional.of(client.statObject(
                    StatObjectArgs.builder().bucket(config.bucket()).object(key).build()));
        } catch (ErrorResponseException e) {
            if ("NoSuchKey".equals(e.errorResponse().code())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<StoredFacts> find(String key) throws StoreException {
        try {
            return stat(ObjectKeys.requireKey(key)).map(there -> new StoredFacts(there.size(), metadata(there)));
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    /** As it was said when the object was put: the names of headers come back in any case. */
    private static Map<String, String> metadata(StatObjectResponse there) {
        Map<String, String> metadata = new HashMap<>();
        for (Map.Entry<String, String> header : there.userMetadata().entries()) {
            metadata.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        return metadata;
    }

    private UploadObjectArgs putArgs(SegmentObject segment, boolean isInParts) throws MinioException {
        return UploadObjectArgs.builder()
                .bucket(config.bucket())
                .object(segment.key())
                .headers(
                        isInParts
                                ? Map.of(CACHE_CONTROL, FOREVER)
                                : Map.of("If-None-Match", "*", CACHE_CONTROL, FOREVER))
                .userMetadata(segment.metadata())
                .contentType(segment.contentType())
                // Checked by the store. Without TLS the signature covers a SHA-256 of the body besides.
                .checksum(Checksum.Algorithm.CRC32C)
                .delayMs(0)
                .maxRetries(1)
                .filename(segment.file().toString(), config.partBytes())
                .build();
    }

    private Put compare(SegmentObject segment) throws StoreException {
        try (InputStream there = read(segment.key());
                InputStream ours = Files.newInputStream(segment.file())) {
            if (SameBytes.compare(there, ours)) {
                return Put.ALREADY_THERE;
            }
        } catch (IOException e) {
            throw failure(segment, e);
        }
        throw new StoreException(Kind.CONFLICT, locationOf(segment.key()) + " exists with other bytes", null);
    }

    @Override
    public void abandon(String key) throws StoreException {
        try {
            leftovers.abort(ObjectKeys.requireKey(key));
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public int abandonOld(Predicate<String> isOurs, Instant before) throws StoreException {
        try {
            return leftovers.abortOld(isOurs, before);
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(""), e);
        }
    }

    @Override
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        try {
            client.putObject(PutObjectArgs.builder()
                    .bucket(config.bucket())
                    .object(ObjectKeys.requireKey(key))
                    .contentType(contentType)
                    .headers(Map.of(CACHE_CONTROL, "no-cache"))
                    .checksum(Checksum.Algorithm.CRC32C)
                    .delayMs(0)
                    .maxRetries(1)
                    .data(content, content.length)
                    .build());
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public void delete(String key) throws StoreException {
        try {
            client.removeObject(RemoveObjectArgs.builder()
                    .bucket(config.bucket())
                    .object(ObjectKeys.requireKey(key))
                    .build());
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        ListObjectsArgs args = ListObjectsArgs.builder()
                .bucket(config.bucket())
                .prefix(ObjectKeys.requirePrefix(prefix))
                .recursive(true)
                .build();
        try {
            int listed = 0;
            for (Result<Item> result : client.listObjects(args)) {
                Item item = result.get();
                if (!item.objectName().startsWith(prefix) || ++listed > MOST_LISTED) {
                    throw new StoreException(
                            Kind.UNREACHABLE,
                            locationOf(prefix) + ": the list names what is not below it, or has no end",
                            null);
                }
                each.accept(new StoredObject(item.objectName(), item.size()));
            }
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(prefix), e);
        }
    }

    @Override
    public InputStream read(String key) throws StoreException {
        try {
            return client.getObject(GetObjectArgs.builder()
                    .bucket(config.bucket())
                    .object(ObjectKeys.requireKey(key))
                    .build());
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public InputStream read(String key, long offset, long length) throws StoreException {
        try {
            return client.getObject(GetObjectArgs.builder()
                    .bucket(config.bucket())
                    .object(ObjectKeys.requireKey(key))
                    .offset(offset)
                    .length(length)
                    .build());
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public StoreHealth check() {
        try {
            if (!client.bucketExists(
                    BucketExistsArgs.builder().bucket(config.bucket()).build())) {
                client.makeBucket(
                        MakeBucketArgs.builder().bucket(config.bucket()).build());
            }
            return StoreHealth.OK;
        } catch (MinioException | RuntimeException e) {
            return StoreHealth.of(S3Errors.failure(locationOf(""), e));
        }
    }

    @Override
    public String urlOf(String key, Duration expiry) throws StoreException {
        try {
            return client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                    .method(Http.Method.GET)
                    .bucket(config.bucket())
                    .object(ObjectKeys.requireKey(key))
                    .expiry(Math.toIntExact(expiry.toSeconds()))
                    .build());
        } catch (MinioException | RuntimeException e) {
            throw S3Errors.failure(locationOf(key), e);
        }
    }

    @Override
    public String locationOf(String key) {
        return config.endpoint() + "/" + config.bucket() + "/" + key;
    }

    @Override
    public void close() {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
