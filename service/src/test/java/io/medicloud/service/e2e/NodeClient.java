// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.testdata.PeerProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client of the service that is written in JavaScript and run by Node. Thread-safe. */
final class NodeClient implements AutoCloseable {
    /** One call: the messages that came so far, and how it ends. */
    record Call(int id, List<JsonNode> messages, CompletableFuture<Status> end) {
        Status status() throws Exception {
            return end.get(90, TimeUnit.SECONDS);
        }

        /** The only message of a call that went well. */
        JsonNode answer() throws Exception {
            assertThat(status()).isEqualTo(new Status("OK", ""));
            assertThat(messages).hasSize(1);
            return messages.get(0);
        }
    }

    /** A status of gRPC by its name, and what it says. */
    record Status(String code, String details) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", ".npmrc", "client.mjs", "livestream.proto");

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, Call> calls = new ConcurrentHashMap<>();
    private final Process process;
    private final Writer orders;
    private volatile boolean isClosed;

    private NodeClient(Process process) {
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "node-client");
        reader.setDaemon(true);
        reader.start();
    }

    static NodeClient connect(int port) throws Exception {
        Peers.require("node", "npm");
        Path script = installed().resolve("client.mjs");
        return new NodeClient(new ProcessBuilder("node", script.toString(), "127.0.0.1:" + port)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Begins a call; {@code request} is alternately a field's name and its value. */
    Call begin(String rpc, String... request) throws IOException {
        Call call = new Call(ids.incrementAndGet(), new CopyOnWriteArrayList<>(), new CompletableFuture<>());
        calls.put(call.id(), call);
        Map<String, String> fields = new ConcurrentHashMap<>();
        for (int i = 0; i < request.length; i += 2) {
            fields.put(request[i], request[i + 1]);
        }
        order(Map.of("id", call.id(), "rpc", rpc, "request", fields));
        return call;
    }

    Call start(String liveId, String passphrase) throws IOException {
        return begin("StartPullStream", "live_id", liveId, "passphrase", passphrase);
    }

    /** Stops a stream, and says whether there was one. */
    boolean stop(String liveId) throws Exception {
        return begin("StopPullStream", "live_id", liveId)
                .answer()
                .get("is_success")
                .asBoolean();
    }

    List<String> activeStreams() throws Exception {
        List<String> ids = new ArrayList<>();
        begin("ListActiveStreams").answer().get("live_ids").forEach(id -> ids.add(id.asText()));
        return ids;
    }

    void cancel(Call call) throws IOException {
        order(Map.of("id", call.id(), "cancel", true));
    }

    @Override
    public void close() {
        isClosed = true;
        process.destroyForcibly();
    }

    private void order(Map<String, ?> order) throws IOException {
        synchronized (orders) {
            orders.write(JSON.writeValueAsString(order) + "\n");
            orders.flush();
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode news = JSON.readTree(line);
                Call call = calls.get(news.get("id").asInt());
                if (news.has("message")) {
                    call.messages().add(news.get("message"));
                } else {
                    calls.remove(call.id());
                    call.end()
                            .complete(new Status(
                                    news.get("status").asText(),
                                    news.get("details").asText()));
                }
            }
        } catch (IOException e) {
            // Thrown after its end, it would be taken for a fault of whatever test waits then.
            if (!isClosed) {
                throw new UncheckedIOException(e);
            }
        } finally {
            calls.values().forEach(call -> call.end().completeExceptionally(new IOException("the client has ended")));
        }
    }

    /** The client with its libraries, in the build's folder; installed if it is not there or is an older one. */
    static synchronized Path installed() throws Exception {
        Path source = Path.of("src/test/node").toAbsolutePath();
        Path target = Path.of("target/e2e-node").toAbsolutePath();
        Path lock = target.resolve("package-lock.json");
        boolean isCurrent = Files.exists(target.resolve("node_modules/.package-lock.json"))
                && Files.mismatch(source.resolve("package-lock.json"), lock) < 0;
        Files.createDirectories(target);
        for (String file : FILES) {
            Files.copy(source.resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!isCurrent) {
            PeerProgram.Result result =
                    PeerProgram.run(Duration.ofMinutes(3), "npm", "ci", "--prefix", target.toString());
            if (result.exitStatus() != 0) {
                Files.delete(lock);
                Peers.giveUp("npm ci failed: " + result.err());
            }
        }
        return target;
    }
}
