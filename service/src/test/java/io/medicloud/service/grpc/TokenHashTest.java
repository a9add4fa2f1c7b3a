// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Http1;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.MessageDigestSpi;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who sends tokens has the service hash each of them once. */
final class TokenHashTest {
    private static final AtomicInteger RIGHT = new AtomicInteger();
    private static final AtomicInteger WRONG = new AtomicInteger();
    private static final String WRONG_TOKEN = "one-that-nobody-has";

    @TempDir
    private Path directory;

    @Test
    void aTokenIsHashedOnceACall() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}\n");
        Provider counting = new Counting();
        Security.insertProviderAt(counting, 1);
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 1, "security.accessFile=access.yaml")) {
            for (int calls = 1; calls <= 3; calls++) {
                assertThat(call(service, "one")).isEqualTo(200);
                assertThat(call(service, WRONG_TOKEN)).isEqualTo(401);
                assertThat(List.of(RIGHT.get(), WRONG.get())).containsOnly(calls);
            }
        } finally {
            Security.removeProvider(counting.getName());
        }
    }

    private static int call(ServiceUnderTest service, String token) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().httpPort() + "/api/v1/streams");
        return Http1.client()
                .send(
                        HttpRequest.newBuilder(place)
                                .header("authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    /** The JDK's SHA-256, which counts what is hashed. */
    public static final class Counting extends Provider {
        private static final long serialVersionUID = 1;

        Counting() {
            super("Counting", "1", "counts what is hashed");
            put("MessageDigest.SHA-256", CountingSha256.class.getName());
        }
    }

    /** Whoever else hashes meanwhile gets what he always gets. */
    public static final class CountingSha256 extends MessageDigestSpi implements Cloneable {
        private MessageDigest whole;

        public CountingSha256() throws Exception {
            whole = MessageDigest.getInstance("SHA-256", "SUN");
        }

        @Override
        protected void engineUpdate(byte input) {
            whole.update(input);
        }

        @Override
        protected void engineUpdate(byte[] input, int offset, int length) {
            byte[] part = Arrays.copyOfRange(input, offset, offset + length);
            if (Arrays.equals(part, "one".getBytes(StandardCharsets.UTF_8))) {
                RIGHT.incrementAndGet();
            } else if (Arrays.equals(part, WRONG_TOKEN.getBytes(StandardCharsets.UTF_8))) {
                WRONG.incrementAndGet();
            }
            whole.update(input, offset, length);
        }

        @Override
        protected byte[] engineDigest() {
            return whole.digest();
        }

        @Override
        protected void engineReset() {
            whole.reset();
        }

        @Override
        protected int engineGetDigestLength() {
            return whole.getDigestLength();
        }

        @Override
        public Object clone() throws CloneNotSupportedException {
            CountingSha256 copy = (CountingSha256) super.clone();
            copy.whole = (MessageDigest) whole.clone();
            return copy;
        }
    }
}
