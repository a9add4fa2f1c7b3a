// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.minio.AbortMultipartUploadArgs;
import io.minio.ListMultipartUploadsArgs;
import io.minio.MinioAsyncClient;
import io.minio.errors.MinioException;
import io.minio.messages.ListMultipartUploadsResult;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import okhttp3.OkHttpClient;

/** Uploads in parts that a process began and did not live to complete: their parts lie in the store unseen, and cost. */
final class S3Leftovers {
    private static final int MOST_PAGES = 10;

    private final S3Config config;
    private final MinioAsyncClient client;

    S3Leftovers(S3Config config, OkHttpClient http) {
        this.config = config;
        this.client = MinioAsyncClient.builder()
                .endpoint(config.endpoint().toString())
                .region(config.region())
                .credentials(config.accessKey(), config.secretKey())
                .httpClient(http)
                .build();
        client.setRetry(Set.of(), 0L, 1);
    }

    /** Gives up what was begun of one object. */
    void abort(String key) throws MinioException {
        ListMultipartUploadsResult begun = join(client.listMultipartUploads(ListMultipartUploadsArgs.builder()
                        .bucket(config.bucket())
                        .prefix(key)
                        .build()))
                .result();
        for (ListMultipartUploadsResult.Upload upload : begun.uploads()) {
            if (upload.objectName().equals(key)) {
                abort(upload);
            }
        }
    }

    /** Gives up what was begun before a time of objects that are meant; the answer is how many that were. */
    int abortOld(Predicate<String> isOurs, Instant before) throws MinioException {
        int given = 0;
        ListMultipartUploadsArgs.Builder next =
                ListMultipartUploadsArgs.builder().bucket(config.bucket());
        for (int page = 0; page < MOST_PAGES; page++) {
            ListMultipartUploadsResult begun =
                    join(client.listMultipartUploads(next.build())).result();
            for (ListMultipartUploadsResult.Upload upload : begun.uploads()) {
                if (isOurs.test(upload.objectName())
                        && upload.initiated().toInstant().isBefore(before)) {
                    abort(upload);
                    given++;
                }
            }
            if (!begun.isTruncated()) {
                break;
            }
            next.keyMarker(begun.nextKeyMarker()).uploadIdMarker(begun.nextUploadIdMarker());
        }
        return given;
    }

    private void abort(ListMultipartUploadsResult.Upload upload) throws MinioException {
        join(client.abortMultipartUpload(AbortMultipartUploadArgs.builder()
                .bucket(config.bucket())
                .object(upload.objectName())
                .uploadId(upload.uploadId())
                .build()));
    }

    private <T> T join(CompletableFuture<T> answer) throws MinioException {
        try {
            return answer.join();
        } catch (CompletionException e) {
            client.throwMinioException(e);
            throw e;
        }
    }
}
