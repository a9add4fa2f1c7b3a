// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and how they prove who they are. Immutable.
 *
 * @param isRequired false if anybody may do everything
 */
public record AccessTable(boolean isRequired, List<Token> tokens, List<Certificate> certificates) {
    /** No authentication. */
    public static final AccessTable OPEN = new AccessTable(false, List.of(), List.of());

    /** Whom it names is nobody; others may say who may call. */
    public static final AccessTable NOBODY = new AccessTable(true, List.of(), List.of());

    public AccessTable {
        tokens = List.copyOf(tokens);
        certificates = List.copyOf(certificates);
    }

    /**
     * A token, of which only the hash is known here.
     *
     * @param sha256 of the token's characters in UTF-8, 64 hexadecimal digits in lower case
     */
    public record Token(String sha256, Identity identity) {
        @Override
        public String toString() {
            return "Token[" + identity.name() + "]";
        }
    }

    /**
     * A client's certificate.
     *
     * @param commonName of its subject
     */
    public record Certificate(String commonName, Identity identity) {}

    /** Who has the token of a hash, as {@link #sha256} gives it, or null. Takes as long for a wrong one as for a right one. */
    public @Nullable Identity byToken(String sha256) {
        byte[] hash = sha256.getBytes(StandardCharsets.US_ASCII);
        Identity found = null;
        for (Token known : tokens) {
            if (MessageDigest.isEqual(hash, known.sha256().getBytes(StandardCharsets.US_ASCII))) {
                found = known.identity();
            }
        }
        return found;
    }

    /** Who has a certificate with that name, or null. */
    public @Nullable Identity byCommonName(String commonName) {
        return certificates.stream()
                .filter(known -> known.commonName().equals(commonName))
                .map(Certificate::identity)
                .findFirst()
                .orElse(null);
    }

    /** In hexadecimal digits. */
    static String sha256(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
