// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What a release consists of fits together: one version, a BOM that names every library, and public types that are compared. */
final class ReleaseFilesTest {
    private static final List<String> LIBRARIES = List.of("mpegts", "srt-transport", "pipeline-core");
    private static final List<String> OTHERS = List.of("testdata", "service");
    private static final Path BOM = DeployFiles.ROOT.resolve("tools/bom/pom.xml");
    private static final Pattern EXPORTS = Pattern.compile("(?m)^    exports ([\\w.]+);");

    private final XPath xpath = XPathFactory.newInstance().newXPath();
    private final Document parent = read(DeployFiles.ROOT.resolve("pom.xml"));
    private final String version = text(parent, "/project/version");

    ReleaseFilesTest() throws Exception {}

    @Test
    void everyPomAndEveryPageNamesTheOneVersion() throws Exception {
        assertThat(text(read(BOM), "/project/version")).isEqualTo(version);
        for (String module : modules()) {
            assertThat(text(pom(module), "/project/parent/version")).as(module).isEqualTo(version);
        }
        List<Path> pages = new ArrayList<>(DeployFiles.files(DeployFiles.ROOT.resolve("docs"), ".md"));
        pages.add(DeployFiles.ROOT.resolve("README.md"));
        Pattern ours = Pattern.compile("<artifactId>(?:" + String.join("|", LIBRARIES)
                + "|medicloud-[\\w-]+)</artifactId>\\s*<version>([^<]*)</version>");
        for (Path page : pages) {
            assertThat(ours.matcher(Files.readString(page)).results().map(found -> found.group(1)))
                    .as(page.toString())
                    .allMatch(version::equals);
        }
    }

    @Test
    void theBomNamesEveryLibraryAndHasNoParentWhoseVersionsWouldComeWithIt() throws Exception {
        Document bom = read(BOM);

        assertThat(texts(bom, "//dependencyManagement/dependencies/dependency/artifactId").stream()
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(LIBRARIES);
        assertThat(texts(bom, "//dependencyManagement/dependencies/dependency/version"))
                .containsOnly("${project.version}");
        assertThat(texts(bom, "/project/parent")).isEmpty();
        assertThat(texts(parent, "//profile[id='release']/modules/module")).containsExactly("tools/bom");
    }

    @Test
    void librariesAreDeployedAndComparedAndNothingElse() throws Exception {
        assertThat(modules())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(LIBRARIES, OTHERS).flatMap(List::stream).toList());
        for (String library : LIBRARIES) {
            assertThat(text(pom(library), "/project/properties/api.skip"))
                    .as(library)
                    .isEqualTo("false");
            assertThat(texts(pom(library), "/project/properties/maven.deploy.skip"))
                    .as(library)
                    .isEmpty();
        }
        for (String other : OTHERS) {
            assertThat(text(pom(other), "/project/properties/maven.deploy.skip"))
                    .as(other)
                    .isEqualTo("true");
        }
    }

    /** What is not exported is nobody's business, and not compared. */
    @Test
    void thePublicTypesThatAreComparedAreThoseOfExportedPackages() throws Exception {
        for (String library : LIBRARIES) {
            Path sources = DeployFiles.ROOT.resolve(library).resolve("src/main/java");
            Set<String> internal = new TreeSet<>();
            for (Path file : DeployFiles.files(sources, ".java")) {
                if (!file.getFileName().toString().matches("(package|module)-info\\.java")) {
                    internal.add(sources.relativize(file.getParent()).toString().replace('/', '.'));
                }
            }
            EXPORTS.matcher(Files.readString(sources.resolve("module-info.java")))
                    .results()
                    .forEach(found -> assertThat(internal.remove(found.group(1)))
                            .as(found.group(1))
                            .isTrue());

            assertThat(texts(pom(library), "//profile[id='api']//exclude"))
                    .as(library)
                    .containsExactlyInAnyOrderElementsOf(internal);
        }
    }

    private List<String> modules() throws Exception {
        return texts(parent, "/project/modules/module");
    }

    private Document pom(String module) throws Exception {
        return read(DeployFiles.ROOT.resolve(module).resolve("pom.xml"));
    }

    private static Document read(Path pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    }

    private String text(Document pom, String path) throws Exception {
        return xpath.evaluate(path, pom).strip();
    }

    private List<String> texts(Document pom, String path) throws Exception {
        NodeList nodes = (NodeList) xpath.evaluate(path, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }
}
