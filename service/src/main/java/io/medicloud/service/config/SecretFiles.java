// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Secrets that stand in files of their own, as containers are given them: {@code store.secretKeyFile} names the file of {@code store.secretKey}. */
final class SecretFiles {
    private static final long MOST_BYTES = 64 << 10;

    private SecretFiles() {}

    /** Whether a key names such a file. */
    static boolean isNamed(String path) {
        return Schema.byPath().values().stream()
                .anyMatch(setting -> setting.secret() && setting.filePath().equals(path));
    }

    /** What a later source says of a secret, itself or by a file, takes the place of what an earlier one said either way. */
    static void replace(Map<String, Layer.Value> earlier, Map<String, Layer.Value> later) {
        for (Setting<?> setting : Schema.byPath().values()) {
            if (setting.secret() && (later.containsKey(setting.path()) || later.containsKey(setting.filePath()))) {
                earlier.remove(setting.path());
                earlier.remove(setting.filePath());
            }
        }
    }

    /** Is there a secret among them, itself and not by its file? */
    static boolean areIn(Map<String, Layer.Value> values) {
        return Schema.byPath().values().stream()
                .filter(Setting::secret)
                .map(setting -> values.get(setting.path()))
                .anyMatch(value -> value != null && !value.text().isBlank());
    }

    /** Puts what the files hold in the place of their names; answers those files. */
    static Set<Path> read(Map<String, Layer.Value> values, Path directory, List<String> faults) {
        Set<Path> files = new LinkedHashSet<>();
        for (Setting<?> setting : Schema.byPath().values()) {
            Layer.Value file = setting.secret() ? values.remove(setting.filePath()) : null;
            if (file != null) {
                read(setting, file, values, directory, faults, files);
            }
        }
        return files;
    }

    private static void read(
            Setting<?> setting,
            Layer.Value file,
            Map<String, Layer.Value> values,
            Path directory,
            List<String> faults,
            Set<Path> files) {
        Layer.Value beside = values.get(setting.path());
        if (beside != null) {
            faults.add(setting.filePath() + ": '" + file.text() + "' (" + file.from() + ") stands beside "
                    + setting.path() + " (" + beside.from() + "); set one of them");
            return;
        }
        try {
            Path path = directory.resolve(Values.path(file.text().strip()));
            if (Files.size(path) > MOST_BYTES) {
                throw new IOException("larger than 64 KiB");
            }
            String text = Files.readString(path).replaceFirst("\\R\\z", "");
            files.add(path);
            values.put(setting.path(), new Layer.Value(text, file.from() + ", file " + file.text(), file.key()));
        } catch (IllegalArgumentException | IOException e) {
            faults.add(setting.filePath() + ": '" + file.text() + "' (" + file.from() + ") cannot be read ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}
