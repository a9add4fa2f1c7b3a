// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtStack;
import io.medicloud.srt.netty.NettySrtStack;
import io.medicloud.srt.netty.Transport;
import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The pure-Java stack keeps the contract, on epoll and on NIO. */
final class JavaContractTest {

    @Test
    void epollIsWhatIsTaken() {
        assertThat(new NettySrtStack().unavailability()).isNull();
        assertThat(new NettySrtStack(ByteBufAllocator.DEFAULT, Transport.epoll(), 1).unavailability())
                .isNull();
    }

    static SrtStack epoll(ByteBufAllocator allocator) {
        return new NettySrtStack(allocator, Transport.epoll(), 1);
    }

    static SrtStack nio(ByteBufAllocator allocator) {
        return new NettySrtStack(allocator, Transport.nio(), 1);
    }

    @Nested
    final class ReceivingOnEpoll extends ReceivingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class SendingOnEpoll extends SendingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class AdmissionOnEpoll extends AdmissionContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class LifecycleOnEpoll extends LifecycleContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class FilterOnEpoll extends FilterContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class FilterOnNio extends FilterContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class ScriptedPeerOnEpoll extends ScriptedPeerContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class ReceivingOnNio extends ReceivingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class SendingOnNio extends SendingContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class AdmissionOnNio extends AdmissionContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class LifecycleOnNio extends LifecycleContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class ScriptedPeerOnNio extends ScriptedPeerContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class SilenceOnEpoll extends SilenceContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class SilenceOnNio extends SilenceContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class ClosedFromSinkOnEpoll extends ClosedFromSinkContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return epoll(allocator);
        }
    }

    @Nested
    final class ClosedFromSinkOnNio extends ClosedFromSinkContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return nio(allocator);
        }
    }

    @Nested
    final class ClosedFromSinkOnTwoLoops extends ClosedFromSinkContract {
        @Override
        SrtStack newStack(ByteBufAllocator allocator) {
            return new NettySrtStack(allocator, Transport.epoll(), 2);
        }
    }
}
