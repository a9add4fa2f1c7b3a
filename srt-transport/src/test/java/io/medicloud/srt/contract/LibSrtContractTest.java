// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtStack;
import io.medicloud.srt.libsrt.LibSrtStack;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The libsrt stack keeps the contract. */
final class LibSrtContractTest {

    @BeforeAll
    static void libsrtIsThere() {
        String why = new LibSrtStack().unavailability();
        if (System.getenv("CI") != null) {
            assertThat(why).isNull();
        }
        Assumptions.assumeTrue(why == null, why);
    }

    @Nested
    final class Receiving extends ReceivingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class Sending extends SendingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class Admission extends AdmissionContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class Lifecycle extends LifecycleContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class Filter extends FilterContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class ScriptedPeer extends ScriptedPeerContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class Silence extends SilenceContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }

    @Nested
    final class ClosedFromSink extends ClosedFromSinkContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new LibSrtStack(allocator);
        }
    }
}
