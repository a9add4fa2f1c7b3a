// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What is to be sent, a message at a time. One thread; {@link #close} releases what is held. */
interface Messages extends AutoCloseable {
    /** The next message, yours to release; the last one may be shorter. Null at the end. Blocks. */
    @Nullable
    ByteBuf next() throws IOException;

    @Override
    void close();
}
