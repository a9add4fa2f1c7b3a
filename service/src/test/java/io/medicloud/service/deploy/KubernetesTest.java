// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.security.PullTargets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manifests are what Kubernetes takes, by its typed model, without a field that it does not know; and they fit each other and the service. */
final class KubernetesTest {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Service", Service.class,
            "apps/v1/StatefulSet", StatefulSet.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class);

    private static final String SECRET = "/run/secrets/medicloud/";

    private final YAMLMapper strict = strict();

    private final List<HasMetadata> all = read();

    @TempDir
    private Path directory;

    KubernetesTest() throws IOException {}

    @Test
    void everyKindIsThereAndEveryObjectHasTheLabel() {
        assertThat(all.stream().map(HasMetadata::getKind).distinct())
                .containsExactlyInAnyOrder(
                        "ConfigMap", "Service", "StatefulSet", "PodDisruptionBudget", "NetworkPolicy");
        assertThat(all)
                .allSatisfy(object -> assertThat(object.getMetadata().getLabels())
                        .containsEntry("app.kubernetes.io/name", "medicloud"));
    }

    @Test
    void whatIsWrittenWrongIsFound() {
        assertThatThrownBy(() ->
                        strict.readValue("kind: Service\nspec: {ports: [{port: 1, tragetPort: 1}]}", Service.class))
                .hasMessageContaining("tragetPort");
    }

    @Test
    void selectorsFindThePod() {
        Map<String, String> labels =
                pods().getSpec().getTemplate().getMetadata().getLabels();

        assertThat(pods().getSpec().getSelector().getMatchLabels()).isEqualTo(labels);
        assertThat(only(PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(only(NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels())
                .isEqualTo(labels);
        assertThat(services())
                .allSatisfy(
                        service -> assertThat(service.getSpec().getSelector()).isEqualTo(labels))
                .anySatisfy(service -> assertThat(service.getMetadata().getName())
                        .isEqualTo(pods().getSpec().getServiceName()));
    }

    @Test
    void thePodHasNoRightsAndNothingToWriteOnButItsVolumes() {
        PodSpec pod = pod();
        var context = container().getSecurityContext();

        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(context.getReadOnlyRootFilesystem()).isTrue();
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container().getVolumeMounts().stream()
                        .filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                        .map(VolumeMount::getMountPath))
                .containsExactlyInAnyOrder("/var/lib/medicloud", "/tmp");
    }

    @Test
    void everyVolumeThatIsMountedIsThere() {
        Set<String> volumes = new HashSet<>();
        pod().getVolumes().forEach(volume -> volumes.add(volume.getName()));
        pods().getSpec()
                .getVolumeClaimTemplates()
                .forEach(claim -> volumes.add(claim.getMetadata().getName()));

        assertThat(container().getVolumeMounts().stream().map(VolumeMount::getName))
                .containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(pod().getVolumes().stream()
                        .filter(volume -> volume.getConfigMap() != null)
                        .map(volume -> volume.getConfigMap().getName()))
                .containsExactly(only(ConfigMap.class).getMetadata().getName());
    }

    @Test
    void memoryIsLimitedAndProbesAskWhatTheServiceAnswers() {
        Quantity memory = container().getResources().getLimits().get("memory");
        assertThat(memory)
                .isNotNull()
                .isEqualTo(container().getResources().getRequests().get("memory"));
        assertThat(container().getResources().getRequests()).containsKey("cpu");

        assertThat(path(container().getStartupProbe())).isEqualTo("/livez");
        assertThat(path(container().getLivenessProbe())).isEqualTo("/livez");
        assertThat(path(container().getReadinessProbe())).isEqualTo("/readyz");
        assertThat(Stream.of(container().getStartupProbe(), container().getLivenessProbe())
                        .map(probe -> probe.getHttpGet().getPort().getStrVal()))
                .containsOnly("http");
    }

    @Test
    void theServiceTakesItsConfiguration() throws Exception {
        ServiceConfig config = configuration();

        Map<String, Integer> ports = new TreeMap<>();
        container().getPorts().forEach(port -> ports.put(port.getName(), port.getContainerPort()));
        assertThat(ports)
                .containsEntry("grpc", config.grpc().port())
                .containsEntry("http", config.http().port())
                .containsEntry("srt", config.srt().sharedPort());
        assertThat(config.security().access().isRequired()).isTrue();
    }

    @Test
    void whoIsAskedToEndHasTheTimeThatItMayTake() throws Exception {
        long longest = configuration()
                .shutdownTimeout()
                .plus(io.medicloud.service.Service.LONGEST_CLOSE)
                .toSeconds();

        assertThat(pod().getTerminationGracePeriodSeconds())
                .isGreaterThanOrEqualTo(longest
                        + container().getLifecycle().getPreStop().getSleep().getSeconds());
    }

    @Test
    void encodersReachEveryPortThatTheServiceGives() throws Exception {
        ServiceConfig config = configuration();
        List<Integer> wanted = new ArrayList<>(IntStream.rangeClosed(
                        config.srt().ports().first(), config.srt().ports().last())
                .boxed()
                .toList());
        wanted.add(config.srt().sharedPort());

        Service srt = services().stream()
                .filter(service -> "LoadBalancer".equals(service.getSpec().getType()))
                .findFirst()
                .orElseThrow();
        assertThat(srt.getSpec().getPorts()).allSatisfy(port -> {
            assertThat(port.getProtocol()).isEqualTo("UDP");
            assertThat(port.getTargetPort()).isEqualTo(new IntOrString(port.getPort()));
        });
        assertThat(srt.getSpec().getPorts().stream().map(ServicePort::getPort))
                .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(only(NetworkPolicy.class).getSpec().getIngress().stream()
                        .flatMap(rule -> rule.getPorts().stream())
                        .filter(port -> "UDP".equals(port.getProtocol()))
                        .flatMap(port -> IntStream.rangeClosed(port.getPort().getIntVal(), port.getEndPort())
                                .boxed()))
                .containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(services().stream()
                        .filter(service -> service.getSpec().getType() == null)
                        .flatMap(service -> service.getSpec().getPorts().stream())
                        .map(port -> port.getTargetPort().getStrVal()))
                .isSubsetOf(container().getPorts().stream()
                        .map(ContainerPort::getName)
                        .toList());
    }

    /** Out go calls to public addresses, and to none that the service itself would refuse to call. */
    @Test
    void whatIsNotPublicIsCalledBySelectorAlone() {
        List<IPBlock> blocks = only(NetworkPolicy.class).getSpec().getEgress().stream()
                .flatMap(rule -> rule.getTo().stream())
                .map(NetworkPolicyPeer::getIpBlock)
                .filter(Objects::nonNull)
                .toList();

        assertThat(blocks).singleElement().satisfies(block -> {
            assertThat(block.getCidr()).isEqualTo("0.0.0.0/0");
            assertThat(block.getExcept())
                    .containsExactlyInAnyOrder(
                            "0.0.0.0/8",
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "168.63.129.16/32",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.168.0.0/16",
                            "198.18.0.0/15",
                            "224.0.0.0/4",
                            "240.0.0.0/4")
                    .allSatisfy(range -> assertThatThrownBy(
                                    () -> PullTargets.PUBLIC.resolve(range.replaceFirst("/.*", ""), 4000))
                            .isInstanceOf(PullTargets.RefusedException.class));
        });
    }

    /** As the pod has it, with stand-ins for the files of the secret. */
    private ServiceConfig configuration() throws Exception {
        Path secret = Files.createDirectories(directory.resolve("secret"));
        for (String key : List.of("store-access-key", "store-secret-key")) {
            Files.writeString(secret.resolve(key), "0123456789");
        }
        Files.writeString(
                secret.resolve("access.yaml"),
                "tokens:\n  - {name: backend, role: operator, sha256: " + "ab".repeat(32) + "}\n");
        String text = only(ConfigMap.class).getData().get("medicloud.yaml");
        assertThat(text).contains(SECRET);
        Path file = Files.writeString(directory.resolve("medicloud.yaml"), text.replace(SECRET, secret + "/"));
        return DeployFiles.accepted(directory, file, Map.of());
    }

    private StatefulSet pods() {
        return only(StatefulSet.class);
    }

    private PodSpec pod() {
        return pods().getSpec().getTemplate().getSpec();
    }

    private Container container() {
        return pod().getContainers().get(0);
    }

    private List<Service> services() {
        return all.stream()
                .filter(Service.class::isInstance)
                .map(Service.class::cast)
                .toList();
    }

    private <T extends HasMetadata> T only(Class<T> kind) {
        List<T> found = all.stream().filter(kind::isInstance).map(kind::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private List<HasMetadata> read() throws IOException {
        List<HasMetadata> objects = new ArrayList<>();
        for (Path file : DeployFiles.files(DeployFiles.KUBERNETES, ".yaml")) {
            try (var documents = strict.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
                while (documents.hasNext()) {
                    JsonNode document = documents.next();
                    String kind = document.path("apiVersion").asText() + "/"
                            + document.path("kind").asText();
                    assertThat(KINDS).as("%s", file).containsKey(kind);
                    objects.add(strict.treeToValue(document, KINDS.get(kind)));
                }
            }
        }
        return objects;
    }

    /** The model keeps fields that it does not know; here they are faults. */
    private static YAMLMapper strict() {
        YAMLMapper mapper = new YAMLMapper();
        mapper.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        mapper.setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
            private static final long serialVersionUID = 1;

            @Override
            public Boolean hasAnySetter(Annotated annotated) {
                return false;
            }
        });
        return mapper;
    }
}
