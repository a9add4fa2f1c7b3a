// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.net.URI;
import java.time.Duration;

/**
 * How an S3 store is reached. Its text form hides the secret.
 *
 * @param endpoint {@code http://} or {@code https://}, host and port
 * @param accessKey who we are
 * @param secretKey how we prove it
 * @param bucket where segments go, at least 3 characters
 * @param region what requests are signed for
 * @param connectTimeout the longest time to connect
 * @param ioTimeout the longest silence within a request, and before its answer
 * @param callTimeout the longest time of one attempt in all
 * @param mostConnections how many requests may be under way at once
 * @param partBytes an object longer than this goes up in parts of this length
 */
public record S3Config(
        URI endpoint,
        String accessKey,
        String secretKey,
        String bucket,
        String region,
        Duration connectTimeout,
        Duration ioTimeout,
        Duration callTimeout,
        int mostConnections,
        long partBytes) {
    /** What S3 allows a part to have at least. */
    public static final long LEAST_PART_BYTES = 5 << 20;

    /** What S3 allows a part to have at most. */
    private static final long MOST_PART_BYTES = 5L << 30;

    /** @throws IllegalArgumentException if a field is of no use; the message names it */
    public S3Config {
        String scheme = endpoint.getScheme();
        if (endpoint.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw new IllegalArgumentException(
                    "endpoint " + endpoint + " must be http://HOST:PORT or https://HOST:PORT");
        }
        if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("bucket " + bucket + " must be 3 to 63 of a-z 0-9 . -");
        }
        requirePositive("connectTimeout", connectTimeout);
        requirePositive("ioTimeout", ioTimeout);
        requirePositive("callTimeout", callTimeout);
        if (mostConnections < 1) {
            throw new IllegalArgumentException("mostConnections is " + mostConnections + ", at least 1 is needed");
        }
        if (partBytes < LEAST_PART_BYTES || partBytes > MOST_PART_BYTES) {
            throw new IllegalArgumentException("partBytes is " + partBytes + ", 5 MiB to 5 GiB are allowed");
        }
    }

    private static void requirePositive(String name, Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            throw new IllegalArgumentException(name + " must be above 0");
        }
    }

    /** The usual time limits: 5 s to connect, 15 s of silence, 10 minutes in all; 16 connections; parts of 64 MiB. */
    public static S3Config of(String endpoint, String accessKey, String secretKey, String bucket) {
        return new S3Config(
                URI.create(endpoint),
                accessKey,
                secretKey,
                bucket,
                "us-east-1",
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofMinutes(10),
                16,
                64 << 20);
    }

    /** The same with other limits of the time to connect, of silence, and of an attempt in all. */
    public S3Config withTimeouts(Duration connect, Duration io, Duration call) {
        return new S3Config(
                endpoint, accessKey, secretKey, bucket, region, connect, io, call, mostConnections, partBytes);
    }

    /** The same with parts of another length. */
    public S3Config withPartBytes(long bytes) {
        return new S3Config(
                endpoint,
                accessKey,
                secretKey,
                bucket,
                region,
                connectTimeout,
                ioTimeout,
                callTimeout,
                mostConnections,
                bytes);
    }

    @Override
    public String toString() {
        return "S3Config[" + endpoint + "/" + bucket + ", accessKey=" + accessKey + ", secretKey=…]";
    }
}
