// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import io.medicloud.srt.SrtVerdict;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NativeLibraryTest {

    @Test
    void anOldLibsrtIsNamedWithItsRisk() {
        assertThat(NativeLibrary.risk(0x010501))
                .contains("libsrt 1.5.1", "1.5.6", "CVE-")
                .hasLineCount(1);
        assertThat(NativeLibrary.risk(0x010505)).contains("libsrt 1.5.5");
        assertThat(NativeLibrary.risk(0x010506)).isNull();
        assertThat(NativeLibrary.risk(0x010600)).isNull();
    }

    @Test
    void withoutTheNativePartTheStackSaysWhatToInstall() throws Exception {
        Child child = run(entry -> !entry.endsWith("native") && !entry.contains("srt-transport-"));
        assertThat(child.output)
                .contains("no SRT stack can be used here", "libsrt-openssl-dev g++")
                .hasLineCount(1);
        assertThat(child.status).isEqualTo(1);
    }

    @Test
    void withoutJavaCppTheStackSaysSo() throws Exception {
        Child child = run(entry -> !entry.contains("javacpp"));
        assertThat(child.output)
                .contains("libsrt: JavaCPP is not on the class path")
                .hasLineCount(1);
        assertThat(child.status).isEqualTo(1);
    }

    @Test
    void aProcessThatEndsWithoutClosingItsStackEndsAllTheSame() throws Exception {
        Assumptions.assumeTrue(NativeLibrary.unavailability() == null, "libsrt is not here");
        Child child = run(entry -> true);
        assertThat(child.output).contains("listening");
        assertThat(child.status).isEqualTo(3);
    }

    private record Child(int status, String output) {}

    private static Child run(java.util.function.Predicate<String> wanted) throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(wanted)
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        Program.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            return new Child(process.exitValue(), output.strip());
        } finally {
            process.destroyForcibly();
        }
    }

    /** What the child runs: listens, if a stack can be used, and exits in the middle of it. */
    static final class Program {
        public static void main(String[] arguments) throws Exception {
            try {
                SrtStacks.select("libsrt")
                        .stack()
                        .listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                SrtOptions.STANDARD,
                                request -> SrtVerdict.reject(new io.medicloud.srt.RejectReason(1000)));
                System.out.println("listening");
                System.exit(3);
            } catch (SrtUnavailableException e) {
                System.out.println(e.getMessage());
                System.exit(1);
            }
        }

        private Program() {}
    }
}
