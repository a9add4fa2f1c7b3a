// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.stub.AbstractStub;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.service.FreePorts;
import io.medicloud.service.Service;
import io.medicloud.service.config.ConfigException;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.LoadedConfig;
import io.medicloud.service.config.PortRange;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The service as a client sees it: over real sockets, with the embedded store and free ports. */
public final class ServiceUnderTest implements AutoCloseable {
    private final Service service;
    private final PortRange ports;
    private final ConfigLoader loader;
    private final List<String> inForce;

    public ServiceUnderTest(Path directory, int portCount, String... settings) throws IOException, ConfigException {
        this(directory, EventSink.NONE, portCount, settings);
    }

    /** @param events hears what happens, on the threads where it does */
    public ServiceUnderTest(Path directory, EventSink events, int portCount, String... settings)
            throws IOException, ConfigException {
        ports = FreePorts.range(portCount);
        List<String> all = new ArrayList<>(List.of(
                "grpc.port=0",
                "http.port=0",
                "srt.host=127.0.0.1",
                "pull.allow=127.0.0.0/8",
                // A machine that has much else to do must not make SRT give up packets as too late.
                "srt.latency=500ms",
                "srt.ports=" + ports,
                "segment.duration=1s",
                "shutdown.timeout=5s"));
        all.addAll(List.of(settings));
        loader = new ConfigLoader(directory, Map.of());
        inForce = List.copyOf(all);
        service = new Service(loader.load(null, all).service(), events);
    }

    /** Has it hear of a configuration that is, but for this, what it was started with. */
    public void change(String setting) throws ConfigException {
        List<String> changed = new ArrayList<>(inForce);
        changed.add(setting);
        LoadedConfig now = loader.load(null, changed);
        service.onChange(now.service(), now.changesSince(loader.load(null, inForce)));
    }

    /** A stack for encoders; without one nothing here can be tested. */
    public static SrtStack stack() {
        try {
            return SrtStacks.select("auto").stack();
        } catch (SrtUnavailableException e) {
            assumeTrue(System.getenv("CI") != null, e.getMessage());
            throw new AssertionError(e);
        }
    }

    public <T extends AbstractStub<T>> T client(Class<T> type) {
        return GrpcClients.newClient("gproto+http://127.0.0.1:" + service.grpcPort() + "/", type);
    }

    public Service service() {
        return service;
    }

    public PortRange ports() {
        return ports;
    }

    /** The objects of a stream, as files. */
    public List<Path> segments(String liveId) throws IOException {
        Path bucket = service.bucketFolder();
        if (bucket == null || !Files.isDirectory(bucket.resolve(liveId))) {
            return List.of();
        }
        try (var files = Files.list(bucket.resolve(liveId))) {
            return files.filter(file -> file.toString().endsWith(".ts"))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void close() {
        service.close();
    }
}
