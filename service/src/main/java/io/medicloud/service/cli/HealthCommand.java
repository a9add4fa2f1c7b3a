// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Address;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.SecurityConfig;
import io.medicloud.service.config.ServiceConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medicloud health}: for containers, which hold no other program that could ask. */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Asks the service on this machine whether it is ready (/readyz), and ends with 0 if it is.")
final class HealthCommand implements Callable<Integer> {
    private static final int LIMIT_MS = 4_000;
    private static final int MOST_BYTES = 64 * 1024;

    @Mixin
    private final Console console = new Console();

    @Option(names = "--config", paramLabel = "FILE", description = "The service's configuration, as for serve.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "As for serve.")
    private List<String> assignments = List.of();

    @Option(names = "--live", description = "Ask only whether it lives (/livez).")
    private boolean asksLive;

    @Override
    public Integer call() throws Exception {
        ServiceConfig service = new ConfigLoader(Path.of("").toAbsolutePath(), System.getenv())
                .load(config, assignments)
                .service();
        SecurityConfig.Tls tls = service.security().tls();
        URI uri = URI.create(
                (tls == null ? "http://" : "https://") + reachable(service.http()) + (asksLive ? "/livez" : "/readyz"));
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(LIMIT_MS);
        connection.setReadTimeout(LIMIT_MS);
        if (tls != null && connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(trusting(tls.certificate()).getSocketFactory());
            // It is that very certificate which is trusted, under whatever name.
            secure.setHostnameVerifier((host, session) -> true);
        }
        try {
            int status = connection.getResponseCode();
            String text = body(connection);
            if (status != HttpURLConnection.HTTP_OK) {
                throw new CommandException(uri + " answers " + status + ": " + text);
            }
            console.out().println(text);
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            throw new CommandException(uri + ": " + e.getMessage() + "; is the service running?", e);
        } finally {
            connection.disconnect();
        }
    }

    /** A service that listens on every address is asked on loopback. */
    private static Address reachable(Address listening) throws UnknownHostException {
        InetAddress host = InetAddress.getByName(listening.host());
        return host.isAnyLocalAddress()
                ? new Address(InetAddress.getLoopbackAddress().getHostAddress(), listening.port())
                : listening;
    }

    private static String body(HttpURLConnection connection) throws IOException {
        try (InputStream in =
                connection.getErrorStream() == null ? connection.getInputStream() : connection.getErrorStream()) {
            return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
        }
    }

    private static SSLContext trusting(Path certificates) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificates)) {
            int number = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry(Integer.toString(number++), certificate);
            }
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
