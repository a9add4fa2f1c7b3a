// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.medicloud.service.security.JwtVerifier.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON Web Tokens, with keys from a real server over HTTP, and from a file. */
final class JwtTest {
    private static final Instant START = Instant.parse("2026-05-01T12:00:00Z");
    private static final String UNKNOWN_KEY = "the token's key is none of its issuer's";
    private static final JwtRules.Claims CLAIMS = new JwtRules.Claims("sub", "role", "streams");

    @TempDir
    private Path directory;

    private volatile Instant now = START;
    private TestIssuer issuer;

    @BeforeEach
    void begin() throws Exception {
        issuer = new TestIssuer();
    }

    @AfterEach
    void end() {
        issuer.close();
    }

    private JwtAuthentication at(String keys, JwtRules.Claims claims) {
        JwtRules rules = new JwtRules(
                keys,
                TestIssuer.NAME,
                List.of("other", TestIssuer.AUDIENCE),
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                claims);
        return new JwtAuthentication(() -> rules, () -> now);
    }

    private static Verdict verdict(JwtAuthentication tokens, String token) throws Exception {
        return tokens.verify(token).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Identity who(JwtAuthentication tokens, String token) throws Exception {
        return ((Verdict.Known) verdict(tokens, token)).identity();
    }

    private static String refusal(JwtAuthentication tokens, String token) throws Exception {
        Verdict verdict = verdict(tokens, token);
        return verdict instanceof Verdict.Refused refused ? refused.why() : verdict.toString();
    }

    private JWTClaimsSet.Builder claims() {
        return TestIssuer.claims("alice", "operator", now);
    }

    @Test
    void eachAlgorithmIsTaken() throws Exception {
        RSAKey rsa = TestIssuer.rsa("r");
        ECKey curve = TestIssuer.curve("e");
        OctetKeyPair edwards = TestIssuer.edwards("d");
        issuer.publish(rsa, curve, edwards);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        Identity alice = new Identity("jwt:alice", Role.OPERATOR, List.of("*"));

        for (JWK key : List.of(rsa, curve, edwards)) {
            assertThat(who(tokens, TestIssuer.token(key, claims().build())))
                    .as(key.getKeyID())
                    .isEqualTo(alice);
        }
        JWSHeader pss = new JWSHeader.Builder(JWSAlgorithm.PS256).keyID("r").build();
        JWSHeader noName = new JWSHeader(JWSAlgorithm.ES256);
        assertThat(who(tokens, TestIssuer.token(rsa, pss, claims().build()))).isEqualTo(alice);
        assertThat(who(tokens, TestIssuer.token(curve, noName, claims().build())))
                .isEqualTo(alice);
    }

    @Test
    void whoCallsIsProvenUntilTheTokenEnds() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        JWTClaimsSet claims = claims().build();
        String token = TestIssuer.token(key, claims);
        Verdict.Known known = (Verdict.Known) verdict(tokens, token);

        assertThat(known.until()).isAfterOrEqualTo(claims.getExpirationTime().toInstant());
        now = known.until().plusSeconds(1);
        assertThat(refusal(tokens, token)).isEqualTo("the token: Expired JWT");
    }

    @Test
    void aClaimOfStreamsThatIsNullIsNotAllOfThem() throws Exception {
        for (String path : List.of("streams", "access.streams")) {
            JwtRules.Claims names = new JwtRules.Claims("sub", "role", path);
            JWTClaimsSet nothing = JWTClaimsSet.parse(
                    "{\"sub\": \"alice\", \"role\": \"viewer\", \"streams\": null, \"access\": {\"streams\": null}}");
            assertThatThrownBy(() -> JwtIdentity.of(nothing, names))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(path + " is null");
            JWTClaimsSet without = JWTClaimsSet.parse("{\"sub\": \"alice\", \"role\": \"viewer\", \"access\": {}}");
            assertThat(JwtIdentity.of(without, names).seesAll()).isTrue();
        }
    }

    @Test
    void otherAlgorithmsAreRefused() throws Exception {
        RSAKey rsa = TestIssuer.rsa("r");
        issuer.publish(rsa);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        // The public key as if it were a shared secret.
        SignedJWT hmac = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r").build(), claims().build());
        hmac.sign(new MACSigner(rsa.toPublicJWK().toJSONString()));
        JWSHeader rs512 = new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("r").build();

        for (String token : List.of(hmac.serialize(), TestIssuer.token(rsa, rs512, claims().build()))) {
            assertThat(refusal(tokens, token)).startsWith("the token's algorithm is none of ");
        }
        for (String token : List.of(new PlainJWT(claims().build()).serialize(), "ey.ey.ey", "ey..", "ey.x.y.z.w")) {
            assertThat(refusal(tokens, token)).startsWith("the token: ");
        }
    }

    @Test
    void whoIsNotTheIssuerSignsInVain() throws Exception {
        RSAKey rsa = TestIssuer.rsa("r");
        OctetKeyPair edwards = TestIssuer.edwards("d");
        issuer.publish(rsa, edwards);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        String good = TestIssuer.token(rsa, claims().build());

        for (JWK forger : List.of(TestIssuer.rsa("r"), TestIssuer.edwards("d"))) {
            assertThat(refusal(tokens, TestIssuer.token(forger, claims().build())))
                    .isEqualTo("the token's signature is not that of its issuer");
        }
        String admin = TestIssuer.token(rsa, claims().claim("role", "admin").build());
        assertThat(refusal(tokens, admin.substring(0, admin.lastIndexOf('.')) + good.substring(good.lastIndexOf('.'))))
                .isEqualTo("the token's signature is not that of its issuer");
        JWSHeader critical = new JWSHeader.Builder(JWSAlgorithm.EdDSA)
                .keyID("d")
                .criticalParams(Set.of("b64"))
                .base64URLEncodePayload(true)
                .build();
        assertThat(refusal(tokens, TestIssuer.token(edwards, critical, claims().build())))
                .contains("critical");
    }

    @Test
    void whatTheIssuerSignsForSomethingElseProvesNothing() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        for (String type : List.of("secevent+jwt", "dpop+jwt", "logout+jwt")) {
            assertThat(refusal(tokens, ofType(key, type))).isEqualTo("the token is of another type than JWT");
        }
        for (String type : List.of("JWT", "at+jwt", "application/at+jwt")) {
            assertThat(verdict(tokens, ofType(key, type))).isInstanceOf(Verdict.Known.class);
        }
    }

    private String ofType(ECKey key, String type) throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID(key.getKeyID())
                .type(new JOSEObjectType(type))
                .build();
        return TestIssuer.token(key, header, claims().build());
    }

    @Test
    void aShortRsaKeyProvesNothing() throws Exception {
        RSAKey weak = new RSAKeyGenerator(1024, true).keyID("r").generate();
        issuer.publish(weak);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("r").build(), claims().build());
        jwt.sign(new RSASSASigner(weak.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())));
        assertThat(refusal(tokens, jwt.serialize())).isEqualTo("the token's signature is not that of its issuer");
    }

    @Test
    void keysBehindAnAnswerThatIsTooLongAreNotRead() throws Exception {
        ECKey key = TestIssuer.curve("e");
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        issuer.answer(200, set(key) + " ".repeat(1 << 18));
        now = now.plusSeconds(6);
        assertThat(refusal(tokens, TestIssuer.token(key, claims().build()))).isEqualTo(UNKNOWN_KEY);
        issuer.answer(200, set(key) + " ".repeat(1 << 17));
        now = now.plusSeconds(6);
        assertThat(verdict(tokens, TestIssuer.token(key, claims().build()))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void ofAnotherTimeIssuerOrAudienceItIsRefused() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        Map<String, JWTClaimsSet> bad = Map.of(
                "Expired JWT", claims().expirationTime(in(-31)).build(),
                "JWT before use time", claims().notBeforeTime(in(31)).build(),
                "is good for longer", claims().expirationTime(in(86_400 + 31)).build(),
                "missing required claims: [exp]", claims().expirationTime(null).build(),
                "iss claim", claims().issuer("https://elsewhere.example").build(),
                "aud claim", claims().audience("another-service").build());

        for (Map.Entry<String, JWTClaimsSet> one : bad.entrySet()) {
            assertThat(refusal(tokens, TestIssuer.token(key, one.getValue()))).contains(one.getKey());
        }
        for (JWTClaimsSet good : List.of(
                claims().expirationTime(in(-29)).build(),
                claims().notBeforeTime(in(29)).build(),
                claims().audience(List.of("another-service", "other")).build())) {
            assertThat(verdict(tokens, TestIssuer.token(key, good))).isInstanceOf(Verdict.Known.class);
        }
    }

    private Date in(long seconds) {
        return Date.from(now.plusSeconds(seconds));
    }

    @Test
    void whatWasGoodIsRefusedWhenItsTimeIsOver() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        String token = TestIssuer.token(key, claims().build());

        assertThat(verdict(tokens, token)).isInstanceOf(Verdict.Known.class);
        now = now.plusSeconds(91);
        assertThat(refusal(tokens, token)).contains("Expired JWT");
    }

    @Test
    void aNewKeyIsFetchedWhenItIsNamedAndForgersCannotHaveTheIssuerAskedAllTheTime() throws Exception {
        ECKey first = TestIssuer.curve("first");
        ECKey second = TestIssuer.curve("second");
        issuer.publish(first);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        String old = TestIssuer.token(first, claims().build());
        assertThat(verdict(tokens, old)).isInstanceOf(Verdict.Known.class);
        assertThat(issuer.fetches()).isEqualTo(1);

        issuer.publish(second);
        now = now.plusSeconds(6);
        assertThat(verdict(tokens, TestIssuer.token(second, claims().build()))).isInstanceOf(Verdict.Known.class);
        assertThat(issuer.fetches()).isEqualTo(2);
        assertThat(refusal(tokens, old)).isEqualTo(UNKNOWN_KEY);

        List<CompletableFuture<Verdict>> asked = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            now = now.plusMillis(10);
            String forged = TestIssuer.token(TestIssuer.curve("forged-" + i), claims().build());
            asked.add(tokens.verify(forged).toCompletableFuture());
        }
        for (CompletableFuture<Verdict> one : asked) {
            assertThat(one.get(10, TimeUnit.SECONDS)).isEqualTo(new Verdict.Refused(UNKNOWN_KEY));
        }
        assertThat(issuer.fetches()).as("in 10 seconds").isBetween(3, 4);
    }

    @Test
    void whileTheIssuerIsAwayItsKeysStayGoodForAnHour() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), CLAIMS);
        assertThat(verdict(tokens, TestIssuer.token(key, claims().build()))).isInstanceOf(Verdict.Known.class);

        for (String fault : List.of("no JSON", "{\"keys\": 5}", "x".repeat(1 << 19))) {
            issuer.answer(200, fault);
            now = now.plusSeconds(600);
            assertThat(verdict(tokens, TestIssuer.token(key, claims().build()))).isInstanceOf(Verdict.Known.class);
        }
        issuer.answer(500, "");
        now = START.plusSeconds(3601);
        assertThat(refusal(tokens, TestIssuer.token(key, claims().build()))).isEqualTo(UNKNOWN_KEY);
        issuer.publish(key);
        now = now.plusSeconds(6);
        assertThat(verdict(tokens, TestIssuer.token(key, claims().build()))).isInstanceOf(Verdict.Known.class);
    }

    @Test
    void keysStandInAFileToo() throws Exception {
        ECKey first = TestIssuer.curve("first");
        ECKey second = TestIssuer.curve("second");
        Path file = directory.resolve("keys.json");
        Files.writeString(file, set(first));
        JwtAuthentication tokens = at(file.toString(), CLAIMS);
        assertThat(verdict(tokens, TestIssuer.token(first, claims().build()))).isInstanceOf(Verdict.Known.class);

        Files.writeString(file, set(second));
        now = now.plusSeconds(3);
        assertThat(verdict(tokens, TestIssuer.token(second, claims().build()))).isInstanceOf(Verdict.Known.class);
        assertThat(refusal(tokens, TestIssuer.token(first, claims().build()))).isEqualTo(UNKNOWN_KEY);
    }

    private static String set(JWK key) {
        return "{\"keys\": [" + key.toPublicJWK().toJSONString() + "]}";
    }

    @Test
    void claimsSayWhoThatIs() throws Exception {
        ECKey key = TestIssuer.curve("e");
        issuer.publish(key);
        JwtAuthentication tokens = at(issuer.address(), new JwtRules.Claims("sub", "realm_access.roles", "streams"));
        JWTClaimsSet.Builder nested =
                claims().claim("realm_access", Map.of("roles", List.of("offline", "viewer", "admin")));

        assertThat(who(
                        tokens,
                        TestIssuer.token(
                                key, nested.claim("streams", "studio-* foyer").build())))
                .isEqualTo(new Identity("jwt:alice", Role.ADMIN, List.of("studio-*", "foyer")));
        assertThat(verdict(tokens, TestIssuer.token(key, nested.subject("a\nb").build())))
                .asString()
                .contains("jwt:a?b");
        assertThat(who(
                        tokens,
                        TestIssuer.token(key, nested.claim("streams", List.of()).build())))
                .isEqualTo(new Identity("jwt:a?b", Role.ADMIN, List.of()));
        Map<String, JWTClaimsSet> bad = Map.of(
                "role", claims().build(),
                "streams", nested.claim("streams", List.of("a/b")).build(),
                "neither a text", nested.claim("streams", 5).build(),
                "names nobody", nested.claim("streams", null).subject(" ").build());
        for (Map.Entry<String, JWTClaimsSet> one : bad.entrySet()) {
            assertThat(refusal(tokens, TestIssuer.token(key, one.getValue()))).contains(one.getKey());
        }
    }
}
