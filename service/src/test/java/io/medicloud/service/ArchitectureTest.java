// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.medicloud.service.config.Secret;
import io.medicloud.service.security.AccessTable;
import io.medicloud.service.security.Hmac;
import java.io.Externalizable;
import java.io.ObjectInputStream;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** The arrows of the architecture: they point down, and protocol code owns no socket, thread, timer or clock. */
@AnalyzeClasses(packages = "io.medicloud", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    @ArchTest
    static final ArchRule mpegtsKnowsBuffersAndNothingElse = classes()
            .that()
            .resideInAPackage("io.medicloud.mpegts..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "java.nio",
                    "java.nio.charset..",
                    "java.text..",
                    "java.time..",
                    "io.netty.buffer..",
                    "io.netty.util..",
                    "org.jspecify..",
                    "io.medicloud.mpegts..");

    @ArchTest
    static final ArchRule mpegtsOwnsNoThreadNoTimerAndNoClock = noClasses()
            .that()
            .resideInAPackage("io.medicloud.mpegts..")
            .should()
            .dependOnClassesThat(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Thread.class)
                    .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Executor.class))
                    .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Timer.class)))
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule theSrtProtocolOwnsNoSocketAndNoClock = noClasses()
            .that()
            .resideInAnyPackage("io.medicloud.srt.packet..", "io.medicloud.srt.crypto..", "io.medicloud.srt.protocol..")
            .should()
            .dependOnClassesThat(
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(SelectableChannel.class)
                            .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Socket.class))
                            .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Thread.class)))
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule whoOwnsAStreamIsDecidedWithoutSocketThreadOrClock = noClasses()
            .that()
            .resideInAPackage("io.medicloud.service.cluster..")
            .and()
            .haveNameNotMatching(".*\\.Nats\\w+.*")
            .should()
            .dependOnClassesThat(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Thread.class)
                    .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Executor.class))
                    .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Timer.class))
                    .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Socket.class)))
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("io.nats..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule srtKnowsNothingOfWhatItCarries = noClasses()
            .that()
            .resideInAPackage("io.medicloud.srt..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.medicloud..").and(not(resideInAPackage("io.medicloud.srt.."))));

    @ArchTest
    static final ArchRule thePipelineKnowsMpegtsAlone = noClasses()
            .that()
            .resideInAPackage("io.medicloud.pipeline..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.medicloud..")
                    .and(not(resideInAPackage("io.medicloud.pipeline..")))
                    .and(not(resideInAPackage("io.medicloud.mpegts.."))))
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "com.linecorp..");

    @ArchTest
    static final ArchRule onlyTheMinioStoreKnowsItsClient = noClasses()
            .that()
            .resideInAPackage("io.medicloud.pipeline..")
            .and()
            .haveNameNotMatching(".*\\.store\\.(MinioStore|S3\\w+).*")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minio..", "okhttp3..");

    @ArchTest
    static final ArchRule testdataDependsOnNoneOfOurModules = noClasses()
            .that()
            .resideInAPackage("io.medicloud.testdata..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.medicloud..").and(not(resideInAPackage("io.medicloud.testdata.."))));

    @ArchTest
    static final ArchRule onlyTheDemoAndTheLoadHarnessCarryTheSyntheticEncoder = noClasses()
            .that()
            .resideInAPackage("io.medicloud.service..")
            .and()
            .resideOutsideOfPackages("io.medicloud.service.demo..", "io.medicloud.service.loadtest..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.medicloud.testdata..");

    @ArchTest
    static final ArchRule onlyTheEmbeddedStoreKnowsS3Proxy = noClasses()
            .that()
            .resideInAPackage("io.medicloud.service..")
            .and()
            .resideOutsideOfPackage("io.medicloud.service.store..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.gaul..");

    @ArchTest
    static final ArchRule onlyOnePackageKnowsOpenTelemetry = noClasses()
            .that()
            .resideInAPackage("io.medicloud..")
            .and()
            .resideOutsideOfPackage("io.medicloud.service.otlp..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    /** What a stranger writes becomes no object of a class that he chooses, and no document that names others. */
    @ArchTest
    static final ArchRule nothingReadsSerializedObjectsOrXml = noClasses()
            .that()
            .resideInAPackage("io.medicloud..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(ObjectInputStream.class, Externalizable.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("java.beans..", "javax.xml..", "org.xml..", "org.w3c..", "org.simpleframework..");

    /** Of tokens their hashes, of signed addresses their HMAC, of passphrases the bytes: each by the one method that takes as long wherever they differ. */
    @ArchTest
    static final ArchRule secretsAreComparedInConstantTime =
            methods().that(compareSecrets()).should(callIsEqual()).andShould(compareNothingOtherwise());

    /** Else a method that has another name now would be judged by nobody. */
    @ArchTest
    static void eachOfThemIsThere(JavaClasses classes) {
        assertThat(COMPARING)
                .allSatisfy((owner, method) -> assertThat(
                                classes.get(owner).getMethods().stream().map(JavaMethod::getName))
                        .as(owner)
                        .contains(method));
    }

    /** The time that a comparison takes must not tell how much of a secret was right. */
    @ArchTest
    static final ArchRule whoHoldsASecretComparesNothingByTheFirstDifference =
            codeUnits().that(takeASecret()).should(compareNothingOtherwise());

    @ArchTest
    static final ArchRule noBytesOfSecretsAreComparedByTheFirstDifference = noClasses()
            .that()
            .resideInAPackage("io.medicloud.service.security..")
            .or()
            .haveFullyQualifiedName("io.medicloud.srt.crypto.Passphrase")
            .should()
            .callMethodWhere(target(owner(type(Arrays.class))).and(target(nameMatching("equals|compare|mismatch"))));

    private static final Map<String, String> COMPARING = Map.of(
            "io.medicloud.service.config.Secret", "equals",
            "io.medicloud.service.security.AccessTable", "byToken",
            "io.medicloud.service.http.SignedUrls", "fault",
            "io.medicloud.srt.crypto.Passphrase", "equals");

    private static DescribedPredicate<JavaMethod> compareSecrets() {
        return DescribedPredicate.describe(
                "compare secrets",
                method ->
                        method.getName().equals(COMPARING.get(method.getOwner().getName())));
    }

    private static ArchCondition<JavaMethod> callIsEqual() {
        return new ArchCondition<>("call MessageDigest.isEqual") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean isCalled = method.getMethodCallsFromSelf().stream()
                        .anyMatch(call -> isOf(call.getTarget(), MessageDigest.class, "isEqual"));
                events.add(new SimpleConditionEvent(method, isCalled, method.getDescription()));
            }
        };
    }

    private static DescribedPredicate<JavaCodeUnit> takeASecret() {
        return DescribedPredicate.describe(
                "take a secret, or what proves one",
                unit -> unit.getMethodCallsFromSelf().stream()
                        .map(JavaMethodCall::getTarget)
                        .anyMatch(called -> isOf(called, Secret.class, "reveal")
                                || isOf(called, Hmac.class, "hex")
                                || isOf(called, AccessTable.Token.class, "sha256")));
    }

    private static final Set<String> FINDING_A_DIFFERENCE = Set.of(
            "compare",
            "compareTo",
            "compareToIgnoreCase",
            "contains",
            "contentEquals",
            "endsWith",
            "equals",
            "equalsIgnoreCase",
            "mismatch",
            "regionMatches",
            "startsWith");

    private static <T extends JavaCodeUnit> ArchCondition<T> compareNothingOtherwise() {
        return new ArchCondition<>("compare nothing but by MessageDigest.isEqual") {
            @Override
            public void check(T unit, ConditionEvents events) {
                for (JavaMethodCall call : unit.getMethodCallsFromSelf()) {
                    AccessTarget.MethodCallTarget called = call.getTarget();
                    boolean isComparison = FINDING_A_DIFFERENCE.contains(called.getName())
                            && Stream.of(String.class, Objects.class, Arrays.class, Object.class, List.class, Set.class)
                                    .anyMatch(owner -> called.getOwner().isEquivalentTo(owner));
                    if (isComparison) {
                        events.add(SimpleConditionEvent.violated(call, call.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isOf(AccessTarget.MethodCallTarget called, Class<?> owner, String name) {
        return called.getOwner().isEquivalentTo(owner) && called.getName().equals(name);
    }

    @ArchTest
    static final ArchRule thePackagesOfAModuleHaveNoCycles = slices().matching(
                    "io.medicloud.(service).(cli|cluster|config|grpc|health|http|loadtest|metrics|store|stream|text|transfer)..")
            .should()
            .beFreeOfCycles();
}
