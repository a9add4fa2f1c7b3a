// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Splits SRT URLs. Not {@link java.net.URI}'s work: a stream id may stand in a URL as it is, and begins with {@code #!},
 * where a strict parser would see a fragment.
 */
final class SrtUriParser {

    private static final String SCHEME = "srt://";
    private static final int MOST_CHARACTERS = 8192;
    private static final Map<String, SrtOption> OPTIONS = optionsByName();
    private static final List<String> OWN_KEYS = List.of("mode", "adapter", "port");

    private SrtUriParser() {}

    static SrtUri parse(String url) {
        if (url.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("an SRT URL has at most " + MOST_CHARACTERS + " characters");
        }
        if (!url.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new IllegalArgumentException("not an SRT URL: must begin with " + SCHEME);
        }
        int query = url.indexOf('?');
        String authority = url.substring(SCHEME.length(), query < 0 ? url.length() : query);
        // What stands there may be a password: it is not repeated.
        if (authority.indexOf('@') >= 0) {
            throw new IllegalArgumentException("an SRT URL has no user or password in front of its host");
        }
        if (authority.endsWith("/")) {
            authority = authority.substring(0, authority.length() - 1);
        }
        Map<String, String> pairs = query < 0 ? Map.of() : pairs(url.substring(query + 1));
        return build(hostOf(authority), portOf(authority), pairs);
    }

    private static SrtUri build(String host, int port, Map<String, String> pairs) {
        String adapter = pairs.getOrDefault("adapter", "");
        checkHost("adapter", adapter);
        SrtMode mode = mode(pairs.get("mode"), host, adapter);
        int localPort = number("port", pairs.getOrDefault("port", "0"));
        if (mode != SrtMode.LISTENER) {
            if (host.isEmpty()) {
                throw new IllegalArgumentException("host is missing: a " + name(mode) + " needs to know whom to call");
            }
            if (port == 0) {
                throw new IllegalArgumentException("port 0 is nobody's: only a listener may take any free port");
            }
        } else if (localPort != 0) {
            throw new IllegalArgumentException("option port is for callers; a listener's port stands after its host");
        }
        if (mode == SrtMode.RENDEZVOUS && localPort == 0) {
            localPort = port;
        }
        return new SrtUri(mode, host, port, adapter, localPort, options(pairs));
    }

    private static SrtOptions options(Map<String, String> pairs) {
        Map<SrtOption, String> texts = new EnumMap<>(SrtOption.class);
        pairs.forEach((key, value) -> {
            if (OWN_KEYS.contains(key)) {
                return;
            }
            SrtOption option = OPTIONS.get(key);
            if (option == null) {
                throw unknown(key);
            }
            if (texts.put(option, value) != null) {
                throw new IllegalArgumentException("option " + option.key() + " stands twice in the URL");
            }
        });
        return SrtOptions.parse(texts);
    }

    private static IllegalArgumentException unknown(String key) {
        List<String> known = new ArrayList<>(OWN_KEYS);
        known.addAll(OPTIONS.keySet());
        String near = NearName.of(key, known);
        return new IllegalArgumentException(
                "unknown option " + printable(key) + (near.isEmpty() ? "" : ", did you mean " + near + "?"));
    }

    private static SrtMode mode(@org.jspecify.annotations.Nullable String text, String host, String adapter) {
        if (text == null || text.equals("default")) {
            if (host.isEmpty()) {
                return SrtMode.LISTENER;
            }
            return adapter.isEmpty() ? SrtMode.CALLER : SrtMode.RENDEZVOUS;
        }
        return switch (text) {
            case "listener", "server" -> SrtMode.LISTENER;
            case "caller", "client" -> SrtMode.CALLER;
            case "rendezvous" -> SrtMode.RENDEZVOUS;
            default ->
                throw new IllegalArgumentException(
                        "mode must be listener, caller or rendezvous (is '" + printable(text) + "')");
        };
    }

    private static Map<String, String> pairs(String query) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String key = PercentCoding.decode("an option's name", equals < 0 ? pair : pair.substring(0, equals));
            if (equals < 0) {
                throw new IllegalArgumentException("option " + printable(key) + " has no value");
            }
            String value = PercentCoding.decode("option " + printable(key), pair.substring(equals + 1));
            if (pairs.put(key, value) != null) {
                throw new IllegalArgumentException("option " + printable(key) + " stands twice in the URL");
            }
        }
        return pairs;
    }

    private static String hostOf(String authority) {
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            String host = end < 0 ? "" : authority.substring(1, end);
            if (!NetUtil.isValidIpV6Address(host)) {
                throw new IllegalArgumentException("host in brackets is not an IPv6 address");
            }
            return host;
        }
        int colon = authority.indexOf(':');
        if (colon != authority.lastIndexOf(':')) {
            throw new IllegalArgumentException(
                    "host and port must be as HOST:PORT; an IPv6 address stands in brackets");
        }
        String host = colon < 0 ? authority : authority.substring(0, colon);
        checkHost("host", host);
        return host;
    }

    private static void checkHost(String what, String host) {
        boolean fine = host.chars().allMatch(c -> Character.isLetterOrDigit(c) || "-._".indexOf(c) >= 0);
        if (!fine && !NetUtil.isValidIpV6Address(host)) {
            throw new IllegalArgumentException(what + " is not a host name or address: '" + printable(host) + "'");
        }
    }

    private static int portOf(String authority) {
        int from = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        if (from < 0 || from >= authority.length()) {
            throw new IllegalArgumentException("port is missing: an SRT URL is as srt://HOST:PORT");
        }
        if (authority.charAt(from) != ':') {
            throw new IllegalArgumentException("host and port must be as [ADDRESS]:PORT");
        }
        return number("port", authority.substring(from + 1));
    }

    private static int number(String what, String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        if (number < 0 || number > 65_535) {
            throw new IllegalArgumentException(what + " must be 0 to 65535 (is '" + printable(text) + "')");
        }
        return number;
    }

    private static String printable(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    private static String name(SrtMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, SrtOption> optionsByName() {
        Map<String, SrtOption> byName = new HashMap<>();
        Arrays.stream(SrtOption.values()).forEach(option -> {
            byName.put(option.key(), option);
            option.aliases().forEach(alias -> byName.put(alias, option));
        });
        return Map.copyOf(byName);
    }
}
