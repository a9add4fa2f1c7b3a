// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/** An authority of the JDK's keytool, and certificates that it has signed: for any name, also ones that have ended. */
public final class TestCa {
    /** Of a certificate that ended nine days ago. */
    public static final String ENDED = "-10d";
    /** Of one that is good today. */
    public static final String GOOD = "-1d";

    private static final String PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path store;

    private TestCa(Path store) {
        this.store = store;
    }

    /** An authority whose keys are in a file of that folder. */
    public static TestCa in(Path folder, String name) throws Exception {
        TestCa ca = new TestCa(folder.resolve(name + ".p12"));
        ca.keytool("-genkeypair", "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
        return ca;
    }

    /**
     * A certificate and its chain.
     *
     * @param since {@link #ENDED} or {@link #GOOD}
     */
    public TlsKeyPair issue(String alias, String commonName, String since) throws Exception {
        sign(alias, commonName, since);
        return pairOf(alias);
    }

    private TlsKeyPair pairOf(String alias) throws GeneralSecurityException, IOException {
        KeyStore keys = keys();
        List<X509Certificate> chain = Stream.of(keys.getCertificateChain(alias))
                .map(X509Certificate.class::cast)
                .toList();
        return TlsKeyPair.of(
                (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray()), chain.toArray(X509Certificate[]::new));
    }

    /** A certificate that nobody has signed but its own key. */
    public static TlsKeyPair selfSigned(Path folder, String commonName) throws Exception {
        TestCa own = new TestCa(folder.resolve("self-signed.p12"));
        own.keytool("-genkeypair", "-alias", "self", "-dname", "CN=" + commonName, "-ext", "san=dns:" + commonName);
        return own.pairOf("self");
    }

    private void sign(String alias, String commonName, String since) throws Exception {
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-signer",
                "ca",
                "-startdate",
                since,
                "-validity",
                since.equals(ENDED) ? "1" : "365",
                "-dname",
                "CN=" + commonName,
                "-ext",
                "san=dns:" + commonName);
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() throws Exception {
        return (X509Certificate) keys().getCertificate("ca");
    }

    /** Options for a JVM that is to trust the authority alone. */
    public String trustOptions() throws Exception {
        Path file = store.resolveSibling("trusted-" + store.getFileName());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate());
        try (var out = Files.newOutputStream(file)) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        // Without its password a JVM reads such a file as an empty one, and trusts nobody.
        return "-Djavax.net.ssl.trustStore=" + file + " -Djavax.net.ssl.trustStorePassword=" + PASSWORD;
    }

    /** A certificate as PEM. */
    public static String pem(X509Certificate certificate) throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    /** A key as PEM. */
    public static String pem(PrivateKey key) {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what
                + "-----\n";
    }

    private KeyStore keys() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD, "-keystore", store.toString()));
        PeerProgram.Result result = PeerProgram.run(PATIENCE, command.toArray(String[]::new));
        if (result.exitStatus() != 0) {
            throw new IOException("keytool: " + result.out() + result.err());
        }
    }
}
