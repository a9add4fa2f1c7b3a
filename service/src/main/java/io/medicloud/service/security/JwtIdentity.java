// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jwt.JWTClaimsSet;
import io.medicloud.service.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads from a token's claims who it is. What it says must be sound: nobody gets more than was meant because a claim is of another shape. */
final class JwtIdentity {
    /** Names of the access file have no colon: none of both can be taken for the other. */
    private static final String PREFIX = "jwt:";

    private static final Pattern STREAMS = Pattern.compile("[A-Za-z0-9._*-]{1,128}");
    private static final int MOST_STREAMS = 256;

    private JwtIdentity() {}

    /** @throws IllegalArgumentException if they name nobody, or no role; the message names the claim */
    static Identity of(JWTClaimsSet claims, JwtRules.Claims names) {
        if (!(find(claims, names.name()) instanceof String name) || name.isBlank()) {
            throw new IllegalArgumentException("the claim " + names.name() + " names nobody");
        }
        return new Identity(PREFIX + OneLine.of(name), role(claims, names.role()), streams(claims, names.streams()));
    }

    private static Role role(JWTClaimsSet claims, String claim) {
        Role most = null;
        for (String text : texts(find(claims, claim), claim)) {
            for (Role role : Role.values()) {
                if (role.name().toLowerCase(Locale.ROOT).equals(text) && (most == null || role.covers(most))) {
                    most = role;
                }
            }
        }
        if (most == null) {
            throw new IllegalArgumentException("the claim " + claim + " has none of viewer, operator, admin");
        }
        return most;
    }

    private static List<String> streams(JWTClaimsSet claims, String claim) {
        Object found = find(claims, claim);
        if (found == null) {
            if (isNull(claims, claim)) {
                throw new IllegalArgumentException("the claim " + claim + " is null, which names no streams");
            }
            return List.of("*");
        }
        List<String> patterns = texts(found, claim);
        if (patterns.size() > MOST_STREAMS
                || !patterns.stream()
                        .allMatch(pattern -> STREAMS.matcher(pattern).matches())) {
            throw new IllegalArgumentException(
                    "the claim " + claim + " has other than live ids, with * for any characters");
        }
        return patterns;
    }

    private static @Nullable Object find(JWTClaimsSet claims, String path) {
        Object whole = claims.getClaim(path);
        if (whole != null) {
            return whole;
        }
        Object at = claims.getClaims();
        for (String part : path.split("\\.", -1)) {
            at = at instanceof Map<?, ?> object ? object.get(part) : null;
        }
        return at;
    }

    /** Whether a claim is there and has no value: not the same as one that is not there. */
    private static boolean isNull(JWTClaimsSet claims, String path) {
        if (claims.getClaims().containsKey(path)) {
            return true;
        }
        Object at = claims.getClaims();
        for (String part : path.split("\\.", -1)) {
            if (!(at instanceof Map<?, ?> object) || !object.containsKey(part)) {
                return false;
            }
            at = object.get(part);
            if (at == null) {
                return true;
            }
        }
        return false;
    }

    /** One text (several parted by spaces, as in {@code scope}), or a list of texts. */
    private static List<String> texts(@Nullable Object value, String claim) {
        if (value == null) {
            return List.of();
        }
        if (value instanceof String text) {
            return text.isBlank() ? List.of() : List.of(text.strip().split(" +", -1));
        }
        List<String> found = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof String text) {
                    found.add(text);
                }
            }
            if (found.size() == list.size()) {
                return found;
            }
        }
        throw new IllegalArgumentException("the claim " + claim + " is neither a text nor a list of texts");
    }
}
