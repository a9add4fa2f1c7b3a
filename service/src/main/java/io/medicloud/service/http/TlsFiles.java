// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerListener;
import com.linecorp.armeria.server.ServerTlsConfig;
import io.medicloud.service.config.SecurityConfig;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encrypts a face with a certificate from files. Another certificate in the files is taken within two seconds, for connections made from then on; one that is faulty is told, and not taken. */
final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final byte[] PROBE = {1, 2, 3, 4};
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final SecurityConfig.Tls files;
    private TlsKeyPair last;
    private String told = "";

    private TlsFiles(SecurityConfig.Tls files) throws IOException {
        this.files = files;
        this.last = read();
    }

    /** @throws IOException if the files hold no certificate, key and authorities; the message says which */
    static void encrypt(ServerBuilder server, SecurityConfig.Tls files) throws IOException {
        TlsFiles own = new TlsFiles(files);
        Path ca = files.clientCa();
        ServerTlsConfig config = ServerTlsConfig.builder()
                .clientAuth(ca == null ? ClientAuth.NONE : ClientAuth.OPTIONAL)
                .tlsCustomizer(tls -> tls.protocols("TLSv1.3", "TLSv1.2"))
                .build();
        List<X509Certificate> trusted = ca == null ? List.of() : authorities(ca);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tls-files");
            thread.setDaemon(true);
            return thread;
        });
        server.tlsProvider(TlsProvider.ofScheduled(own::look, trusted, pair -> {}, LOOK, timer), config);
        server.serverListener(ServerListener.builder()
                .whenStopped(stopped -> timer.shutdownNow())
                .build());
    }

    private synchronized TlsKeyPair look() {
        try {
            TlsKeyPair now = read();
            if (!now.equals(last)) {
                LOG.info("tls.certificate: another one is in {}, and is taken from now on", files.certificate());
                last = now;
            }
            told = "";
        } catch (IOException e) {
            String fault = String.valueOf(e.getMessage());
            if (!fault.equals(told)) {
                told = fault;
                LOG.error("{}; the one before stays in force", fault);
            }
        }
        return last;
    }

    private TlsKeyPair read() throws IOException {
        try {
            TlsKeyPair pair =
                    TlsKeyPair.of(files.key().toFile(), files.certificate().toFile());
            if (!fits(pair)) {
                throw new IOException("tls.key: the key in " + files.key() + " is not that of the certificate in "
                        + files.certificate());
            }
            return pair;
        } catch (IllegalArgumentException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "tls.certificate: " + files.certificate() + " and " + files.key()
                            + " hold no certificate and its key in PEM ("
                            + cause.getClass().getSimpleName() + ")",
                    e);
        }
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

    private static List<X509Certificate> authorities(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IOException("tls.clientCa: " + file + " holds no certificates in PEM", e);
        }
    }
}
