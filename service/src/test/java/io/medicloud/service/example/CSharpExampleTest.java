// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The client in C#, as far as it goes without a compiler of it: the names that it uses are those that protoc makes of the proto. */
final class CSharpExampleTest {
    private static final Path FOLDER = ExampleProgram.EXAMPLES.resolve("csharp");
    private static final Path DESCRIPTORS =
            Path.of("target", "classes", "META-INF", "armeria", "grpc", "livestream.dsc");

    private final String program = Files.readString(FOLDER.resolve("Program.cs"));

    @TempDir
    private Path made;

    CSharpExampleTest() throws IOException {}

    @Test
    void itsMessagesAndTheirFieldsAreThoseOfTheProto() throws Exception {
        String generated = generated();

        assertThat(names("new (\\w+Request)"))
                .hasSize(5)
                .allSatisfy(name -> assertThat(generated).contains("public sealed partial class " + name + " :"));
        // Those in braces, and those of what comes back.
        Set<String> fields = names("[{,] (\\w+) = ");
        fields.addAll(names("\\b(?:health|started|happened|place|stopped)\\.(\\w+)"));
        assertThat(fields)
                .contains("LiveId", "LiveIds", "FromNow", "Port", "Url", "IsSuccess")
                .allSatisfy(name -> assertThat(generated).containsPattern("public [\\w.:<>]+ " + name + " \\{"));
        assertThat(names("Types\\.Type\\.(\\w+)"))
                .containsExactly("SegmentUploaded")
                .allSatisfy(name -> assertThat(generated).containsPattern("\"\\)\\] " + name + " = \\d+,"));
        assertThat(generated).contains("namespace Livestream {");
    }

    @Test
    void itCallsWhatThereIs() throws Exception {
        String proto = Files.readString(Path.of("src", "main", "proto", "livestream.proto"));

        assertThat(names("client\\.(\\w+?)(?:Async)?\\("))
                .hasSize(5)
                .allSatisfy(rpc -> assertThat(proto).containsPattern("rpc " + rpc + "\\(" + rpc + "Request\\)"));
        // Streams are not awaited as a whole.
        assertThat(names("client\\.(\\w+)\\(").stream().filter(name -> !name.endsWith("Async")))
                .containsExactly("WatchEvents")
                .allSatisfy(rpc -> assertThat(proto).containsPattern("rpc " + rpc + "\\(\\w+\\) returns \\(stream "));
    }

    @Test
    void itsProjectNamesTheProto() throws Exception {
        Element project = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(FOLDER.resolve("Medicloud.Example.csproj").toFile())
                .getDocumentElement();

        NodeList protos = project.getElementsByTagName("Protobuf");
        assertThat(protos.getLength()).isEqualTo(1);
        assertThat(FOLDER.resolve(((Element) protos.item(0)).getAttribute("Include")))
                .isRegularFile();
    }

    private String generated() throws Exception {
        Path protoc;
        try (Stream<Path> plugins = Files.list(Path.of("target", "protoc-plugins"))) {
            protoc = plugins.filter(file -> file.getFileName().toString().startsWith("protoc-")
                            && !file.getFileName().toString().contains("gen"))
                    .findFirst()
                    .orElseThrow();
        }
        PeerProgram.Result result = PeerProgram.run(
                Duration.ofSeconds(60),
                protoc.toAbsolutePath().toString(),
                "--descriptor_set_in=" + DESCRIPTORS,
                "--csharp_out=" + made,
                "livestream.proto");
        assertThat(result.exitStatus()).as(result.err()).isZero();
        return Files.readString(made.resolve("Livestream.cs"));
    }

    private Set<String> names(String words) {
        List<String> code = Arrays.stream(program.split("\n", -1))
                .filter(line -> !line.startsWith("//"))
                .toList();
        return Pattern.compile(words)
                .matcher(String.join("\n", code))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
