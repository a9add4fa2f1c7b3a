// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** The HTTP client below minio-java: daemon threads, our own time limits, and no redirect that would take credentials along. */
final class S3Http {
    private static final int IDLE_S = 30;

    private S3Http() {}

    static OkHttpClient client(S3Config config) {
        Dispatcher dispatcher = new Dispatcher(threads());
        dispatcher.setMaxRequests(config.mostConnections());
        dispatcher.setMaxRequestsPerHost(config.mostConnections());
        return new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(config.mostConnections(), IDLE_S, TimeUnit.SECONDS))
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(config.connectTimeout())
                .readTimeout(config.ioTimeout())
                .writeTimeout(config.ioTimeout())
                .callTimeout(config.callTimeout())
                .followRedirects(false)
                .followSslRedirects(false)
                .build();
    }

    private static ExecutorService threads() {
        // The dispatcher bounds how many calls run; the pool only keeps their threads for a while.
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_S, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "s3-http");
                    thread.setDaemon(true);
                    return thread;
                });
    }
}
