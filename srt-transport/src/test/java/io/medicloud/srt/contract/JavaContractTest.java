// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import io.medicloud.srt.SrtStack;
import io.medicloud.srt.nio.JavaSrtStack;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Nested;

/** The pure-Java stack keeps the contract. */
final class JavaContractTest {

    @Nested
    final class Receiving extends ReceivingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }

    @Nested
    final class Sending extends SendingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }

    @Nested
    final class Admission extends AdmissionContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }

    @Nested
    final class Lifecycle extends LifecycleContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }

    @Nested
    final class Filter extends FilterContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }

    @Nested
    final class ScriptedPeer extends ScriptedPeerContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new JavaSrtStack(allocator);
        }
    }
}
