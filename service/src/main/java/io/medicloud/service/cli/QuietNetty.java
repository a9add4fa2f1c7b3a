// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;

/** Keeps a command that is over in a moment from loading the log system: Netty's buffers have nothing to say in it. */
final class QuietNetty {
    private QuietNetty() {}

    /** Before the first buffer. */
    static void start() {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }
}
