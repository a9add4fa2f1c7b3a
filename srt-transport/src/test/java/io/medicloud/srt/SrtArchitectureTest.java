// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

final class SrtArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.medicloud.srt");

    @Test
    void theFrontDoorKnowsNoStack() {
        noClasses()
                .that()
                .resideInAPackage("io.medicloud.srt")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.medicloud.srt.*..", "org.bytedeco..")
                .check(classes);
    }

    @Test
    void onlyTheLibsrtStackKnowsNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.medicloud.srt.libsrt..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.medicloud.srt.libsrt..", "org.bytedeco..")
                .check(classes);
    }

    @Test
    void theLibsrtStackDoesNotLeanOnTheOtherOne() {
        noClasses()
                .that()
                .resideInAPackage("io.medicloud.srt.libsrt..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.medicloud.srt.packet..",
                        "io.medicloud.srt.crypto..",
                        "io.medicloud.srt.protocol..",
                        "io.medicloud.srt.netty..")
                .check(classes);
    }

    @Test
    void thePacketFilterKnowsPacketsAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.medicloud.srt.filter..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.medicloud.srt.crypto..", "io.medicloud.srt.protocol..", "io.medicloud.srt.netty..")
                .check(classes);
    }

    @Test
    void onlyOneRoomOfThePureJavaStackHasSocketsThreadsAndAClock() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.medicloud.srt",
                        "io.medicloud.srt.packet..",
                        "io.medicloud.srt.crypto..",
                        "io.medicloud.srt.filter..",
                        "io.medicloud.srt.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.medicloud.srt.netty..", "io.netty.channel..", "java.nio.channels..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(classes);
    }
}
