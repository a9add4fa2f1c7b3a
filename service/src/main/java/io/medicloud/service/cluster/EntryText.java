// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries as JSON, which operators can read. An entry of another version is not understood, and so left alone. */
final class EntryText {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String VERSION = "v";
    private static final int OURS = 1;

    private EntryText() {}

    static String of(NodeEntry node) {
        return entry().put("node", node.nodeId())
                .put("run", node.run())
                .put("session", node.session())
                .put("beat", node.beat())
                .put("state", node.state().name())
                .put("address", node.facts().address())
                .put("load", node.facts().load())
                .put("capacity", node.facts().capacity())
                .put("streams", node.streams())
                .put("lease", node.leaseMs())
                .toString();
    }

    static String of(StreamEntry stream) {
        ObjectNode json = entry().put("stream", stream.liveId()).put("wanted", stream.wanted());
        ObjectNode settings = json.putObject("settings");
        new TreeMap<>(stream.settings()).forEach(settings::put);
        Owner owner = stream.owner();
        if (owner != null) {
            json.put("owner", owner.nodeId()).put("session", owner.session());
        }
        json.put("epoch", stream.epoch()).put("first", stream.first()).put("next", stream.next());
        ArrayNode tails = json.putArray("tails");
        for (Tail tail : stream.tails()) {
            tails.addObject()
                    .put("node", tail.nodeId())
                    .put("epoch", tail.epoch())
                    .put("first", tail.first())
                    .put("next", tail.next());
        }
        return json.toString();
    }

    /** The node in an entry; null if it is not one that we understand. */
    static @Nullable NodeEntry node(String text) {
        try {
            JsonNode json = read(text);
            return new NodeEntry(
                    json.required("node").asText(),
                    json.required("run").asText(),
                    number(json, "session"),
                    number(json, "beat"),
                    NodeState.valueOf(json.required("state").asText()),
                    new NodeFacts(
                            json.required("address").asText(),
                            Math.toIntExact(number(json, "load")),
                            Math.toIntExact(number(json, "capacity"))),
                    Math.toIntExact(number(json, "streams")),
                    json.has("lease") ? number(json, "lease") : 0);
        } catch (JsonProcessingException | IllegalArgumentException | ArithmeticException e) {
            return null;
        }
    }

    /** The stream in an entry; null if it is not one that we understand. */
    static @Nullable StreamEntry stream(String text) {
        try {
            JsonNode json = read(text);
            Map<String, String> settings = new TreeMap<>();
            json.required("settings")
                    .properties()
                    .forEach(one -> settings.put(one.getKey(), one.getValue().asText()));
            List<Tail> tails = new ArrayList<>();
            for (JsonNode tail : json.required("tails")) {
                tails.add(new Tail(
                        tail.required("node").asText(),
                        number(tail, "epoch"),
                        number(tail, "first"),
                        number(tail, "next")));
            }
            Owner owner =
                    json.has("owner") ? new Owner(json.required("owner").asText(), number(json, "session")) : null;
            return new StreamEntry(
                    json.required("stream").asText(),
                    json.required("wanted").booleanValue(),
                    settings,
                    owner,
                    number(json, "epoch"),
                    number(json, "first"),
                    number(json, "next"),
                    tails);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        }
    }

    private static ObjectNode entry() {
        return MAPPER.createObjectNode().put(VERSION, OURS);
    }

    private static JsonNode read(String text) throws JsonProcessingException {
        JsonNode json = MAPPER.readTree(text);
        if (number(json, VERSION) != OURS) {
            throw new IllegalArgumentException("another version");
        }
        return json;
    }

    private static long number(JsonNode json, String name) {
        JsonNode number = json.required(name);
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw new IllegalArgumentException(name + " is not a whole number from 0");
        }
        return number.longValue();
    }
}
