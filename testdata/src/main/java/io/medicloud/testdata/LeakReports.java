// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Makes Netty's leak detection speak at the end of each test class, of what that class leaked. By itself it speaks when
 * a collection happens to come: often in another class, and of the last classes of a run never. Found by JUnit through
 * its service file.
 */
public final class LeakReports implements TestExecutionListener {
    private static final long LONGEST_COLLECTION_MILLIS = Duration.ofSeconds(5).toMillis();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.getSource().filter(ClassSource.class::isInstance).isPresent()) {
            collect();
            // What was collected is looked at when the next buffer is allocated.
            ByteBufAllocator.DEFAULT.directBuffer(1).release();
        }
    }

    /** Returns when a collection has told which objects were unreachable as it began. */
    private static void collect() {
        ReferenceQueue<Object> told = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), told);
        System.gc();
        try {
            told.remove(LONGEST_COLLECTION_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        canary.clear();
    }
}
