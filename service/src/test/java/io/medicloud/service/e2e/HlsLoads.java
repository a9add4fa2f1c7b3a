// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a page loaded of a stream, and when, out of what Chromium's network did: it tells a service that is late from a machine that is. */
final class HlsLoads {
    private static final String PATH = "/hls/";

    private final Map<String, String> names = new LinkedHashMap<>();
    private final Map<String, Double> sent = new LinkedHashMap<>();
    private final Map<String, Double> answered = new LinkedHashMap<>();
    private final Map<String, Double> ended = new LinkedHashMap<>();

    private HlsLoads(List<JsonNode> network) {
        for (JsonNode event : network) {
            JsonNode about = event.get("params");
            String id = about.path("requestId").asText();
            double at = about.path("timestamp").asDouble();
            switch (event.get("method").asText()) {
                case "Network.requestWillBeSent" -> {
                    String address = about.at("/request/url").asText();
                    if (address.contains(PATH)) {
                        names.put(id, address.substring(address.indexOf(PATH) + PATH.length()));
                        sent.put(id, at);
                    }
                }
                case "Network.responseReceived" -> answered.put(id, at);
                case "Network.loadingFinished", "Network.loadingFailed" -> ended.put(id, at);
                default -> {}
            }
        }
    }

    /** A line a load: seconds since the first, until the answer began, and until it was there; less than nothing if that did not come. */
    static String of(List<JsonNode> network) {
        HlsLoads loads = new HlsLoads(network);
        StringBuilder out = new StringBuilder("began, s; answered, ended after, s\n");
        double first = loads.sent.values().stream().findFirst().orElse(0.0);
        loads.sent.forEach((id, at) -> out.append(String.format(
                Locale.ROOT,
                "%8.3f %7.3f %7.3f %s%n",
                at - first,
                loads.answered.getOrDefault(id, at - 1) - at,
                loads.ended.getOrDefault(id, at - 1) - at,
                loads.names.get(id))));
        return out.toString();
    }
}
