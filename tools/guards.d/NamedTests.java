// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs {@code CLASS#METHOD+METHOD}, or all of {@code CLASS}, from a folder of test classes. Ends with 0 if all passed, with 1 if one failed, with 2 if there was none. */
public final class NamedTests {
    private NamedTests() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<DiscoverySelector> classes = new ArrayList<>();
        Map<String, Set<String>> methods = new TreeMap<>();
        for (String named : List.of(arguments).subList(1, arguments.length)) {
            String[] parts = named.split("#", 2);
            String name = nameOf(folder, parts[0]);
            classes.add(DiscoverySelectors.selectClass(name));
            Set<String> some = parts.length == 1 ? Set.of() : Set.of(parts[1].split("\\+", -1));
            methods.merge(name, some, NamedTests::both);
        }
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(classes)
                .filters((PostDiscoveryFilter) test -> FilterResult.includedIf(isNamed(test, methods)))
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                    failed.incrementAndGet();
                    System.out.println("FAILED " + test.getLegacyReportingName().replaceAll("\\s.*|\\(.*", ""));
                    result.getThrowable().ifPresent(System.out::println);
                } else if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                    passed.incrementAndGet();
                }
            }
        });
        // Threads of what failed in its middle may still run.
        System.exit(failed.get() > 0 ? 1 : passed.get() > 0 ? 0 : 2);
    }

    /** None means all. */
    private static Set<String> both(Set<String> some, Set<String> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return Set.of();
        }
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static String nameOf(Path folder, String simpleName) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Path file = files.filter(one -> one.endsWith(simpleName + ".class"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no test " + simpleName + " in " + folder));
            return folder.relativize(file).toString().replace(".class", "").replace('/', '.');
        }
    }

    /** A method that a class has from an interface stands under the class that was asked for. */
    private static boolean isNamed(TestDescriptor test, Map<String, Set<String>> methods) {
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return true;
        }
        String id = test.getUniqueId().toString();
        return methods.entrySet().stream()
                .filter(named -> id.contains(named.getKey()))
                .anyMatch(
                        named -> named.getValue().isEmpty() || named.getValue().contains(method.getMethodName()));
    }
}
