// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads medicloud.yaml and the old settings.json. */
final class FileLayers {
    /** A configuration file longer than this is somebody else's file. */
    private static final long MOST_BYTES = 1 << 20;

    private FileLayers() {}

    /** Nested keys become dotted paths. */
    static Layer yaml(Path file) throws ConfigException {
        JsonNode root = read(new ObjectMapper(new YAMLFactory()), file);
        Map<String, Layer.Value> values = new LinkedHashMap<>();
        flatten(root, "", file.getFileName().toString(), values);
        return new Layer(values, file);
    }

    /** The old names, under the paths they have here; keys it never had keep their names, and are told as unknown. */
    static Layer settingsJson(Path file) throws ConfigException {
        JsonNode root = read(new ObjectMapper(), file);
        String name = file.getFileName().toString();
        Map<String, Layer.Value> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            Setting<?> setting = Schema.OLD_FILE.get(entry.getKey());
            String path = setting == null ? name + ":" + entry.getKey() : setting.path();
            values.put(path, scalar(entry.getValue(), name, entry.getKey()));
        }
        return new Layer(values, file);
    }

    /** A file that holds keys with values, or nothing. */
    static JsonNode read(ObjectMapper mapper, Path file) throws ConfigException {
        return read(mapper, file, text(file));
    }

    /** All of a file. */
    static String text(Path file) throws ConfigException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new ConfigException(file + ": larger than 1 MiB, not a configuration file");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** The same of what was read before. */
    static JsonNode read(ObjectMapper mapper, Path file, String text) throws ConfigException {
        try {
            mapper.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            mapper.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
            JsonNode root = mapper.readTree(text);
            if (root == null || root.isMissingNode() || root.isNull()) {
                return mapper.createObjectNode();
            }
            if (!root.isObject()) {
                throw new ConfigException(file + ": does not hold keys with values");
            }
            return root;
        } catch (JsonProcessingException e) {
            String line =
                    e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            String what = e.getOriginalMessage()
                    .lines()
                    .findFirst()
                    .orElse("ill-formed")
                    .replaceFirst(" \\(start marker.*", "");
            throw new ConfigException(file + line + ": " + what);
        }
    }

    private static void flatten(JsonNode node, String prefix, String file, Map<String, Layer.Value> into)
            throws ConfigException {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = prefix + entry.getKey();
            JsonNode value = entry.getValue();
            boolean isNothing = value.isNull() || (value.isObject() && value.isEmpty());
            boolean isKnown = Schema.byPath().containsKey(path) || SecretFiles.isNamed(path);
            if (value.isObject() && !isNothing) {
                flatten(value, path + ".", file, into);
            } else if (isNothing && !isKnown) {
                if (!isGroup(path)) {
                    put(path, new Layer.Value("", file, path), file, into); // told as unknown
                }
            } else if (!value.isNull()) {
                put(path, scalar(value, file, path), file, into);
            }
        }
    }

    private static void put(String path, Layer.Value value, String file, Map<String, Layer.Value> into)
            throws ConfigException {
        if (into.put(path, value) != null) {
            throw new ConfigException(path + ": stands twice in " + file);
        }
    }

    private static boolean isGroup(String path) {
        return Schema.byPath().keySet().stream().anyMatch(setting -> setting.startsWith(path + "."));
    }

    private static Layer.Value scalar(JsonNode node, String file, String key) throws ConfigException {
        if (!node.isValueNode()) {
            throw new ConfigException(key + ": " + file + " gives a list or keys, where one value is expected");
        }
        return new Layer.Value(node.asText(), file, key);
    }
}
