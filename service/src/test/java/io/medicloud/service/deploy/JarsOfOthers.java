// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import java.io.File;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What of others the service is built and tested with. */
final class JarsOfOthers {
    private static final String OURS = "io/medicloud/";
    /** Another one for each kind of processor. */
    private static final String NATIVE = "com/aayushatharva/brotli4j/native-";
    /** Of a jar that is there, below the folder that all are in. */
    private static final String KNOWN = "/org/assertj/assertj-core/";

    private JarsOfOthers() {}

    /** The jars of the class path, by their names below the folder that all are in: GROUP/ARTIFACT/VERSION/FILE. */
    static SortedMap<String, Path> find() {
        String[] path = System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1);
        String repository = Stream.of(path)
                .filter(entry -> entry.contains(KNOWN))
                .map(entry -> entry.substring(0, entry.indexOf(KNOWN) + 1))
                .findFirst()
                .orElseThrow();
        SortedMap<String, Path> found = new TreeMap<>();
        for (String entry : path) {
            if (entry.startsWith(repository) && entry.endsWith(".jar")) {
                String name = entry.substring(repository.length());
                if (!name.startsWith(OURS) && !name.startsWith(NATIVE)) {
                    found.put(name, Path.of(entry));
                }
            }
        }
        return found;
    }
}
