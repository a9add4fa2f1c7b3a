// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.TlsKeyPair;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control faces over TLS: other certificates while calls are made, and clients' certificates. */
final class TlsTest {
    private static final TlsKeyPair FIRST = TlsKeyPair.ofSelfSigned("localhost");
    private static final TlsKeyPair SECOND = TlsKeyPair.ofSelfSigned("localhost");
    private static final TlsKeyPair RACK = TlsKeyPair.ofSelfSigned("rack-1");
    private static final TlsKeyPair STRANGER = TlsKeyPair.ofSelfSigned("rack-1");

    @TempDir
    private Path directory;

    @Test
    void anotherCertificateIsTakenWhileCallsAreMadeAndNoneFails() throws Exception {
        write(FIRST);
        AtomicBoolean isEnough = new AtomicBoolean();
        // The common pool may have one thread.
        ExecutorService callers = Executors.newFixedThreadPool(2);
        try (ServiceUnderTest service = service();
                ClientFactory one = trusting(FIRST, null)) {
            LivestreamBlockingStub client = stub(service, one);
            CompletableFuture<Integer> calling = CompletableFuture.supplyAsync(
                    () -> {
                        int calls = 0;
                        while (!isEnough.get()) {
                            var unused = client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
                            calls++;
                        }
                        return calls;
                    },
                    callers);
            CompletableFuture<Integer> callingAnew = CompletableFuture.supplyAsync(
                    () -> {
                        int calls = 0;
                        while (!isEnough.get()) {
                            assertAnsweredAnew(service);
                            calls++;
                        }
                        return calls;
                    },
                    callers);
            write(SECOND);
            await().atMost(Duration.ofSeconds(20)).until(() -> isAnswered(service, SECOND));
            Files.writeString(directory.resolve("server.pem"), "damaged");
            await().during(Duration.ofSeconds(3)).until(() -> isAnswered(service, SECOND));
            isEnough.set(true);
            assertThat(calling.get(10, TimeUnit.SECONDS)).isPositive();
            assertThat(callingAnew.get(10, TimeUnit.SECONDS)).isPositive();
            assertThat(isAnswered(service, FIRST)).isFalse();
        } finally {
            isEnough.set(true);
            callers.shutdown();
        }
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsNotTakenAndStopsTheStart() throws Exception {
        write(FIRST);
        try (ServiceUnderTest service = service()) {
            replace("server.key", pem(SECOND));
            await().during(Duration.ofSeconds(3)).until(() -> isAnswered(service, FIRST));
        }

        assertThatThrownBy(this::service).hasStackTraceContaining("tls.key: the key in ");
    }

    @Test
    void aClientIsKnownByItsCertificateAndAStrangersIsNot() throws Exception {
        write(FIRST);
        Files.writeString(
                directory.resolve("clients.pem"), pem(RACK.certificateChain().get(0)));
        Files.writeString(
                directory.resolve("access.yaml"),
                "certificates:\n  - {name: rack, role: viewer, commonName: rack-1}\n");
        try (ServiceUnderTest service = service("tls.clientCa=clients.pem", "security.accessFile=access.yaml");
                ClientFactory rack = trusting(FIRST, RACK);
                ClientFactory nobody = trusting(FIRST, null);
                ClientFactory stranger = trusting(FIRST, STRANGER)) {
            ListActiveStreamsRequest any = ListActiveStreamsRequest.getDefaultInstance();

            assertThat(stub(service, rack).listActiveStreams(any).getLiveIdsList())
                    .isEmpty();
            assertThatThrownBy(() -> stub(service, nobody).listActiveStreams(any))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused ->
                                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
            assertThatThrownBy(() -> stub(service, stranger).listActiveStreams(any))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }

    private ServiceUnderTest service(String... more) throws Exception {
        String[] all = new String[more.length + 2];
        all[0] = "tls.certificate=server.pem";
        all[1] = "tls.key=server.key";
        System.arraycopy(more, 0, all, 2, more.length);
        return new ServiceUnderTest(directory, 2, all);
    }

    /** Over connections of their own, to each face, whichever of the two certificates it shows. */
    private static void assertAnsweredAnew(ServiceUnderTest service) {
        try (ClientFactory fresh = ClientFactory.builder()
                .workerGroup(1)
                .tlsCustomizer(tls -> tls.trustManager(
                        FIRST.certificateChain().get(0),
                        SECOND.certificateChain().get(0)))
                .build()) {
            var unused = stub(service, fresh).listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
            assertThat(WebClient.builder(
                                    "https://localhost:" + service.service().httpPort())
                            .factory(fresh)
                            .build()
                            .get("/livez")
                            .aggregate()
                            .join()
                            .status())
                    .isEqualTo(HttpStatus.OK);
        }
    }

    private static boolean isAnswered(ServiceUnderTest service, TlsKeyPair trusted) {
        try (ClientFactory fresh = trusting(trusted, null)) {
            var unused = stub(service, fresh).listActiveStreams(ListActiveStreamsRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private static LivestreamBlockingStub stub(ServiceUnderTest service, ClientFactory factory) {
        return GrpcClients.builder(
                        "gproto+https://localhost:" + service.service().grpcPort() + "/")
                .factory(factory)
                .build(LivestreamBlockingStub.class);
    }

    private static ClientFactory trusting(TlsKeyPair server, @Nullable TlsKeyPair own) {
        ClientFactoryBuilder factory = ClientFactory.builder()
                .tlsCustomizer(tls -> tls.trustManager(server.certificateChain().get(0)));
        if (own != null) {
            factory.tls(own);
        }
        return factory.build();
    }

    /** Both files at once, as far as that goes: who looks in between sees a pair that does not fit, and keeps the one before. */
    private void write(TlsKeyPair pair) throws IOException {
        replace("server.key", pem(pair));
        replace("server.pem", pem(pair.certificateChain().get(0)));
    }

    private void replace(String name, String text) throws IOException {
        Path aside = Files.writeString(directory.resolve(name + ".new"), text);
        Files.move(aside, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String pem(TlsKeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----\n" + base64(pair.privateKey().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static String pem(X509Certificate certificate) throws IOException {
        try {
            return "-----BEGIN CERTIFICATE-----\n" + base64(certificate.getEncoded()) + "\n-----END CERTIFICATE-----\n";
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IOException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    }
}
