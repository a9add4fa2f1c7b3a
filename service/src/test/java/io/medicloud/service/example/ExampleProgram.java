// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;

/** A Java program of docs/examples: compiled as its user would, with every warning an error, and run as a process of its own. */
public final class ExampleProgram {
    public static final Path EXAMPLES = Path.of("..", "docs", "examples");

    private final String name;
    private final Path classes;

    private ExampleProgram(String name, Path classes) {
        this.name = name;
        this.classes = classes;
    }

    /**
     * Compiles one.
     *
     * @param file its place below docs/examples
     */
    public static ExampleProgram compile(String file, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d",
                    classes.toString(),
                    "-cp",
                    classPath(),
                    "-proc:none",
                    "-Xlint:all,-classfile,-path",
                    "-Werror");
            Boolean isCompiled = compiler.getTask(
                            said, files, null, options, null, files.getJavaFileObjects(EXAMPLES.resolve(file)))
                    .call();
            assertThat(isCompiled).as(said.toString()).isTrue();
        }
        String name = Path.of(file).getFileName().toString();
        return new ExampleProgram(name.substring(0, name.indexOf('.')), classes);
    }

    /** Begins to run it. */
    public PeerProgram start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classes + ":" + classPath(),
                name));
        command.addAll(List.of(arguments));
        return PeerProgram.start(new ProcessBuilder(command));
    }

    /** The first group of what it prints, once it does. */
    public static String said(PeerProgram program, String words) {
        Pattern pattern = Pattern.compile(words);
        Matcher[] found = new Matcher[1];
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            found[0] = pattern.matcher(program.out());
            assertThat(found[0].find()).as(program.out() + program.err()).isTrue();
        });
        return found[0].group(1);
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
