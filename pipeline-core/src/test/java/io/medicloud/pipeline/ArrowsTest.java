// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.medicloud.pipeline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule THE_PIPELINE_KNOWS_NEITHER_SRT_NOR_GRPC_NOR_THE_SERVICE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.medicloud.srt..", "io.medicloud.service..", "io.grpc..", "com.linecorp..");

    @ArchTest
    static final ArchRule ONLY_THE_S3_STORE_KNOWS_ITS_CLIENT = noClasses()
            .that()
            .haveNameNotMatching(".*\\.store\\.(MinioStore|S3[A-Za-z]+)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minio..", "okhttp3..");

    @ArchTest
    static final ArchRule ONLY_THUMBNAILS_KNOW_PICTURES = noClasses()
            .that()
            .resideOutsideOfPackage("io.medicloud.pipeline.thumbnail..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jcodec..", "java.awt..", "javax.imageio..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("io.medicloud.pipeline.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ROOMS_BELOW_DO_NOT_KNOW_THE_PIPELINE = noClasses()
            .that()
            .resideInAnyPackage("io.medicloud.pipeline.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.medicloud.pipeline");
}
