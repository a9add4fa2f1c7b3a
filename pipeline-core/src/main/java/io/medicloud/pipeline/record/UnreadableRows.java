// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.util.function.Consumer;
import org.jdbi.v3.core.config.JdbiConfig;
import org.jspecify.annotations.Nullable;

/** What a handle does with rows that hold what nobody of us can have written: damage that SQLite does not see. Throws, unless somebody is to be told. */
public final class UnreadableRows implements JdbiConfig<UnreadableRows> {
    private @Nullable Consumer<String> sink;

    /** Throws. Public for Jdbi. */
    public UnreadableRows() {}

    /** From now on they are told, and passed over or read as far as can be. */
    void tellTo(Consumer<String> listener) {
        sink = listener;
    }

    /** One was met. Throws, or returns for it to be passed over. */
    void onRow(String where, RuntimeException failure) {
        Consumer<String> told = sink;
        if (told == null) {
            throw new IllegalArgumentException(where + ": " + failure.getMessage(), failure);
        }
        told.accept(where + " holds what it cannot: " + failure.getMessage());
    }

    @Override
    public UnreadableRows createCopy() {
        UnreadableRows copy = new UnreadableRows();
        copy.sink = sink;
        return copy;
    }
}
