// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import io.medicloud.service.security.SecretBox;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Reads single values; what may not stand there is an {@link IllegalArgumentException}. */
final class Values {
    private static final Pattern HERE = Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");

    private Values() {}

    static boolean isTrue(String text) {
        return text.equals("true");
    }

    static String oneOf(List<String> known, String text) {
        if (!known.contains(text)) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    static <C extends Comparable<C>> C within(C value, C least, C most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(value.toString());
        }
        return value;
    }

    static String matching(Pattern pattern, String text) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    static Secret secret(String text) {
        if (text.length() > 256) {
            throw new IllegalArgumentException("too long");
        }
        return Secret.of(text);
    }

    /** It may be tried out by whoever has something that was signed with it. */
    static Secret longSecret(String text) {
        if (!text.isEmpty() && text.length() < 16) {
            throw new IllegalArgumentException("too short");
        }
        return secret(text);
    }

    static Secret recordKey(String text) {
        if (!text.isEmpty() && Base64.getDecoder().decode(text).length != SecretBox.KEY_BYTES) {
            throw new IllegalArgumentException("not 32 bytes");
        }
        return Secret.of(text);
    }

    static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static String upTo512(String text) {
        if (text.length() > 512) {
            throw new IllegalArgumentException("too long");
        }
        return text;
    }

    /** Joined by commas; none, if there is nothing. */
    static List<String> names(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        List<String> names = List.of(text.split("\\s*,\\s*", -1));
        if (names.contains("") || names.size() > 64) {
            throw new IllegalArgumentException(text);
        }
        return names;
    }

    /** Whoever could change keys on their way here could call as anybody. */
    static String keysPlace(String text) {
        if (!text.contains("://")) {
            return text.isEmpty() ? text : path(text).toString();
        }
        httpUrl(text);
        boolean isHere = HERE.matcher(URI.create(text).getHost()).matches();
        if (text.startsWith("http://") && !isHere) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    static String httpUrl(String text) {
        if (text.isEmpty()) {
            return text;
        }
        try {
            URI uri = new URI(text);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!isHttp || uri.getHost() == null || uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(text);
            }
            return text;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** Existing deployments write host:port as well as a whole address. */
    static String endpoint(String text) {
        if (text.isEmpty()) {
            return text;
        }
        String whole = text.contains("://") ? text : "http://" + text;
        try {
            URI uri = new URI(whole);
            boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
            boolean root = uri.getRawPath() == null
                    || uri.getRawPath().isEmpty()
                    || uri.getRawPath().equals("/");
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (uri.getHost() == null || uri.getPort() > 65_535 || !plain || !root || !http) {
                throw new IllegalArgumentException(text);
            }
            return whole;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
