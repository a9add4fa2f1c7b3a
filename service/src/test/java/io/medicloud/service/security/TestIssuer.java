// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Signs tokens, and gives its public keys over HTTP. */
public final class TestIssuer implements AutoCloseable {
    public static final String NAME = "https://issuer.example";
    public static final String AUDIENCE = "medicloud";
    private static final int OK = 200;

    private record Answer(int status, String text) {}

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile Answer answer = new Answer(OK, "");

    public TestIssuer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/keys", exchange -> {
            fetches.incrementAndGet();
            Answer now = answer;
            byte[] body = now.text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(now.status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/keys?set=now";
    }

    /** How often somebody asked for them. */
    public int fetches() {
        return fetches.get();
    }

    /** From now on it has these. */
    public void publish(JWK... keys) {
        answer(OK, new JWKSet(List.of(keys)).toPublicJWKSet().toString());
    }

    /** From now on it answers so. */
    public void answer(int code, String text) {
        answer = new Answer(code, text);
    }

    public static RSAKey rsa(String id) throws JOSEException {
        return new RSAKeyGenerator(2048).keyID(id).generate();
    }

    public static ECKey curve(String id) throws JOSEException {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }

    /** The JDK's, as a JWK. */
    public static OctetKeyPair edwards(String id) throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return new OctetKeyPair.Builder(
                        Curve.Ed25519, Base64URL.encode(last32(pair.getPublic().getEncoded())))
                .d(Base64URL.encode(last32(pair.getPrivate().getEncoded())))
                .keyID(id)
                .build();
    }

    /** Both encodings end with the key. */
    private static byte[] last32(byte[] encoded) {
        return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
    }

    /** Claims that are good for a minute. */
    public static JWTClaimsSet.Builder claims(String subject, String role, Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .audience(AUDIENCE)
                .subject(subject)
                .claim("role", role)
                .expirationTime(Date.from(now.plusSeconds(60)));
    }

    public static String token(JWK key, JWTClaimsSet claims) throws JOSEException, GeneralSecurityException {
        JWSAlgorithm algorithm = key instanceof RSAKey
                ? JWSAlgorithm.RS256
                : key instanceof ECKey ? JWSAlgorithm.ES256 : JWSAlgorithm.EdDSA;
        return token(key, new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
    }

    static String token(JWK key, JWSHeader header, JWTClaimsSet claims) throws JOSEException, GeneralSecurityException {
        SignedJWT jwt = new SignedJWT(header, claims);
        if (key instanceof OctetKeyPair pair) {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey(pair));
            signature.update(jwt.getSigningInput());
            return new String(jwt.getSigningInput(), StandardCharsets.US_ASCII) + "."
                    + Base64URL.encode(signature.sign());
        }
        JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
        jwt.sign(signer);
        return jwt.serialize();
    }

    private static java.security.PrivateKey privateKey(OctetKeyPair pair) throws GeneralSecurityException {
        return java.security.KeyFactory.getInstance("Ed25519")
                .generatePrivate(new java.security.spec.EdECPrivateKeySpec(
                        java.security.spec.NamedParameterSpec.ED25519, pair.getDecodedD()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
