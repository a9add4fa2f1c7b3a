// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A service of our own, as a process of its own on the same JVM, on embedded defaults, in a folder of its own; ended by {@link #close}. */
final class OwnService implements TargetService {
    private static final String MAIN = "io.medicloud.service.Main";
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Process process;
    private final JsonNode where;
    private final Path pauseLog;
    private final ControlPlane control;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private OwnService(Process process, JsonNode where, Path pauseLog) {
        this.process = process;
        this.where = where;
        this.pauseLog = pauseLog;
        this.control = new ControlPlane(
                URI.create("http://127.0.0.1:" + where.get("grpcPort").asInt()));
    }

    /**
     * Starts it, and waits until it serves.
     *
     * @param folder where it runs: its log, its spool, its bucket
     * @param settings what is set besides, {@code key=value}
     * @throws IOException if it does not start; the message says where its log is
     */
    static OwnService start(Path folder, List<String> settings) throws IOException {
        Path pauseLog = folder.resolve("gc.log");
        Path log = folder.resolve("service.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions());
        command.add("-Xlog:gc:file=" + pauseLog + "::filecount=0");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "serve", "--json"));
        List<String> all = new ArrayList<>(List.of("grpc.port=0", "http.port=0", "srt.host=127.0.0.1"));
        all.addAll(settings);
        all.forEach(setting -> command.addAll(List.of("--set", setting)));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(log.toFile());
        // On embedded defaults, whatever the service of this machine is told.
        builder.environment().keySet().removeIf(OwnService::isConfiguration);
        Process process = builder.start();
        try {
            OwnService service = new OwnService(process, where(process, log), pauseLog);
            service.awaitServing(log);
            return service;
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static boolean isConfiguration(String name) {
        return name.matches("(MEDICLOUD|MINIO|GRPC|HTTP|SRT)_.*");
    }

    /** What concerns the JVM, and nothing that concerns this program. */
    private static List<String> jvmOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.matches("(-X|--enable-native-access|-Dio\\.netty|-Dfile\\.encoding).*"))
                .filter(option -> !option.startsWith("-Xlog"))
                .toList();
    }

    private static JsonNode where(Process process, Path log) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the service did not start: " + lastLine(log) + "; its log is " + log);
        }
        try {
            return new ObjectMapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new IOException("the service said something else than where it is: " + line, e);
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    private void awaitServing(Path log) throws IOException {
        long endNs = System.nanoTime() + START.toNanos();
        while (!isServing()) {
            if (System.nanoTime() > endNs || !process.isAlive()) {
                throw new IOException("the service does not serve; its log is " + log);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }

    private boolean isServing() {
        try {
            return control.isServing();
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Override
    public String host() {
        return "127.0.0.1";
    }

    @Override
    public ControlPlane control() {
        return control;
    }

    @Override
    public @Nullable Path bucketFolder() {
        JsonNode folder = where.get("bucketFolder");
        return folder == null || folder.isNull() ? null : Path.of(folder.asText());
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public MetricsText metrics() {
        return MetricsText.read(
                http, URI.create("http://127.0.0.1:" + where.get("httpPort").asInt() + "/metrics"));
    }

    @Override
    public Percentiles pauses() throws IOException {
        return PauseLog.read(pauseLog);
    }

    @Override
    public void close() throws IOException {
        control.close();
        process.destroy();
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the service did not end within " + STOP.toSeconds() + " s, and was killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
