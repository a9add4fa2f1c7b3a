// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.nimbusds.jose.jwk.JWKSet;
import io.medicloud.service.config.LiveKeys;
import io.medicloud.service.security.TestIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The configuration file of a service that takes changes of it while it runs: sound ones, each with another key than the last, and faulty ones. */
final class ReloadedFile {
    static final String TOKEN = "token-of-the-backend";
    /** What each file sets to another number, and metrics tell of. */
    static final String MARK = "stream.limit";

    static final int FIRST_MARK = 500;
    private static final String FAULTY_MARK = "7";

    private final Path directory;
    private final Map<String, String> base = new TreeMap<>();
    private final Map<String, String> otherStore;

    /** Writes the file, and those that it names; the two ports lead to the same objects. */
    ReloadedFile(Path directory, int storePort, int otherStorePort) throws Exception {
        this.directory = directory;
        this.otherStore = reachedBy(otherStorePort, "access-2", "secret-key-2");
        base.putAll(reachedBy(storePort, "access", "secret-key"));
        base.putAll(Map.of(
                "store.bucket", "chaos",
                "security.accessFile", "access.yaml",
                "segment.duration", "1s",
                // A machine that has much else to do must not make SRT give up packets as too late.
                "srt.latency", "3s"));
        for (String name : List.of("access.yaml", "access-2.yaml")) {
            Files.writeString(
                    directory.resolve(name),
                    "tokens:\n  - {name: backend, role: operator, sha256: " + CanaryScene.sha256(TOKEN) + "}\n");
        }
        Files.writeString(
                directory.resolve("keys.json"),
                new JWKSet(TestIssuer.curve("now")).toPublicJWKSet().toString());
        write(Map.of(), FIRST_MARK);
    }

    private static Map<String, String> reachedBy(int port, String accessKey, String secretKey) {
        return Map.of(
                "store.endpoint",
                "http://127.0.0.1:" + port,
                "store.accessKey",
                accessKey,
                "store.secretKey",
                secretKey);
    }

    /** All that are live. */
    Set<String> keys() {
        return LiveKeys.others(base).keySet();
    }

    /** One for each key that is live; what only makes sense together is changed together. */
    List<Map<String, String>> steps() {
        Map<String, Map<String, String>> together = new HashMap<>();
        otherStore.keySet().forEach(key -> together.put(key, otherStore));
        for (Map<String, String> named : List.of(
                Map.of("store.bucket", "chaos-2"),
                Map.of("security.accessFile", "access-2.yaml"),
                Map.of("jwt.keys", "keys.json"))) {
            named.keySet().forEach(key -> together.put(key, named));
        }
        return LiveKeys.others(base).entrySet().stream()
                .map(other -> together.getOrDefault(other.getKey(), Map.of(other.getKey(), other.getValue())))
                .distinct()
                .toList();
    }

    /** What somebody may write by mistake; of what is sound in it nothing may be in force either. */
    List<String> faulty() {
        return List.of(
                text(Map.of("segment.duration", "soon", MARK, FAULTY_MARK)),
                text(Map.of("segment.length", "3s", MARK, FAULTY_MARK)),
                text(Map.of("security.accessFile", "nowhere.yaml", MARK, FAULTY_MARK)),
                text(Map.of("jwt.keys", "nowhere.json", MARK, FAULTY_MARK)),
                text(Map.of(MARK, FAULTY_MARK)) + "segment: [",
                "");
    }

    /** As it was at first, but for these. */
    void write(Map<String, String> changes, int mark) throws IOException {
        Map<String, String> all = new TreeMap<>(changes);
        all.put(MARK, Integer.toString(mark));
        write(text(all));
    }

    void write(String text) throws IOException {
        Path whole = Files.writeString(directory.resolve("medicloud.yaml.new"), text);
        Files.move(whole, directory.resolve("medicloud.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    private String text(Map<String, String> changes) {
        Map<String, String> all = new TreeMap<>(base);
        all.putAll(changes);
        return all.entrySet().stream()
                .map(setting -> setting.getKey() + ": \"" + setting.getValue() + "\"\n")
                .collect(Collectors.joining());
    }
}
