// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.testdata.ScriptedDisk;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a spool over a disk of this test's making. */
public final class SpoolAccess {
    private SpoolAccess() {}

    public static Spool open(Path root, SpoolLimits limits, ScriptedDisk disk) throws IOException {
        return Spool.open(root, limits, disk::open);
    }
}
