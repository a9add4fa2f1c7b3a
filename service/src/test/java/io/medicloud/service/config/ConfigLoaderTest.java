// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.medicloud.service.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfigLoaderTest {
    @TempDir
    private Path directory;

    @Test
    void withNothingSetTheDefaultsAreThoseOfTheServiceBefore() throws Exception {
        ServiceConfig config = load(Map.of());

        assertThat(config.grpc()).isEqualTo(new Address("127.0.0.1", 50051));
        assertThat(config.http()).isEqualTo(new Address("127.0.0.1", 8080));
        assertThat(config.srt().host()).isEqualTo("0.0.0.0");
        assertThat(config.srt().ports()).isEqualTo(new PortRange(4000, 5000));
        assertThat(config.segment().duration()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.store().isEmbedded()).isTrue();
        assertThat(config.store().bucket()).isEqualTo("videos");
        assertThat(config.cacheDir()).isEqualTo(directory.resolve("cache"));
    }

    @Test
    void aSettingsJsonOfAnExistingDeploymentIsRead() throws Exception {
        write("settings.json", "{\"srt_ports\": \"6000-6010\", \"cache_dir\": \"./spool\", \"segment_time\": 4}");

        ServiceConfig config = load(Map.of());

        assertThat(config.srt().ports()).isEqualTo(new PortRange(6000, 6010));
        assertThat(config.cacheDir()).isEqualTo(directory.resolve("spool"));
        assertThat(config.segment().duration()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    @Timeout(60)
    void whoMayCallIsReadOnceAndWhatWasReadIsWhatIsCompared() throws Exception {
        Path pipe = directory.resolve("access.yaml");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        LoadedConfig first = through(pipe, "viewer", loader);
        LoadedConfig second = through(pipe, "admin", loader);

        assertThat(second.service()
                        .security()
                        .access()
                        .tokens()
                        .get(0)
                        .identity()
                        .role())
                .isEqualTo(Role.ADMIN);
        assertThat(second.changesSince(first)).hasSize(1);
    }

    /** A pipe has what was written once, for one that reads it once. */
    private static LoadedConfig through(Path pipe, String role, ConfigLoader loader) throws Exception {
        CompletableFuture<LoadedConfig> loaded = CompletableFuture.supplyAsync(() -> {
            try {
                return loader.load(null, List.of("security.accessFile=access.yaml"));
            } catch (ConfigException e) {
                throw new IllegalStateException(e);
            }
        });
        Files.writeString(pipe, "tokens:\n  - {name: a, role: " + role + ", sha256: \"" + "0".repeat(64) + "\"}\n");
        return loaded.get(30, TimeUnit.SECONDS);
    }

    @Test
    void theLaterSourceWins() throws Exception {
        write("settings.json", "{\"segment_time\": 1, \"srt_ports\": \"6000-6001\"}");
        assertThat(load(Map.of()).segment().duration()).isEqualTo(Duration.ofSeconds(1));

        write("medicloud.yaml", "segment:\n  duration: 2s\ngrpc.port: 1001\n");
        assertThat(load(Map.of()).segment().duration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(load(Map.of()).srt().ports()).isEqualTo(new PortRange(6000, 6001));

        Map<String, String> environment = Map.of("MEDICLOUD_SEGMENT_DURATION", "3s", "GRPC_PORT", "1002");
        assertThat(load(environment).segment().duration()).isEqualTo(Duration.ofSeconds(3));
        assertThat(load(environment).grpc().port()).isEqualTo(1002);
        assertThat(load(Map.of("MEDICLOUD_GRPC_PORT", "1003", "GRPC_PORT", "1002"))
                        .grpc()
                        .port())
                .isEqualTo(1003);

        assertThat(load(environment, "segment.duration=4s").segment().duration())
                .isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aSecretOfALaterSourceWinsWhetherItStandsThereOrInAFile() throws Exception {
        write("old", "of the old file");
        write("new", "of the new file");
        write("medicloud.yaml", "store: {endpoint: \"http://store:9000\", accessKey: key, secretKeyFile: old}");
        assertThat(load(Map.of()).store().secretKey().reveal()).isEqualTo("of the old file");
        assertThat(load(Map.of("MINIO_SECRET_KEY", "itself"))
                        .store()
                        .secretKey()
                        .reveal())
                .isEqualTo("itself");

        write("medicloud.yaml", "store: {endpoint: \"http://store:9000\", accessKey: key, secretKey: itself}");
        assertThat(load(Map.of("MEDICLOUD_STORE_SECRET_KEY_FILE", "new"))
                        .store()
                        .secretKey()
                        .reveal())
                .isEqualTo("of the new file");
    }

    @Test
    void whatShouldNotStaySoIsTold() throws Exception {
        write("key", "of the file");
        write("medicloud.yaml", "store: {endpoint: \"http://192.0.2.1:9000\", accessKey: key, secretKeyFile: key}");
        chmod("medicloud.yaml", "rw-r--r--");
        chmod("key", "rw-r--r--");
        assertThat(warnings())
                .anySatisfy(line -> assertThat(line).contains("medicloud.yaml: holds secrets", "chmod o-r"))
                .anySatisfy(line -> assertThat(line).contains("/key: holds secrets"))
                .anySatisfy(
                        line -> assertThat(line).startsWith("store.endpoint: http://192.0.2.1:9000 is not encrypted"))
                .hasSize(3);

        write("medicloud.yaml", "store: {endpoint: \"http://127.0.0.1:9000\", accessKey: key, secretKeyFile: key}");
        chmod("medicloud.yaml", "rw-r-----");
        chmod("key", "r--------");
        assertThat(warnings()).isEmpty();

        write("medicloud.yaml", "segment.duration: 6s");
        chmod("medicloud.yaml", "rw-r--r--");
        assertThat(warnings()).isEmpty();
    }

    @Test
    void whoeverReachesNatsIsToldOf() throws Exception {
        String all = "store: {endpoint: \"https://192.0.2.1:9000\", accessKey: key, secretKey: itself}\n"
                + "security.recordKey: " + "A".repeat(43) + "=\n";
        write(
                "medicloud.yaml",
                all + "cluster.nats: \"nats://127.0.0.1:4222,nats://192.0.2.2:4222,tls://us:canary@192.0.2.3:4222\"");
        chmod("medicloud.yaml", "rw-r-----");
        assertThat(warnings())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("cluster.nats: 192.0.2.2 is not encrypted"),
                        line -> assertThat(line).startsWith("cluster.nats: 192.0.2.2 is told no user"));

        write("medicloud.yaml", all + "cluster.nats: \"nats://us:can|ary@192.0.2.3:4222\"");
        assertThatThrownBy(this::warnings).hasMessageContaining("cluster.nats").hasMessageNotContaining("can|ary");
    }

    private List<String> warnings() throws Exception {
        return new ConfigLoader(directory, Map.of()).load(null, List.of()).warnings();
    }

    private void chmod(String file, String rights) throws IOException {
        Files.setPosixFilePermissions(directory.resolve(file), PosixFilePermissions.fromString(rights));
    }

    @Test
    void theNamedFileStandsInForTheOneOfTheWorkingDirectory() throws Exception {
        write("medicloud.yaml", "grpc: {port: 1}");
        write("other.yaml", "grpc: {port: 2}");

        ServiceConfig config =
                loader(Map.of()).load(Path.of("other.yaml"), List.of()).service();

        assertThat(config.grpc().port()).isEqualTo(2);
    }

    @Test
    void theStoreOfAnExistingDeploymentIsTakenFromTheEnvironment() throws Exception {
        StoreConfig store = load(Map.of(
                        "MINIO_ENDPOINT", "minio:9000",
                        "MINIO_ACCESS_KEY", "alice",
                        "MINIO_SECRET_KEY", "canary-secret",
                        "MINIO_BUCKET", "archive"))
                .store();

        assertThat(store.endpoint()).isEqualTo("http://minio:9000");
        assertThat(store.accessKey().reveal()).isEqualTo("alice");
        assertThat(store.secretKey().reveal()).isEqualTo("canary-secret");
        assertThat(store.bucket()).isEqualTo("archive");
    }

    @Test
    void noSecretIsPrinted() throws Exception {
        ServiceConfig config = load(Map.of(
                "MINIO_ENDPOINT",
                "minio:9000",
                "MINIO_ACCESS_KEY",
                "canary-access",
                "MINIO_SECRET_KEY",
                "canary-secret"));

        assertThat(config.toString()).doesNotContain("canary").contains("minio");
        assertThatThrownBy(() -> load(Map.of("MINIO_SECRET_KEY", "canary".repeat(50))))
                .hasMessageContaining("store.secretKey")
                .hasMessageNotContaining("canary");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    grpc.port=0.5            | grpc.port: '0.5' (--set) is not a whole number from 0 to 65535
                    grpc.port=65536          | grpc.port: '65536' (--set) is not a whole number from 0 to 65535
                    grpc.port=-1             | grpc.port: '-1' (--set) is not a whole number from 0 to 65535
                    http.port=http           | http.port: 'http' (--set) is not a whole number from 0 to 65535
                    grpc.host=a b            | grpc.host: 'a b' (--set) is not a host name or address
                    grpc.host=0.0.0.0        | grpc.host: '0.0.0.0' can be reached from other machines
                    http.host=0.0.0.0        | http.host: '0.0.0.0' can be reached from other machines
                    grpc.host=no.such.invalid| grpc.host: 'no.such.invalid' is no host that is known here
                    srt.ports=5000-4000      | srt.ports: '5000-4000' (--set) is not a range of ports within 1-65535
                    srt.ports=4000           | OK
                    srt.ports=0-10           | srt.ports: '0-10' (--set) is not a range of ports
                    srt.ports=4000-70000     | srt.ports: '4000-70000' (--set) is not a range of ports
                    srt.stack=gstreamer      | srt.stack: 'gstreamer' (--set) is not one of auto, java, libsrt
                    srt.latency=9h           | srt.latency: '9h' (--set) is not a duration from 20ms to 60s
                    srt.latency=soon         | srt.latency: 'soon' (--set) is not a duration
                    segment.duration=0       | segment.duration: '0' (--set) is not a duration from 100ms to 1h
                    segment.duration=-6s     | segment.duration: '-6s' (--set) is not a duration
                    segment.duration=6 weeks | segment.duration: '6 weeks' (--set) is not a duration
                    segment.maxDuration=1s   | segment.maxDuration: '1s' is less than segment.duration, '10s'
                    segment.maxBytes=1       | segment.maxBytes: '1' (--set) is not a size from 256KiB to 4GiB
                    segment.maxBytes=lots    | segment.maxBytes: 'lots' (--set) is not a size
                    stream.limit=0           | stream.limit: '0' (--set) is not a whole number from 1 to 10000
                    stream.reconnectWindow=2d| stream.reconnectWindow: '2d' (--set) is not a duration from 0s to 24h
                    store.bucket=V           | store.bucket: 'V' (--set) is not a bucket name
                    store.bucket=../x        | store.bucket: '../x' (--set) is not a bucket name
                    store.endpoint=ftp://a   | store.endpoint: 'ftp://a' (--set) is not an address
                    store.endpoint=http://a/b| store.endpoint: 'http://a/b' (--set) is not an address
                    store.endpoint=http://a:1| store.accessKey: empty, though store.endpoint is 'http://a:1'; set MINIO_ACCESS_KEY
                    playback.secret=canary   | playback.secret: the value (--set) is not a secret of 16 to 256 characters
                    security.insecure=yes    | security.insecure: 'yes' (--set) is not true or false
                    cacheDir=                | cacheDir: '' (--set) is not a folder
                    srt.port=4000            | srt.port: unknown (--set); did you mean srt.ports?
                    nonsense=1               | nonsense: unknown (--set)
                    =1                       | --set '=1': expected key=value
                    grpc.port                | --set 'grpc.port': expected key=value
                    """)
    void everyFaultOnTheCommandLineIsToldWithItsPathAndWhatIsAllowed(String assignment, String message)
            throws Exception {
        if (message.equals("OK")) {
            load(Map.of(), assignment);
            return;
        }
        assertThatThrownBy(() -> load(Map.of(), assignment))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    medicloud.yaml | 'grpc: {port: 1, prot: 2}'       | grpc.prot: unknown (medicloud.yaml); did you mean grpc.port?
                    medicloud.yaml | 'grpc: {port: 1, port: 2}'       | line 1: Duplicate
                    medicloud.yaml | 'grpc: [1, 2]'                   | grpc: medicloud.yaml gives a list or keys, where one value is expected
                    medicloud.yaml | 'grpc: {port: {a: 1}}'           | grpc.port.a: unknown (medicloud.yaml)
                    medicloud.yaml | 'grpc.port: x'                   | grpc.port: 'x' (medicloud.yaml) is not a whole number
                    medicloud.yaml | '- a'                            | does not hold keys with values
                    medicloud.yaml | '{'                              | line
                    settings.json  | '{"srt_port": "1-2"}'            | srt_port: unknown (settings.json); did you mean srt_ports?
                    settings.json  | '{"segment_time": "long"}'       | segment.duration: 'long' (settings.json) is not a duration
                    settings.json  | '{"segment_time": 10'            | line
                    settings.json  | '[]'                             | does not hold keys with values
                    """)
    void everyFaultInAFileIsTold(String file, String text, String message) throws IOException {
        write(file, text);

        assertThatThrownBy(() -> load(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aMistypedNameInTheEnvironmentIsToldButWhatKubernetesSetsIsNot() throws Exception {
        assertThatThrownBy(() -> load(Map.of("MEDICLOUD_GRPC_PROT", "1")))
                .hasMessage("MEDICLOUD_GRPC_PROT: unknown in the environment; did you mean MEDICLOUD_GRPC_PORT?");

        Map<String, String> ofOneService = Map.of(
                "MEDICLOUD_SERVICE_HOST", "10.0.0.1",
                "MEDICLOUD_SERVICE_PORT", "50051",
                "MEDICLOUD_SERVICE_PORT_GRPC", "50051",
                "MEDICLOUD_PORT", "tcp://10.0.0.1:50051",
                "MEDICLOUD_PORT_50051_TCP", "tcp://10.0.0.1:50051",
                "MEDICLOUD_PORT_50051_TCP_PROTO", "tcp",
                "MEDICLOUD_PORT_50051_TCP_PORT", "50051",
                "MEDICLOUD_PORT_50051_TCP_ADDR", "10.0.0.1");
        load(ofOneService);
        load(Map.of(
                "MEDICLOUD_SRT_SERVICE_HOST", "fd00::1",
                "MEDICLOUD_SRT_SERVICE_PORT", "4000",
                "MEDICLOUD_SRT_PORT", "udp://[fd00::1]:4000",
                "MEDICLOUD_SRT_PORT_4000_UDP", "udp://[fd00::1]:4000",
                "MEDICLOUD_SRT_PORT_4001_SCTP", "sctp://[fd00::1]:4001"));
    }

    @Test
    void allFaultsAreToldAtOnce() {
        ConfigException failure = catchThrowableOfType(
                ConfigException.class, () -> load(Map.of("GRPC_PORT", "x"), "http.port=y", "srt.stack=z", "nothing=1"));

        assertThat(failure.faults()).hasSize(4);
    }

    @Test
    void anAddressBeyondLoopbackIsTakenIfThatIsSaidToBeInsecure() throws Exception {
        ServiceConfig config = load(Map.of("GRPC_HOST", "0.0.0.0"), "security.insecure=true");

        assertThat(config.grpc().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void aNamedFileThatIsMissingIsAFault() {
        assertThatThrownBy(() -> loader(Map.of()).load(Path.of("gone.yaml"), List.of()))
                .hasMessage("gone.yaml: no such file; --config names the configuration file");
    }

    private ServiceConfig load(Map<String, String> environment, String... assignments) throws ConfigException {
        return loader(environment).load(null, List.of(assignments)).service();
    }

    private ConfigLoader loader(Map<String, String> environment) {
        return new ConfigLoader(directory, environment);
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }
}
