// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.service.transfer.FileSender.Rate;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import io.medicloud.srt.SrtUri;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file over SRT into a file, on every stack that can be used here. */
final class SrtTransferTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"libsrt", "java"})
    void whatIsSentIsReceivedToTheLastByte(String name) throws Exception {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(3));
        Path from = Files.write(directory.resolve("from.ts"), stream);
        Path to = directory.resolve("to.ts");
        try (SrtStack stack = stack(name);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                SrtReceiver receiver = new SrtReceiver(stack, uri("listener", 0, "&passphrase=0123456789"), out)) {
            try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                    SrtSender sender =
                            new SrtSender(stack, uri("caller", receiver.listeningPort(), "&passphrase=0123456789"))) {
                assertThat(sender.awaitConnected()).isTrue();
                FileSender files = new FileSender(sender, new Rate.Constant(8_000_000));
                assertThat(files.send(in)).isTrue();
                assertThat(files.sentBytes()).isEqualTo(stream.length);
                files.drain();
            }
            assertThat(receiver.ended().get(20, TimeUnit.SECONDS)).isNotNull();
            receiver.flush();
            assertThat(receiver.writtenBytes()).isEqualTo(stream.length);
        }
        assertThat(to).hasSameBinaryContentAs(from);
    }

    @ParameterizedTest
    @ValueSource(strings = {"libsrt", "java"})
    void aWrongPassphraseIsToldAndTheListenerGoesOnListening(String name) throws Exception {
        Path to = directory.resolve("to.ts");
        try (SrtStack stack = stack(name);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                SrtReceiver receiver = new SrtReceiver(stack, uri("listener", 0, "&passphrase=0123456789"), out)) {
            int port = receiver.listeningPort();
            try (SrtSender stranger = new SrtSender(stack, uri("caller", port, "&passphrase=9876543210"))) {
                assertThatThrownBy(stranger::awaitConnected).hasMessageContaining("BADSECRET");
            }
            try (SrtSender sender = new SrtSender(stack, uri("caller", port, "&passphrase=0123456789"))) {
                assertThat(sender.awaitConnected()).isTrue();
            }
            assertThat(receiver.ended().get(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    private static SrtUri uri(String mode, int port, String more) {
        return SrtUri.parse("srt://127.0.0.1:" + port + "?mode=" + mode + more);
    }

    private static SrtStack stack(String name) throws IOException {
        try {
            return SrtStacks.select(name).stack();
        } catch (SrtUnavailableException e) {
            assumeTrue(System.getenv("CI") != null, e.getMessage());
            throw e;
        }
    }
}
