// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.util.concurrent.ThreadFactory;

/** Makes threads that keep no process alive. */
final class Daemons {
    private Daemons() {}

    static ThreadFactory named(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
