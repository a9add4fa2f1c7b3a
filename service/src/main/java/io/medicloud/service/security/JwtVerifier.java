// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import io.medicloud.service.text.OneLine;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a JSON Web Token against keys, rules and a time. Holds nothing; asks nobody. */
final class JwtVerifier {
    /** Signed by who alone can; never {@code none}, nor HMAC, whose key would be the public one. */
    private static final Set<JWSAlgorithm> ALLOWED =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.EdDSA);

    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    private static final int LEAST_RSA_BITS = 2048;
    /** Of one issuer at once, for a token that does not name its key. */
    private static final int MOST_TRIED = 8;

    private JwtVerifier() {}

    /** What was found. */
    sealed interface Verdict {
        /**
         * It proves who calls.
         *
         * @param until when it proves that no more
         */
        record Known(Identity identity, Instant until) implements Verdict {}

        /** It proves nothing. */
        record Refused(String why) implements Verdict {}

        /** It is signed with a key that is not among those known: others may be by now. */
        record UnknownKey() implements Verdict {}
    }

    /** Whether it looks like one: what is not may be a token of another kind. */
    static boolean isJwt(String token) {
        int first = token.indexOf('.');
        return first > 0 && token.indexOf('.', first + 1) > first && token.startsWith("ey");
    }

    static Verdict verify(String token, JWKSet keys, JwtRules rules, Instant now) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            String fault = fault(header);
            if (fault != null) {
                return new Verdict.Refused(fault);
            }
            List<JWK> candidates = new JWKSelector(JWKMatcher.forJWSHeader(header)).select(keys);
            if (candidates.isEmpty()) {
                return new Verdict.UnknownKey();
            }
            if (!isSigned(jwt, candidates)) {
                return new Verdict.Refused("the token's signature is not that of its issuer");
            }
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            check(claims, rules, now);
            Instant until = claims.getExpirationTime().toInstant().plus(rules.clockSkew());
            return new Verdict.Known(JwtIdentity.of(claims, rules.claims()), until);
        } catch (ParseException | IllegalArgumentException | BadJWTException e) {
            return new Verdict.Refused(OneLine.of("the token: " + e.getMessage()));
        }
    }

    private static @Nullable String fault(JWSHeader header) {
        if (!ALLOWED.contains(header.getAlgorithm())) {
            return "the token's algorithm is none of RS256, PS256, ES256, ES384, EdDSA";
        }
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            return "the token has critical header parameters, which are not known here";
        }
        boolean isType = header.getType() == null
                || TYPES.contains(header.getType().getType().toLowerCase(java.util.Locale.ROOT));
        return isType ? null : "the token is of another type than JWT";
    }

    private static boolean isSigned(SignedJWT jwt, List<JWK> candidates) {
        return candidates.stream().limit(MOST_TRIED).anyMatch(key -> isSigned(jwt, key));
    }

    private static boolean isSigned(SignedJWT jwt, JWK key) {
        try {
            JWSVerifier verifier = verifier(key);
            return verifier != null && jwt.verify(verifier);
        } catch (JOSEException e) {
            // A key of the set that cannot be used proves nothing; another may.
            return false;
        }
    }

    private static @Nullable JWSVerifier verifier(JWK key) throws JOSEException {
        if (key instanceof RSAKey rsa) {
            return rsa.size() < LEAST_RSA_BITS ? null : new RSASSAVerifier(rsa);
        }
        if (key instanceof ECKey curve) {
            return new ECDSAVerifier(curve);
        }
        return key instanceof OctetKeyPair pair ? new Ed25519JdkVerifier(pair) : null;
    }

    private static void check(JWTClaimsSet claims, JwtRules rules, Instant now) throws BadJWTException {
        JWTClaimsSet.Builder exact = new JWTClaimsSet.Builder();
        if (!rules.issuer().isEmpty()) {
            exact.issuer(rules.issuer());
        }
        Set<String> audiences = rules.audiences().isEmpty() ? null : new HashSet<>(rules.audiences());
        DefaultJWTClaimsVerifier<SecurityContext> verifier =
                new DefaultJWTClaimsVerifier<>(audiences, exact.build(), Set.of("exp"), Set.of()) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(now);
                    }
                };
        verifier.setMaxClockSkew(Math.toIntExact(rules.clockSkew().toSeconds()));
        verifier.verify(claims, null);
        Instant latest = now.plus(rules.maxLifetime()).plus(rules.clockSkew());
        if (claims.getExpirationTime().toInstant().isAfter(latest)) {
            throw new BadJWTException("is good for longer than jwt.maxLifetime allows");
        }
    }
}
