// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.service.grpc.ServiceUnderTest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code health} says of a service that runs, of one that is not ready, and of none. */
final class HealthCommandTest {
    private static final String JAVA = "srt.stack=java";

    @TempDir
    private Path directory;

    @Test
    void aServiceThatIsReadyIsHealthyAndOneThatIsGoneIsNot() throws Exception {
        String port;
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 2, JAVA)) {
            port = "http.port=" + service.service().httpPort();
            await().until(() -> health(port).status == 0);

            assertThat(health(port).text).isEqualTo("ready\n");
            assertThat(health(port, "http.host=0.0.0.0", "security.insecure=true").text)
                    .isEqualTo("ready\n");
        }

        // What it has to say is said to the end, that it drains.
        await().until(() -> health(port).text.contains("is the service running?"));
        Outcome gone = health(port);
        assertThat(gone.status).isEqualTo(1);
        assertThat(gone.text).contains("127.0.0.1:" + port.substring("http.port=".length()) + "/readyz");
    }

    @Test
    void aServiceWhoseStoreIsAwayLivesAndIsNotReadyAndItIsToldWhy() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory,
                2,
                JAVA,
                "store.endpoint=http://127.0.0.1:9",
                "store.accessKey=none",
                "store.secretKey=none")) {
            String port = "http.port=" + service.service().httpPort();

            await().until(() -> health(port).text.contains("store"));
            Outcome ready = health(port);
            assertThat(ready.status).isEqualTo(1);
            assertThat(ready.text).contains("answers 503");
            assertThat(health(List.of("--live"), port).status).isZero();
        }
    }

    @Test
    void overTlsItTrustsTheServicesOwnCertificate() throws Exception {
        TlsKeyPair pair = TlsKeyPair.ofSelfSigned("stream.example");
        Path certificate = pem("CERTIFICATE", pair.certificateChain().get(0).getEncoded());
        Path key = pem("PRIVATE KEY", pair.privateKey().getEncoded());
        String[] tls = {JAVA, "tls.certificate=" + certificate, "tls.key=" + key};
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 2, tls)) {
            String port = "http.port=" + service.service().httpPort();

            await().until(() -> health(port, tls[1], tls[2]).status == 0);
        }
    }

    private Path pem(String what, byte[] bytes) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                directory.resolve(what.replace(' ', '-') + ".pem"),
                "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static Outcome health(String... settings) {
        return health(List.of(), settings);
    }

    private static Outcome health(List<String> options, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("health"));
        arguments.addAll(options);
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        StringWriter text = new StringWriter();
        PrintWriter printer = new PrintWriter(text);
        int status = CommandLineInterface.run(arguments.toArray(String[]::new), Interruption.none(), printer, printer);
        printer.flush();
        return new Outcome(status, text.toString());
    }

    private record Outcome(int status, String text) {}
}
