// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A service that runs already. */
final class GivenService implements TargetService {
    private final URI address;
    private final @Nullable URI metrics;
    private final long pid;
    private final ControlPlane control;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * @param address of its API
     * @param metrics where its metrics are; null if they are not asked for
     * @param pid its process if it is on this machine, else 0
     */
    GivenService(URI address, @Nullable URI metrics, long pid) {
        this.address = address;
        this.metrics = metrics;
        this.pid = pid;
        this.control = new ControlPlane(address);
    }

    @Override
    public String host() {
        return address.getHost();
    }

    @Override
    public ControlPlane control() {
        return control;
    }

    @Override
    public @Nullable Path bucketFolder() {
        return null;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public MetricsText metrics() {
        URI place = metrics;
        return place == null ? MetricsText.NONE : MetricsText.read(http, place);
    }

    @Override
    public @Nullable Percentiles pauses() {
        return null;
    }

    @Override
    public void close() {
        control.close();
    }
}
