// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens the file of a segment that begins. */
@FunctionalInterface
interface PartOpener {
    /** Never over an existing file: what was received is not written twice to one place. */
    PartOpener NEW_FILE = part -> FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    FileChannel open(Path part) throws IOException;
}
