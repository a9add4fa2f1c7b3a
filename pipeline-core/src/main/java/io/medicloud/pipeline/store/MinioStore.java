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
import io.minio.ObjectWriteArgs;
import io.minio.Result;
import io.minio.UploadObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/**
 * A bucket of MinIO, or of any S3 store, through minio-java (an optional dependency of this library). Each attempt is one
 * request: nothing below {@link UploadQueue} tries again. A PUT says {@code If-None-Match: *}, so that a key is never
 * written twice; what stands there already is read and compared.
 */
public final class MinioStore implements SegmentStore {
    private static final int LONGEST_SINGLE_PUT = 1 << 30;

    private final S3Config config;
    private final OkHttpClient http;
    private final MinioClient client;

    public MinioStore(S3Config config) {
        this.config = config;
        this.http = S3Http.client(config);
        this.client = MinioClient.builder()
                .endpoint(config.endpoint().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
        client.setRetry(Set.of(), 0L, 1);
    }

    @Override
    public Put put(SegmentObject segment) throws StoreException {
        try {
            client.uploadObject(putArgs(segment));
            return Put.STORED;
        } catch (MinioException | RuntimeException e) {
            if (S3Errors.isPreconditionFailed(e)) {
                return compare(segment);
            }
            if (!Files.isReadable(segment.file())) {
                throw new StoreException(Kind.LOCAL, "cannot read " + segment.file(), e);
            }
            throw S3Errors.failure(locationOf(segment.key()), e);
        }
    }

    private UploadObjectArgs putArgs(SegmentObject segment) throws MinioException {
        // A part size above the length makes one request of it: multipart uploads take no precondition everywhere.
        long partSize = Math.max(ObjectWriteArgs.MIN_MULTIPART_SIZE, Math.min(segment.bytes() + 1, LONGEST_SINGLE_PUT));
        return UploadObjectArgs.builder()
                .bucket(config.bucket())
                .object(segment.key())
                .headers(Map.of("If-None-Match", "*"))
                .userMetadata(segment.metadata())
                .contentType(segment.contentType())
                // Checked by the store. Without TLS the signature covers a SHA-256 of the body besides.
                .checksum(Checksum.Algorithm.CRC32C)
                .delayMs(0)
                .maxRetries(1)
                .filename(segment.file().toString(), partSize)
                .build();
    }

    private Put compare(SegmentObject segment) throws StoreException {
        try (InputStream there = read(segment.key());
                InputStream ours = Files.newInputStream(segment.file())) {
            if (SameBytes.compare(there, ours)) {
                return Put.ALREADY_THERE;
            }
        } catch (IOException e) {
            throw S3Errors.failure(locationOf(segment.key()), e);
        }
        throw new StoreException(Kind.CONFLICT, locationOf(segment.key()) + " exists with other bytes", null);
    }

    @Override
    public void list(String prefix, Consumer<StoredObject> each) throws StoreException {
        ListObjectsArgs args = ListObjectsArgs.builder()
                .bucket(config.bucket())
                .prefix(ObjectKeys.requirePrefix(prefix))
                .recursive(true)
                .build();
        try {
            for (Result<Item> result : client.listObjects(args)) {
                Item item = result.get();
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
