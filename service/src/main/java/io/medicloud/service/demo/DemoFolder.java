// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a demo has its things. They are kept after it.
 *
 * @param root the folder
 */
public record DemoFolder(Path root) {
    /** The stream of the demo. */
    public static final String LIVE_ID = "demo";

    static final String BUCKET = "videos";

    /** A folder that no demo has used; made if missing. */
    public static DemoFolder fresh(Path root) throws IOException {
        Files.createDirectories(root);
        DemoFolder folder = new DemoFolder(root.toRealPath());
        if (Files.exists(folder.sent()) || Files.exists(folder.cache())) {
            throw new IOException(root + ": a demo has run there; name another folder, or look at it with --verify");
        }
        return folder;
    }

    /** The folder of a demo that has run. */
    public static DemoFolder of(Path root) throws IOException {
        DemoFolder folder = new DemoFolder(root);
        if (!Files.isRegularFile(folder.sent()) || !Files.isDirectory(folder.store())) {
            throw new IOException(root + ": no demo has run there; run one with --dir " + root);
        }
        return new DemoFolder(root.toRealPath());
    }

    /** What the encoder sent. */
    public Path sent() {
        return root.resolve("sent.ts");
    }

    /** The segments as they stand in the bucket. */
    public Path segments() {
        return store().resolve(BUCKET).resolve(LIVE_ID);
    }

    /** The service's cache. */
    Path cache() {
        return root.resolve("cache");
    }

    /** The embedded store's data. */
    Path store() {
        return cache().resolve("s3");
    }
}
