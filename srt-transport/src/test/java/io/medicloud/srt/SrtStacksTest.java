// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SrtStacksTest {

    private final SrtStack libsrt = new Named("libsrt", null, null);
    private final SrtStack java = new Named("java", null, null);
    private final SrtStack broken = new Named("libsrt", "install it", null);
    private final SrtStack old = new Named("libsrt", null, "it is old");

    @Test
    void libsrtIsTheFirstChoice() throws Exception {
        SrtStacks.Selection selection = SrtStacks.select("auto", true, Map.of("libsrt", libsrt, "java", java));
        assertThat(selection.stack()).isSameAs(libsrt);
        assertThat(selection.reason()).isEqualTo("libsrt, the first choice");
    }

    @Test
    void javaIsTakenWhereLibsrtDoesNotLoad() throws Exception {
        SrtStacks.Selection selection = SrtStacks.select("auto", true, Map.of("libsrt", broken, "java", java));
        assertThat(selection.stack()).isSameAs(java);
        assertThat(selection.reason()).isEqualTo("java, because libsrt: install it");
    }

    @Test
    void aStackAskedForByNameIsTakenOrSaysWhatIsMissing() throws Exception {
        assertThat(SrtStacks.select("java", true, Map.of("libsrt", libsrt, "java", java)))
                .isEqualTo(new SrtStacks.Selection(java, "java, as configured"));
        assertThatThrownBy(() -> SrtStacks.select("libsrt", true, Map.of("libsrt", broken, "java", java)))
                .isInstanceOf(SrtUnavailableException.class)
                .hasMessage("no SRT stack can be used here; libsrt: install it");
    }

    @Test
    void whatIsToBeFearedIsPassedOverOrRefusedUnlessTheRiskIsTaken() throws Exception {
        Map<String, SrtStack> found = Map.of("libsrt", old, "java", java);
        assertThat(SrtStacks.select("auto", false, found))
                .isEqualTo(new SrtStacks.Selection(java, "java, because libsrt: it is old"));
        assertThatThrownBy(() -> SrtStacks.select("libsrt", false, found))
                .isInstanceOf(SrtUnavailableException.class)
                .hasMessage("no SRT stack can be used here; libsrt: it is old");
        assertThat(SrtStacks.select("auto", true, found).stack()).isSameAs(old);
        assertThat(SrtStacks.select("libsrt", true, found).stack()).isSameAs(old);
    }

    @Test
    void withoutAnyStackTheErrorSaysWhatToInstall() {
        assertThatThrownBy(() -> SrtStacks.select("auto", true, Map.of("libsrt", broken)))
                .isInstanceOf(SrtUnavailableException.class)
                .hasMessage("no SRT stack can be used here; libsrt: install it; java: not part of this build");
    }

    @Test
    void anUnknownNameIsAnError() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SrtStacks.select("udt"))
                .withMessage("there is no SRT stack 'udt': choose auto, libsrt or java");
    }

    @Test
    void theLibsrtStackIsFoundByItsName() {
        assertThat(ServiceLoader.load(SrtStack.class))
                .extracting(SrtStack::name)
                .contains("libsrt");
    }

    private record Named(
            String name,
            @Nullable String unavailability,
            @Nullable String risk) implements SrtStack {
        @Override
        public SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SrtConnection connect(InetSocketAddress remote, SrtOptions options, SrtSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SrtConnection connect(
                InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SrtConnection rendezvous(
                InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
