// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerListener;
import com.linecorp.armeria.server.ServerTlsConfig;
import io.medicloud.service.config.SecurityConfig;
import io.netty.handler.ssl.ClientAuth;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts a face with a certificate from files, and knows from another whose clients' certificates count. Others in the files are taken within two seconds, for
 * connections made from then on; what is faulty is told, and not taken.
 */
final class TlsFiles implements TlsProvider {
    private static final byte[] PROBE = {1, 2, 3, 4};
    /** Two looks have to agree. */
    private static final long LOOK_MS = 900;

    private final WatchedFiles<TlsKeyPair> pair;
    private final @Nullable WatchedFiles<List<X509Certificate>> authorities;

    private TlsFiles(SecurityConfig.Tls files) throws IOException {
        Path certificate = files.certificate();
        Path key = files.key();
        pair = new WatchedFiles<>("tls.certificate", List.of(certificate, key), found -> pair(certificate, key, found));
        Path ca = files.clientCa();
        authorities = ca == null
                ? null
                : new WatchedFiles<>("tls.clientCa", List.of(ca), found -> authorities(ca, found.get(0)));
    }

    /** @throws IOException if the files hold no certificate, key and authorities; the message says which */
    @SuppressWarnings("FutureReturnValueIgnored") // a look throws nothing
    static void encrypt(ServerBuilder server, SecurityConfig.Tls files) throws IOException {
        TlsFiles own = new TlsFiles(files);
        ServerTlsConfig config = ServerTlsConfig.builder()
                .clientAuth(own.authorities == null ? ClientAuth.NONE : ClientAuth.OPTIONAL)
                .tlsCustomizer(tls -> tls.protocols("TLSv1.3", "TLSv1.2"))
                .build();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tls-files");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(own::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
        server.tlsProvider(own, config);
        server.serverListener(ServerListener.builder()
                .whenStopped(stopped -> timer.shutdownNow())
                .build());
    }

    private void look() {
        pair.look();
        if (authorities != null) {
            authorities.look();
        }
    }

    @Override
    public TlsKeyPair keyPair(String hostname) {
        return pair.value();
    }

    @Override
    public List<X509Certificate> trustedCertificates(String hostname) {
        return authorities == null ? List.of() : authorities.value();
    }

    private static TlsKeyPair pair(Path certificate, Path key, List<byte[]> found) throws IOException {
        TlsKeyPair pair;
        try {
            pair = TlsKeyPair.of(new ByteArrayInputStream(found.get(1)), new ByteArrayInputStream(found.get(0)));
        } catch (IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "tls.certificate: " + certificate + " and " + key + " hold no certificate and its key in PEM ("
                            + cause.getClass().getSimpleName() + ")",
                    e);
        }
        if (!fits(pair)) {
            throw new IOException("tls.key: the key in " + key + " is not that of the certificate in " + certificate);
        }
        return pair;
    }

    /** While both files are being replaced they may be of two pairs. */
    private static boolean fits(TlsKeyPair pair) {
        PublicKey open = pair.certificateChain().get(0).getPublicKey();
        String algorithm = switch (open.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> open.getAlgorithm();
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.privateKey());
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Never none: without any, those of the system would count. */
    private static List<X509Certificate> authorities(Path file, byte[] found) throws IOException {
        List<X509Certificate> all;
        try {
            all = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(found)).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IOException("tls.clientCa: " + file + " holds no certificates in PEM", e);
        }
        if (all.isEmpty()) {
            throw new IOException("tls.clientCa: " + file + " holds no certificates in PEM");
        }
        return all;
    }
}
