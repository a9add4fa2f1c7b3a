// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.bench;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads for JMH that are as those of Netty's event loops, whose buffers are used again. */
public final class LoopThreads extends ThreadPoolExecutor {
    /** What JMH calls. */
    public LoopThreads(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(prefix));
    }
}
