// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;

/** The HTTP client below minio-java: daemon threads, our own time limits, and no redirect that would take credentials along. */
final class S3Http {
    private static final int IDLE_S = 30;

    private S3Http() {}

    static OkHttpClient client(S3Config config, ObjectHeaders headers) {
        Dispatcher dispatcher = new Dispatcher(threads());
        dispatcher.setMaxRequests(config.mostConnections());
        dispatcher.setMaxRequestsPerHost(config.mostConnections());
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(config.mostConnections(), IDLE_S, TimeUnit.SECONDS))
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(config.connectTimeout())
                .readTimeout(config.ioTimeout())
                .writeTimeout(config.ioTimeout())
                .callTimeout(config.callTimeout())
                .followRedirects(false)
                .followSslRedirects(false)
                .addInterceptor(new S3Answers(config.bucket()));
        if ("http".equals(config.endpoint().getScheme())) {
            // What encrypted connections need, all of the system's certificates among it, is not made ready.
            client.connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
        }
        if (headers != ObjectHeaders.NONE) {
            client.addInterceptor(chain -> chain.proceed(withHeaders(chain.request(), config.bucket(), headers)));
        }
        return client.build();
    }

    private static Request withHeaders(Request signed, String bucket, ObjectHeaders headers) {
        Request.Builder request = signed.newBuilder();
        headers.of(S3Answers.keyOf(signed.url(), bucket)).forEach(request::header);
        return request.build();
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
