// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.TlsKeyPair;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.TestCa;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the control faces do not speak with: old versions of TLS, certificates that have ended, authorities that count no more. */
final class TlsRefusalsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int HANDSHAKE = 22;
    private static final int ALERT = 21;
    private static final int PROTOCOL_VERSION = 70;

    @TempDir
    private static Path keys;

    @TempDir
    private Path directory;

    private static TestCa ca;
    private static TestCa otherCa;
    private static TlsKeyPair server;
    private static TlsKeyPair rack;
    private static TlsKeyPair ended;
    private static TlsKeyPair others;

    @BeforeAll
    static void issue() throws Exception {
        ca = TestCa.in(keys, "authority");
        otherCa = TestCa.in(keys, "another");
        server = ca.issue("server", "localhost", TestCa.GOOD);
        rack = ca.issue("rack", "rack-1", TestCa.GOOD);
        ended = ca.issue("ended", "rack-1", TestCa.ENDED);
        others = otherCa.issue("rack", "rack-1", TestCa.GOOD);
    }

    @BeforeEach
    void write() throws Exception {
        Files.writeString(directory.resolve("server.key"), TestCa.pem(server.privateKey()));
        StringBuilder chain = new StringBuilder();
        for (X509Certificate each : server.certificateChain()) {
            chain.append(TestCa.pem(each));
        }
        Files.writeString(directory.resolve("server.pem"), chain);
        trust(ca);
        Files.writeString(
                directory.resolve("access.yaml"),
                "certificates:\n  - {name: rack, role: viewer, commonName: rack-1}\n");
    }

    private void trust(TestCa... authorities) throws Exception {
        StringBuilder all = new StringBuilder();
        for (TestCa each : authorities) {
            all.append(TestCa.pem(each.certificate()));
        }
        Files.writeString(directory.resolve("clients.pem"), all);
    }

    private ServiceUnderTest service() throws Exception {
        return new ServiceUnderTest(
                directory,
                2,
                "tls.certificate=server.pem",
                "tls.key=server.key",
                "tls.clientCa=clients.pem",
                "security.accessFile=access.yaml");
    }

    @ParameterizedTest
    @CsvSource({"0x0301, 21", "0x0302, 21", "0x0303, 22"})
    void versionsBefore12AreRefused(String version, int expected) throws Exception {
        try (ServiceUnderTest service = service()) {
            for (int port :
                    new int[] {service.service().grpcPort(), service.service().httpPort()}) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout((int) LIMIT.toMillis());
                    socket.getOutputStream().write(hello(Integer.decode(version)));
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    int type = in.readUnsignedByte();

                    assertThat(type).isEqualTo(expected);
                    in.readUnsignedShort();
                    byte[] content = new byte[in.readUnsignedShort()];
                    in.readFully(content);
                    if (type == ALERT) {
                        assertThat(content[1]).isEqualTo((byte) PROTOCOL_VERSION);
                    }
                }
            }
        }
    }

    @Test
    void aClientsCertificateThatHasEndedOrIsOfAnotherAuthorityIsRefused() throws Exception {
        try (ServiceUnderTest service = service()) {
            assertThat(isKnown(service, rack)).isTrue();
            assertRefused(service, ended);
            assertRefused(service, others);
            assertThatThrownBy(() -> isKnown(service, null))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            refused ->
                                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
        }
    }

    @Test
    void aCertificateThatIsNamedItselfAndHasEndedIsNobodys() throws Exception {
        Files.writeString(
                directory.resolve("clients.pem"),
                TestCa.pem(ended.certificateChain().get(0)) + TestCa.pem(ca.certificate()));
        try (ServiceUnderTest service = service()) {
            assertRefused(service, ended);
            assertThat(isKnown(service, rack)).isTrue();
        }
    }

    @Test
    void otherAuthoritiesAreTakenWhileItRunsAndFaultyOnesAreNot() throws Exception {
        try (ServiceUnderTest service = service()) {
            assertRefused(service, others);

            trust(ca, otherCa);
            await().atMost(LIMIT).ignoreExceptions().until(() -> isKnown(service, others));
            assertThat(isKnown(service, rack)).isTrue();

            for (String faulty : new String[] {"", "damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
                Files.writeString(directory.resolve("clients.pem"), faulty);
                await().during(Duration.ofSeconds(3))
                        .atMost(LIMIT)
                        .until(() -> isKnown(service, rack) && isKnown(service, others));
            }

            trust(otherCa);
            await().atMost(LIMIT).until(() -> isRefused(service, rack));
            assertThat(isKnown(service, others)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n"})
    void aFileWithoutAuthoritiesTrustsNobodyAndStopsTheStart(String empty) throws Exception {
        Files.writeString(directory.resolve("clients.pem"), empty);

        assertThatThrownBy(this::service)
                .hasStackTraceContaining("tls.clientCa: ")
                .hasStackTraceContaining("holds no certificates in PEM");
    }

    private static boolean isRefused(ServiceUnderTest service, TlsKeyPair own) {
        try {
            return !isKnown(service, own);
        } catch (StatusRuntimeException e) {
            return true;
        }
    }

    private static void assertRefused(ServiceUnderTest service, TlsKeyPair own) {
        assertThatThrownBy(() -> isKnown(service, own))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refused -> assertThat(refused.getStatus().getCode())
                                .isIn(Status.Code.UNAVAILABLE, Status.Code.UNAUTHENTICATED));
    }

    /** Over a connection of its own. */
    private static boolean isKnown(ServiceUnderTest service, @Nullable TlsKeyPair own) {
        ClientFactoryBuilder builder =
                ClientFactory.builder().workerGroup(1).tlsCustomizer(tls -> tls.trustManager(authority()));
        if (own != null) {
            builder.tls(own);
        }
        try (ClientFactory factory = builder.build()) {
            return GrpcClients.builder(
                            "gproto+https://localhost:" + service.service().grpcPort() + "/")
                    .factory(factory)
                    .build(LivestreamBlockingStub.class)
                    .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                    .getLiveIdsList()
                    .isEmpty();
        }
    }

    private static X509Certificate authority() {
        try {
            return ca.certificate();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What a client of that version at most says first, with what such clients have in common with newer ones. */
    private static byte[] hello(int version) throws IOException {
        ByteArrayOutputStream extensions = new ByteArrayOutputStream();
        DataOutputStream more = new DataOutputStream(extensions);
        for (int[] extension : new int[][] {
            {10, 0, 4, 0, 23, 0, 24}, // supported_groups
            {11, 1, 0}, // ec_point_formats
            {13, 0, 6, 4, 3, 4, 1, 2, 3}, // signature_algorithms
        }) {
            more.writeShort(extension[0]);
            more.writeShort(extension.length - 1);
            for (int i = 1; i < extension.length; i++) {
                more.writeByte(extension[i]);
            }
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream hello = new DataOutputStream(body);
        hello.writeShort(version);
        hello.write(new SecureRandom().generateSeed(32));
        hello.writeByte(0); // no session
        int[] suites = {0xC02B, 0xC02F, 0xC009, 0xC00A, 0xC013, 0xC014, 0x009C, 0x002F, 0x0035};
        hello.writeShort(suites.length * 2);
        for (int suite : suites) {
            hello.writeShort(suite);
        }
        hello.writeShort(0x0100); // no compression
        hello.writeShort(extensions.size());
        hello.write(extensions.toByteArray());
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(record);
        out.writeByte(HANDSHAKE);
        out.writeShort(0x0301);
        out.writeShort(body.size() + 4);
        out.writeInt(1 << 24 | body.size()); // ClientHello
        out.write(body.toByteArray());
        return record.toByteArray();
    }
}
