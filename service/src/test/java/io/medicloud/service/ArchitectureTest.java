// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.util.Timer;
import java.util.concurrent.Executor;

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

    @ArchTest
    static final ArchRule thePackagesOfAModuleHaveNoCycles = slices().matching(
                    "io.medicloud.(service).(cli|cluster|config|grpc|health|http|loadtest|metrics|store|stream|text|transfer)..")
            .should()
            .beFreeOfCycles();
}
