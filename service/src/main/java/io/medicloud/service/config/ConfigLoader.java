// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the settings of the service. What comes later wins: defaults, settings.json (working directory), medicloud.yaml (named, or in the
 * working directory), the environment, {@code --set}.
 */
public final class ConfigLoader {
    /** Names in the environment that begin as ours and are none: the launcher's and the tests'. */
    private static final Pattern NOT_OURS = Pattern.compile("MEDICLOUD_(JAVA_OPTS|SAMPLES)");

    /** What Kubernetes sets for services whose names begin so; of names that ours could be mistyped as, the value tells. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile("MEDICLOUD_(\\w+_)?(SERVICE_HOST|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern LINK = Pattern.compile("MEDICLOUD_(\\w+_)?PORT");
    private static final Pattern LINK_VALUE = Pattern.compile("(tcp|udp|sctp)://.+");
    private static final Pattern SERVICE_PORT = Pattern.compile("(?<service>MEDICLOUD_(\\w+_)?SERVICE)_PORT(_\\w+)?");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,5}");

    private final Path directory;
    private final Map<String, String> environment;

    /**
     * @param directory the working directory
     * @param environment the process's, or a test's
     */
    public ConfigLoader(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = Map.copyOf(environment);
    }

    /**
     * Reads and checks everything.
     *
     * @param file the file that was named on the command line; null for the one in the working directory, if there is one
     * @param assignments {@code key=value}
     * @throws ConfigException with every fault that was found
     */
    public LoadedConfig load(@Nullable Path file, List<String> assignments) throws ConfigException {
        Map<String, Setting<?>> schema = Schema.byPath();
        List<String> faults = new ArrayList<>();
        Map<String, Layer.Value> merged = new LinkedHashMap<>();
        Set<Path> secret = new LinkedHashSet<>();
        for (LayerSource source : List.<LayerSource>of(
                this::settingsJson, () -> yaml(file), () -> environment(schema), () -> commandLine(assignments))) {
            try {
                Layer layer = source.read();
                Map<String, Layer.Value> values = layer.values();
                SecretFiles.replace(merged, values);
                Path holder = layer.file();
                if (holder != null && SecretFiles.areIn(values)) {
                    secret.add(holder);
                }
                for (Map.Entry<String, Layer.Value> entry : values.entrySet()) {
                    if (schema.containsKey(entry.getKey()) || SecretFiles.isNamed(entry.getKey())) {
                        merged.put(entry.getKey(), entry.getValue());
                    } else {
                        faults.add(unknown(entry.getValue(), schema.keySet()));
                    }
                }
            } catch (ConfigException e) {
                faults.addAll(e.faults());
            }
        }
        secret.addAll(SecretFiles.read(merged, directory, faults));
        AccessFile.Text access = access(merged.get(SecuritySchema.ACCESS_FILE.path()));
        ServiceConfig service = Resolver.resolve(merged, faults, directory, access);
        return new LoadedConfig(
                service,
                schema.values().stream()
                        .map(setting -> entry(setting, merged.get(setting.path()), access))
                        .toList(),
                Cautions.of(service, secret));
    }

    private AccessFile.@Nullable Text access(Layer.@Nullable Value named) {
        String file = named == null ? "" : named.text().strip();
        return file.isEmpty()
                ? null
                : AccessFile.Text.of(directory.resolve(file).normalize());
    }

    private static LoadedConfig.Entry entry(
            Setting<?> setting, Layer.@Nullable Value value, AccessFile.@Nullable Text access) {
        String text = value == null ? setting.fallback() : value.text().strip();
        // Another content is another value, though the file has the same name.
        Secret whole = Secret.of(
                access != null && setting.equals(SecuritySchema.ACCESS_FILE) ? text + "\n" + access.text() : text);
        return new LoadedConfig.Entry(
                setting.path(),
                whole,
                setting.secret() ? whole.toString() : text,
                value == null ? "default" : value.from(),
                setting.isLive());
    }

    private Layer settingsJson() throws ConfigException {
        Path file = directory.resolve("settings.json");
        return Files.exists(file) ? FileLayers.settingsJson(file) : Layer.EMPTY;
    }

    private Layer yaml(@Nullable Path named) throws ConfigException {
        if (named != null) {
            Path file = directory.resolve(named);
            if (!Files.isRegularFile(file)) {
                throw new ConfigException(named + ": no such file; --config names the configuration file");
            }
            return FileLayers.yaml(file);
        }
        Path file = directory.resolve("medicloud.yaml");
        return Files.exists(file) ? FileLayers.yaml(file) : Layer.EMPTY;
    }

    private Layer environment(Map<String, Setting<?>> schema) {
        Map<String, Layer.Value> values = new LinkedHashMap<>();
        Map<String, String> paths = new LinkedHashMap<>();
        for (Setting<?> setting : schema.values()) {
            paths.put(setting.environment(), setting.path());
            if (setting.secret()) {
                paths.put(Setting.environment(setting.filePath()), setting.filePath());
            }
            String old = setting.oldEnvironment();
            // An empty variable is one that was not set, as container files write it.
            if (old != null && !environment.getOrDefault(old, "").isBlank()) {
                values.put(setting.path(), fromEnvironment(old));
            }
        }
        environment.forEach((name, text) -> {
            String path = paths.get(name);
            if (path != null && !text.isBlank()) {
                values.put(path, fromEnvironment(name));
            } else if (path == null && name.startsWith("MEDICLOUD_") && !isOfOthers(name, text)) {
                values.put(name, fromEnvironment(name));
            }
        });
        return new Layer(values, null);
    }

    private boolean isOfOthers(String name, String text) {
        if (NOT_OURS.matcher(name).matches() || OF_KUBERNETES.matcher(name).matches()) {
            return true;
        }
        Matcher port = SERVICE_PORT.matcher(name);
        return port.matches()
                ? NUMBER.matcher(text).matches() && environment.containsKey(port.group("service") + "_HOST")
                : LINK.matcher(name).matches() && LINK_VALUE.matcher(text).matches();
    }

    private Layer.Value fromEnvironment(String name) {
        return new Layer.Value(environment.getOrDefault(name, ""), "environment " + name, name);
    }

    private static Layer commandLine(List<String> assignments) throws ConfigException {
        Map<String, Layer.Value> values = new LinkedHashMap<>();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new ConfigException("--set '" + assignment + "': expected key=value");
            }
            String path = assignment.substring(0, equals).strip();
            values.put(path, new Layer.Value(assignment.substring(equals + 1), "--set", path));
        }
        return new Layer(values, null);
    }

    private static String unknown(Layer.Value value, Set<String> paths) {
        boolean inEnvironment = value.from().startsWith("environment");
        List<String> names = new ArrayList<>();
        if (value.from().equals("settings.json")) {
            names.addAll(Schema.OLD_FILE.keySet());
        } else if (inEnvironment) {
            Schema.byPath().values().forEach(setting -> names.add(setting.environment()));
        } else {
            names.addAll(paths);
            if (value.key().indexOf('.') < 0) {
                paths.forEach(path -> names.add(path.replaceFirst("\\..*", "")));
            }
        }
        String near = Similar.nearest(value.key(), names);
        return value.key() + ": unknown" + (inEnvironment ? " in the environment" : " (" + value.from() + ")")
                + (near == null ? "" : "; did you mean " + near + "?");
    }

    private interface LayerSource {
        Layer read() throws ConfigException;
    }
}
