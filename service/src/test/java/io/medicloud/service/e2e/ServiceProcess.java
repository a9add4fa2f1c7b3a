// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.GetStreamInfoResponse;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.testdata.PeerProgram;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/** {@code ./medicloud serve} as a process of its own, in a working directory of its own, with the embedded store. */
final class ServiceProcess implements AutoCloseable {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofSeconds(90);

    private final PeerProgram process;
    private final JsonNode where;
    private final HttpClient http = Http1.client();

    private ServiceProcess(PeerProgram process, JsonNode where) {
        this.process = process;
        this.where = where;
    }

    /** Starts it and waits until it is ready. */
    static ServiceProcess start(Path directory, int firstPort, int ports, String... settings) throws Exception {
        ServiceProcess service = launch(directory, Map.of(), firstPort, ports, settings);
        service.awaitReady();
        return service;
    }

    /** Starts it and waits until it answers, ready or not. */
    static ServiceProcess launch(
            Path directory, Map<String, String> environment, int firstPort, int ports, String... settings)
            throws Exception {
        // A shell that runs these tests in the background has its programs ignore SIGINT, and nohup SIGHUP; this one is
        // to hear them.
        List<String> command = new ArrayList<>(List.of(
                "env", "--default-signal=INT,HUP", ROOT.resolve("medicloud").toString(), "serve", "--json"));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        command.addAll(List.of("--set", "srt.ports=" + firstPort + "-" + (firstPort + ports - 1)));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        // The service runs on the JDK that runs the tests.
        builder.environment()
                .putAll(Map.of("GRPC_PORT", "0", "HTTP_PORT", "0", "JAVA_HOME", System.getProperty("java.home")));
        builder.environment().putAll(environment);
        PeerProgram process = PeerProgram.start(builder);
        try {
            Awaitility.await("the service")
                    .atMost(START)
                    .failFast("the service has ended", () -> !process.isRunning())
                    .until(() -> process.out().endsWith("\n"));
            return new ServiceProcess(process, new ObjectMapper().readTree(process.out()));
        } catch (RuntimeException e) {
            process.close();
            throw new AssertionError("the service did not start:\n" + process.err(), e);
        }
    }

    /** Runs another command of the launcher to its end. */
    static PeerProgram.Result run(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("medicloud").toString()));
        command.addAll(arguments);
        return PeerProgram.run(START, command.toArray(String[]::new));
    }

    NodeClient connect() throws Exception {
        return NodeClient.connect(grpcPort());
    }

    int grpcPort() {
        return where.get("grpcPort").asInt();
    }

    int httpPort() {
        return where.get("httpPort").asInt();
    }

    Bucket bucket(String liveId) {
        return new Bucket(Path.of(where.get("bucketFolder").asText(), liveId));
    }

    /** Where something of its HTTP face is. */
    String url(String path) {
        return "http://127.0.0.1:" + httpPort() + path;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url(path)))
                        .timeout(Duration.ofSeconds(5))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** A measurement that has no labels. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElseThrow();
    }

    /** Callers of a stream that were turned away; clients in the field do not know of that field. */
    long rejectedCallers(String liveId) {
        return info(liveId).getRejectedCallers();
    }

    GetStreamInfoResponse info(String liveId) {
        return client().getStreamInfo(
                        GetStreamInfoRequest.newBuilder().setLiveId(liveId).build());
    }

    /** The API as Java sees it. */
    LivestreamGrpc.LivestreamBlockingStub client() {
        return GrpcClients.newClient(
                "gproto+http://127.0.0.1:" + grpcPort() + "/", LivestreamGrpc.LivestreamBlockingStub.class);
    }

    /** The same over a connection that the factory has for itself: what is not read of one call stands in the way of others on its connection. */
    LivestreamGrpc.LivestreamBlockingStub client(ClientFactory own) {
        return GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + where.get("grpcPort").asInt() + "/")
                .factory(own)
                .build(LivestreamGrpc.LivestreamBlockingStub.class);
    }

    /** Ends it without a chance to say farewell (SIGKILL), and returns when it is gone. */
    void kill() throws Exception {
        process.signal("KILL");
        process.await(STOP);
        process.close();
    }

    long pid() {
        return process.pid();
    }

    /** What it has used of the processors so far. */
    double cpuSeconds() {
        String[] fields = proc("stat").replaceFirst(".*\\) ", "").split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    /** What it holds of the memory, in bytes. */
    long residentBytes() {
        return status("VmRSS:") * 1024;
    }

    long threads() {
        return status("Threads:");
    }

    /** How many threads of each name there are, numbers in names left out. */
    Map<String, Integer> threadNames() {
        Map<String, Integer> names = new TreeMap<>();
        File[] tasks = new File("/proc/" + process.pid() + "/task").listFiles();
        for (File task : tasks == null ? new File[0] : tasks) {
            try {
                String name = Files.readString(task.toPath().resolve("comm")).strip();
                names.merge(name.replaceAll("[#0-9]+", "#"), 1, Integer::sum);
            } catch (IOException e) {
                // It has ended meanwhile.
            }
        }
        return names;
    }

    private long status(String name) {
        return proc("status")
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private String proc(String name) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/" + name))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many files and sockets it has open. */
    int openFiles() {
        String[] open = new File("/proc/" + process.pid() + "/fd").list();
        return open == null ? 0 : open.length;
    }

    /** What it has logged so far. */
    String log() {
        return process.err();
    }

    /** Asks it to read its configuration again (SIGHUP). */
    void hangUp() throws Exception {
        process.signal("HUP");
    }

    /** Holds all of it still (SIGSTOP) for so long, as a collection of garbage or a machine that is too full may. */
    void pause(Duration forSoLong) throws Exception {
        process.signal("STOP");
        try {
            LockSupport.parkNanos(forSoLong.toNanos());
        } finally {
            process.signal("CONT");
        }
    }

    /** Presses Ctrl-C, and returns how it ended. */
    PeerProgram.Result interrupt() throws Exception {
        process.signal("INT");
        return process.await(STOP);
    }

    /** Ends it, in peace if it can. */
    @Override
    public void close() {
        try (process) {
            process.terminate();
            process.await(STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitReady() {
        try {
            Awaitility.await("readiness")
                    .atMost(START)
                    .until(() -> get("/readyz").statusCode() == 200);
        } catch (RuntimeException e) {
            close();
            throw new AssertionError("the service is not ready:\n" + log(), e);
        }
    }
}
