// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.testdata.PeerProgram;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.File;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the README says of using this library alone is compiled as it stands there, with what the library needs and nothing else, and run. */
final class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");
    private static final int MOST_LINES = 16;
    private static final int PAYLOADS = 100;

    @TempDir
    private Path folder;

    @Test
    @Timeout(90)
    void theProgramOfTheReadmeReceivesAStream() throws Exception {
        String text = program();
        assertThat(text.lines().filter(line -> !line.startsWith("import") && !line.isBlank()))
                .hasSizeLessThanOrEqualTo(MOST_LINES);
        Path source = Files.writeString(folder.resolve("Receive.java"), text);
        compile(source);

        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String url = "srt://127.0.0.1:0?mode=listener&passphrase=correct-horse-battery&latency=2000";
        String classes = folder + File.pathSeparator + classPath();
        try (PeerProgram program = PeerProgram.start(java, "-Xmx64m", "-cp", classes, "Receive", url)) {
            String sent = send(port(program));
            PeerProgram.Result result = program.await(Duration.ofSeconds(30));

            assertThat(result.exitStatus()).as(result.err()).isZero();
            assertThat(result.out()).isEqualTo(sent);
            assertThat(result.err()).contains("ended: ");
        }
    }

    @Test
    void theReadmeNamesTheVersionOfNettyThatIsMeant() throws Exception {
        Matcher version =
                Pattern.compile("<netty\\.version>([^<]+)<").matcher(Files.readString(Path.of("..", "pom.xml")));
        assertThat(version.find()).isTrue();
        assertThat(Files.readString(README))
                .contains(
                        "<artifactId>netty-transport-native-epoll</artifactId>\n  <version>" + version.group(1) + "<");
    }

    private static String send(int port) throws Exception {
        StringBuilder sent = new StringBuilder();
        CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
        CompletableFuture<SrtCloseReason> ended = new CompletableFuture<>();
        SrtSink sink = new SrtSink() {
            @Override
            public void onConnected(SrtConnection connection) {
                connected.complete(connection);
            }

            @Override
            public void onPayload(ByteBuf payload, long nowUs) {}

            @Override
            public void onClosed(SrtCloseReason why) {
                connected.completeExceptionally(new IllegalStateException(why.message()));
                ended.complete(why);
            }
        };
        try (SrtStack stack = SrtStacks.select("java").stack()) {
            stack.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    SrtOptions.STANDARD.withPassphrase("correct-horse-battery").with(SrtOption.CONNTIMEO, 30_000),
                    sink);
            SrtConnection connection = connected.get();
            for (int i = 0; i < PAYLOADS; i++) {
                String payload = "payload " + i + ' ' + "x".repeat(500) + '\n';
                sent.append(payload);
                assertThat(connection.send(Unpooled.wrappedBuffer(payload.getBytes(StandardCharsets.ISO_8859_1))))
                        .isTrue();
            }
            connection.close();
            ended.get();
        }
        return sent.toString();
    }

    private static int port(PeerProgram program) {
        Pattern said = Pattern.compile("listening on \\S*:(\\d+)");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(program.err()).containsPattern(said));
        Matcher matcher = said.matcher(program.err());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** The Java of the section. */
    private static String program() throws Exception {
        Matcher matcher = Pattern.compile(
                        "^## Use `srt-transport` alone$.*?^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(README));
        assertThat(matcher.find()).as("a program in the README's section").isTrue();
        return matcher.group(1);
    }

    private void compile(Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d",
                    folder.toString(),
                    "-cp",
                    classPath(),
                    "-proc:none",
                    "-Xlint:all,-classfile,-path",
                    "-Werror");
            Boolean isCompiled = compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertThat(isCompiled).as(said.toString()).isTrue();
        }
    }

    /** The library's own classes and the jars that it requires, as Maven would resolve them. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(all.split(Pattern.quote(File.pathSeparator), -1))
                .filter(entry ->
                        entry.endsWith("srt-transport" + File.separator + "target" + File.separator + "classes")
                                || Path.of(entry).getFileName().toString().matches("(netty|slf4j-api)-.*\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
