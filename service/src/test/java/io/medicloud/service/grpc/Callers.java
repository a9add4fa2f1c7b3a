// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.common.TlsKeyPair;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.Role;
import io.medicloud.service.security.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Everybody there is to call a service: by token, by client certificate, by JWT, with all streams or some; and those that prove nothing. */
final class Callers implements AutoCloseable {
    private static final TlsKeyPair SERVER = TlsKeyPair.ofSelfSigned("localhost");
    private static final List<String> SOME = List.of("studio-*", "foyer");
    private static final List<String> ALL = List.of("*");

    /**
     * Somebody who calls.
     *
     * @param about by what
     * @param token empty for none
     * @param connections how they are made, with a certificate or without
     * @param who null if that proves nothing
     */
    record Caller(
            String about,
            String token,
            ClientFactory connections,
            @Nullable Identity who) {
        @Override
        public String toString() {
            return about + " of " + (who == null ? "nobody" : who);
        }
    }

    private final List<Caller> callers = new ArrayList<>();
    private final List<ClientFactory> factories = new ArrayList<>();
    private final Instant soon = Instant.now().plusSeconds(600);
    private final TestIssuer issuer = new TestIssuer();
    private final ECKey old = TestIssuer.curve("old");
    private final ClientFactory plain = connections(null);

    /** Writes the files that tell the service of them. */
    Callers(Path directory) throws Exception {
        issuer.publish(old);
        StringBuilder tokens = new StringBuilder("tokens:\n");
        StringBuilder certificates = new StringBuilder("certificates:\n");
        StringBuilder authorities = new StringBuilder();
        for (Identity who : List.of(
                new Identity("viewer", Role.VIEWER, ALL),
                new Identity("operator", Role.OPERATOR, ALL),
                new Identity("admin", Role.ADMIN, ALL),
                new Identity("some-viewer", Role.VIEWER, SOME),
                new Identity("some-operator", Role.OPERATOR, SOME),
                new Identity("some-admin", Role.ADMIN, SOME))) {
            tokens.append(entry(who, "sha256: " + sha256("token-of-" + who.name())));
            callers.add(new Caller("a token", "token-of-" + who.name(), plain, who));
            Identity rack = new Identity("rack-" + who.name(), who.role(), who.streams());
            TlsKeyPair pair = TlsKeyPair.ofSelfSigned(rack.name());
            authorities.append(pem("CERTIFICATE", pair.certificateChain().get(0).getEncoded()));
            certificates.append(entry(rack, "commonName: " + rack.name()));
            ClientFactory connections = connections(pair);
            callers.add(new Caller("a certificate", "", connections, rack));
            // What is said goes before what is shown.
            callers.add(new Caller("a certificate, and a token that is none", "wrong", connections, null));
        }
        TlsKeyPair unnamed = TlsKeyPair.ofSelfSigned("rack-unnamed");
        authorities.append(pem("CERTIFICATE", unnamed.certificateChain().get(0).getEncoded()));
        callers.add(new Caller("a certificate that is not in the file", "", connections(unnamed), null));
        callers.add(new Caller("nothing", "", plain, null));
        callers.add(new Caller("a token that is none", "wrong", plain, null));
        Files.writeString(directory.resolve("access.yaml"), tokens + certificates.toString());
        Files.writeString(directory.resolve("clients.pem"), authorities);
        Files.writeString(
                directory.resolve("server.pem"),
                pem("CERTIFICATE", SERVER.certificateChain().get(0).getEncoded()));
        Files.writeString(
                directory.resolve("server.key"),
                pem("PRIVATE KEY", SERVER.privateKey().getEncoded()));
    }

    /** What a service has to be told besides. */
    String[] settings() {
        return new String[] {
            "tls.certificate=server.pem",
            "tls.key=server.key",
            "tls.clientCa=clients.pem",
            "security.accessFile=access.yaml",
            "jwt.keys=" + issuer.address(),
            "jwt.issuer=" + TestIssuer.NAME,
            "jwt.audience=" + TestIssuer.AUDIENCE
        };
    }

    /** Whose key is good now, and will be withdrawn. */
    Caller ofOldKey() throws Exception {
        return new Caller(
                "a JWT of a key that was withdrawn",
                TestIssuer.token(old, TestIssuer.claims("admin", "admin", soon).build()),
                plain,
                null);
    }

    /** Another key is in its place; returns somebody who has it. */
    Caller rotate() throws Exception {
        callers.add(ofOldKey());
        ECKey now = TestIssuer.curve("now");
        issuer.publish(now);
        nobodys(now);
        for (Role role : Role.values()) {
            String name = role.name().toLowerCase(Locale.ROOT);
            jwt(now, TestIssuer.claims(name, name, soon), new Identity("jwt:" + name, role, ALL));
            jwt(
                    now,
                    TestIssuer.claims("some-" + name, name, soon).claim("streams", String.join(" ", SOME)),
                    new Identity("jwt:some-" + name, role, SOME));
        }
        return callers.get(callers.size() - 1);
    }

    List<Caller> all() {
        return callers;
    }

    private void jwt(ECKey key, JWTClaimsSet.Builder claims, Identity who) throws Exception {
        callers.add(new Caller("a JWT", TestIssuer.token(key, claims.build()), plain, who));
    }

    /** Replayed, or made by somebody else. */
    private void nobodys(ECKey key) throws Exception {
        JWTClaimsSet.Builder admin = TestIssuer.claims("admin", "admin", soon);
        Instant past = Instant.now().minusSeconds(3600);
        forged(
                "past its end",
                TestIssuer.token(key, TestIssuer.claims("admin", "admin", past).build()));
        forged(
                "not good yet",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("admin", "admin", soon)
                                .notBeforeTime(Date.from(soon))
                                .build()));
        forged(
                "without an end",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("admin", "admin", soon)
                                .expirationTime(null)
                                .build()));
        forged(
                "for another audience",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("admin", "admin", soon)
                                .audience("another")
                                .build()));
        forged(
                "of another issuer",
                TestIssuer.token(
                        key,
                        TestIssuer.claims("admin", "admin", soon)
                                .issuer("https://other.example")
                                .build()));
        forged("of another's key by that name", TestIssuer.token(TestIssuer.curve("now"), admin.build()));
        forged("that nobody signed", new PlainJWT(admin.build()).serialize());
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"nOnE\",\"kid\":\"now\"}".getBytes(StandardCharsets.UTF_8));
        String good = TestIssuer.token(key, admin.build());
        forged("whose head is another", none + good.substring(good.indexOf('.')));
        forged("without its signature", good.substring(0, good.lastIndexOf('.') + 1));
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("now").build(), admin.build());
        confused.sign(new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
        forged("signed by HMAC with the public key", confused.serialize());
        SignedJWT encoded = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("now").build(), admin.build());
        encoded.sign(new MACSigner(key.toECPublicKey().getEncoded()));
        forged("signed by HMAC with the public key as X.509 has it", encoded.serialize());
    }

    private void forged(String how, String token) {
        callers.add(new Caller("a JWT " + how, token, plain, null));
    }

    @Override
    public void close() {
        factories.forEach(ClientFactory::close);
        issuer.close();
    }

    private ClientFactory connections(@Nullable TlsKeyPair own) {
        ClientFactoryBuilder factory = ClientFactory.builder()
                .tlsCustomizer(tls -> tls.trustManager(SERVER.certificateChain().get(0)));
        if (own != null) {
            factory.tls(own);
        }
        ClientFactory made = factory.build();
        factories.add(made);
        return made;
    }

    private static String entry(Identity who, String proof) {
        return String.format(
                "  - {name: %s, role: %s, %s, streams: ['%s']}%n",
                who.name(), who.role().name().toLowerCase(Locale.ROOT), proof, String.join("', '", who.streams()));
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + what + "-----\n";
    }

    private static String sha256(String token) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    }
}
