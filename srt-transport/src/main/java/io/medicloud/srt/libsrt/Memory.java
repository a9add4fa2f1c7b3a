// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A pointer that can be aimed at any address again and again, so that native calls need no new object. */
final class Memory extends Pointer {

    Memory at(long where) {
        address = where;
        return this;
    }

    /** The address of a direct buffer's first byte (its index 0). */
    static long addressOf(ByteBuf direct) {
        if (direct.hasMemoryAddress()) {
            return direct.memoryAddress();
        }
        ByteBuffer nio = direct.internalNioBuffer(0, direct.capacity()).slice();
        try (BytePointer pointer = new BytePointer(nio)) {
            return pointer.address();
        }
    }
}
