// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.store;

import io.medicloud.pipeline.store.S3Config;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** An S3 server on loopback over a folder: a bucket is a folder in it, and an object a file. For development and the demo. */
public final class EmbeddedS3 implements AutoCloseable {
    private final Path folder;
    private final String bucket;
    private final String accessKey = random();
    private final String secretKey = random();
    private final S3Proxy server;

    private EmbeddedS3(Path folder, String bucket, int port) {
        this.folder = folder;
        this.bucket = bucket;
        server = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build();
    }

    /**
     * Starts the server, with credentials that nobody else knows.
     *
     * @param folder where buckets stand; made if missing
     * @param port 0 for any free one
     * @throws IOException if the folder or the port cannot be used, or the server is not part of this installation
     */
    public static EmbeddedS3 start(Path folder, String bucket, int port) throws IOException {
        Files.createDirectories(folder.resolve(bucket));
        Path real = folder.toRealPath();
        try {
            EmbeddedS3 embedded = new EmbeddedS3(real, bucket, port);
            embedded.server.start();
            return embedded;
        } catch (NoClassDefFoundError e) {
            throw new IOException("the embedded store is not part of this installation; set MINIO_ENDPOINT", e);
        } catch (Exception e) {
            throw new IOException(
                    "store.embeddedPort: the embedded store cannot listen on port " + port + " (" + e.getMessage()
                            + "); set another, or 0 for any",
                    e);
        }
    }

    /** How it is reached. */
    public S3Config config() {
        return S3Config.of("http://127.0.0.1:" + server.getPort(), accessKey, secretKey, bucket);
    }

    /** Where the objects stand as files. */
    public Path bucketFolder() {
        return folder.resolve(bucket);
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the embedded store did not stop: " + e.getMessage(), e);
        }
    }

    private static String random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
