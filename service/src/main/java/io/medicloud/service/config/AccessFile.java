// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.medicloud.service.security.AccessTable;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.text.OneLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads who may call:
 *
 * <pre>{@code
 * tokens:
 *   - {name: backend, role: operator, sha256: 64 hexadecimal digits}
 *   - {name: wall, role: viewer, sha256: ..., streams: [studio-*]}
 * certificates:
 *   - {name: rack-1, role: admin, commonName: rack-1.example}
 * }</pre>
 */
final class AccessFile {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    /** What {@code sha256sum} tells when the token before it was lost. */
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final Pattern STREAMS = Pattern.compile("[A-Za-z0-9._*-]{1,128}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

    private final Text content;
    private final Path file;
    private final List<String> faults;
    private final Set<String> names = new HashSet<>();
    private final Map<String, String> hashes = new HashMap<>();

    /**
     * What stood in the file when it was read: what is judged, and what is in force, must be the same.
     *
     * @param fault why it could not be read; null if it could
     */
    record Text(Path file, String text, @Nullable ConfigException fault) {
        static Text of(Path file) {
            try {
                return new Text(file, FileLayers.text(file), null);
            } catch (ConfigException e) {
                return new Text(file, "", e);
            }
        }
    }

    private AccessFile(Text content, List<String> faults) {
        this.content = content;
        this.file = content.file();
        this.faults = faults;
    }

    /** Finds every fault in the file; with one, or without anybody in it, nobody may call. */
    static AccessTable read(Text content, List<String> faults) {
        return new AccessFile(content, faults).table();
    }

    private AccessTable table() {
        List<AccessTable.Token> tokens = new ArrayList<>();
        List<AccessTable.Certificate> certificates = new ArrayList<>();
        for (Map.Entry<String, JsonNode> group : root().properties()) {
            int i = 0;
            for (JsonNode entry : group.getValue()) {
                String at = group.getKey() + "[" + i++ + "]";
                switch (group.getKey()) {
                    case "tokens" -> tokens.add(new AccessTable.Token(hash(entry, at), identity(entry, at, "sha256")));
                    case "certificates" ->
                        certificates.add(new AccessTable.Certificate(
                                text(entry, at, "commonName", Pattern.compile(".{1,256}"), "a subject's common name"),
                                identity(entry, at, "commonName")));
                    default -> {}
                }
            }
            if (!group.getKey().equals("tokens") && !group.getKey().equals("certificates")) {
                fault(group.getKey(), "unknown; there are tokens and certificates");
            } else if (!group.getValue().isArray()) {
                fault(group.getKey(), "is no list");
            }
        }
        return new AccessTable(true, tokens, certificates);
    }

    private JsonNode root() {
        ObjectMapper mapper = new ObjectMapper(new YAMLFactory());
        try {
            if (content.fault() != null) {
                throw content.fault();
            }
            return FileLayers.read(mapper, file, content.text());
        } catch (ConfigException e) {
            e.faults().forEach(fault -> faults.add("security.accessFile: " + fault));
            return mapper.createObjectNode();
        }
    }

    private String hash(JsonNode entry, String at) {
        String hash = text(entry, at, "sha256", SHA256, "64 hexadecimal digits in lower case");
        String other = hashes.putIfAbsent(hash, at);
        if (hash.equals(OF_NOTHING)) {
            fault(at + ".sha256", "is that of an empty text, which is no token");
        } else if (other != null && SHA256.matcher(hash).matches()) {
            fault(at + ".sha256", "is that of " + other + " too; each needs a token of its own");
        }
        return hash;
    }

    private Identity identity(JsonNode entry, String at, String proof) {
        Set<String> allowed = Set.of("name", "role", "streams", proof);
        for (Map.Entry<String, JsonNode> field : entry.properties()) {
            if (!allowed.contains(field.getKey())) {
                fault(at + "." + field.getKey(), "unknown");
            }
        }
        String name = text(entry, at, "name", NAME, "a name of 1 to 64 characters of A-Z a-z 0-9 . _ @ -");
        if (!names.add(name)) {
            fault(at + ".name", "'" + name + "' stands twice");
        }
        List<String> streams = new ArrayList<>();
        JsonNode patterns = entry.path("streams");
        if (patterns.isMissingNode()) {
            streams.add("*");
        } else if (!patterns.isArray() || patterns.isEmpty()) {
            fault(at + ".streams", "is no list of live ids, with * for any characters");
        }
        for (JsonNode pattern : patterns) {
            if (STREAMS.matcher(pattern.asText()).matches()) {
                streams.add(pattern.asText());
            } else {
                fault(
                        at + ".streams",
                        "'" + OneLine.of(pattern.asText()) + "' is no live id, with * for any characters");
            }
        }
        return new Identity(name, role(entry, at), streams);
    }

    private Role role(JsonNode entry, String at) {
        String text = entry.path("role").asText("");
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                return role;
            }
        }
        fault(
                at + ".role",
                "'" + OneLine.of(text) + "' is not one of "
                        + String.join(
                                ", ",
                                Arrays.stream(Role.values())
                                        .map(role -> role.name().toLowerCase(Locale.ROOT))
                                        .toList()));
        return Role.VIEWER;
    }

    private String text(JsonNode entry, String at, String field, Pattern right, String allowed) {
        String text = entry.path(field).asText("");
        if (!right.matcher(text).matches()) {
            fault(
                    at + "." + field,
                    field.equals("sha256") ? "is not " + allowed : "'" + OneLine.of(text) + "' is not " + allowed);
        }
        return text;
    }

    private void fault(String where, String what) {
        faults.add("security.accessFile: " + file + ": " + where + ": " + what);
    }
}
