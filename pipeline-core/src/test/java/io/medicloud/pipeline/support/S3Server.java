// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import io.medicloud.pipeline.store.S3Config;
import io.minio.CreateMultipartUploadArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A real S3 server over a folder: buckets are folders, objects are files. */
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "videos";
    private static final String ACCESS_KEY = "test-access";
    private static final String SECRET_KEY = "test-secret-key";

    private final Path folder;
    private final S3Proxy server;
    private final MinioAsyncClient parts;

    private S3Server(Path folder, int port) throws Exception {
        this.folder = folder;
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build();
        server.start();
        parts = MinioAsyncClient.builder()
                .endpoint("http://127.0.0.1:" + server.getPort())
                .region("us-east-1")
                .credentials(ACCESS_KEY, SECRET_KEY)
                .build();
    }

    /** Starts on any free port; the bucket is there already. */
    public static S3Server start(Path folder) throws Exception {
        Files.createDirectories(folder.resolve(BUCKET));
        return new S3Server(folder.toRealPath(), 0);
    }

    /** Starts on a given port, without a bucket. */
    public static S3Server startBare(Path folder, int port) throws Exception {
        Files.createDirectories(folder);
        return new S3Server(folder.toRealPath(), port);
    }

    public int port() {
        return server.getPort();
    }

    public S3Config config() {
        return configOn(server.getPort());
    }

    /** The right credentials and short time limits, for a server on that port. */
    public static S3Config configOn(int port) {
        return S3Config.of("http://127.0.0.1:" + port, ACCESS_KEY, SECRET_KEY, BUCKET)
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(10));
    }

    /** The same as somebody else. */
    public S3Config configWithSecret(String secret) {
        return S3Config.of("http://127.0.0.1:" + port(), ACCESS_KEY, secret, BUCKET)
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMinutes(10));
    }

    /** Where anybody may ask for an object's headers for a while. */
    public URI presignedHead(String key) throws Exception {
        MinioClient client = MinioClient.builder()
                .endpoint("http://127.0.0.1:" + port())
                .region("us-east-1")
                .credentials(ACCESS_KEY, SECRET_KEY)
                .build();
        return URI.create(client.getPresignedObjectUrl(GetPresignedObjectUrlArgs.builder()
                .method(Http.Method.HEAD)
                .bucket(BUCKET)
                .object(key)
                .build()));
    }

    /** Begins an upload in parts, as a process does that is killed then. */
    public void beginParts(String key) throws Exception {
        parts.createMultipartUpload(CreateMultipartUploadArgs.builder()
                        .bucket(BUCKET)
                        .object(key)
                        .build())
                .join();
    }

    /** The file that an object is. */
    public Path object(String key) {
        return folder.resolve(BUCKET).resolve(key);
    }

    public Path bucket() {
        return folder.resolve(BUCKET);
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
