// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The service that is tested, as it is seen from outside. */
interface TargetService extends AutoCloseable {
    /** Its host name or address: encoders call it there. */
    String host();

    /** Its API. */
    ControlPlane control();

    /** Where the objects of its bucket stand as files on this machine; null if they are read from where the API says. */
    @Nullable
    Path bucketFolder();

    /** The process, 0 if it is not known. */
    long pid();

    /** What {@code /metrics} says; one that says nothing if it cannot be asked. */
    MetricsText metrics();

    /** How long its collections held it up so far; null if nobody tells. */
    @Nullable
    Percentiles pauses() throws IOException;

    @Override
    void close() throws IOException;
}
