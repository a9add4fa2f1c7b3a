// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;

/**
 * Which JSON Web Tokens (RFC 7519) prove who calls.
 *
 * @param keys where the issuer's public keys are (JWK set, RFC 7517): a file, or an address of HTTP
 * @param issuer that must have made them ({@code iss}); empty: any
 * @param audiences one of which they must be for ({@code aud}); empty: any
 * @param clockSkew by which the issuer's clock may differ
 * @param maxLifetime how long one may still be good
 * @param claims which of its claims say who that is
 */
public record JwtRules(
        String keys, String issuer, List<String> audiences, Duration clockSkew, Duration maxLifetime, Claims claims) {
    public JwtRules {
        audiences = List.copyOf(audiences);
    }

    /**
     * Reads a file of keys, to see whether there are any.
     *
     * @throws IOException if there are none; the message says why
     */
    public static void checkKeys(Path file) throws IOException {
        try {
            if (JWKSet.parse(JwtKeys.text(file)).toPublicJWKSet().isEmpty()) {
                throw new IOException("holds no public key");
            }
        } catch (NoSuchFileException e) {
            throw new IOException("no such file", e);
        } catch (ParseException e) {
            throw new IOException("holds no JWK set", e);
        }
    }

    /** Names of claims; with a dot, of one within another. */
    public record Claims(String name, String role, String streams) {}
}
