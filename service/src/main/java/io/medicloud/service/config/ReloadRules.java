// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What a sound configuration may still not do to a service that runs. */
final class ReloadRules {
    private static final List<String> NO_FILES = List.of("default", "environment ", "--set");

    private ReloadRules() {}

    /**
     * Judges a change.
     *
     * @param first with what the service was started: there it listens
     * @param last what was taken before
     * @throws ConfigException if it would undo what nobody asked to undo
     */
    static void check(LoadedConfig first, LoadedConfig last, LoadedConfig now) throws ConfigException {
        List<String> faults = new ArrayList<>();
        Set<String> gone = files(last);
        gone.removeAll(files(now));
        for (String file : gone) {
            faults.add(file + ": gave settings, and is gone or gives none now; if that is meant, restart the service");
        }
        ServiceConfig started = first.service();
        ServiceConfig before = last.service();
        boolean isReached = Stream.of(started.grpc(), started.http()).anyMatch(address -> !address.isLoopback());
        if (isReached
                && before.security().access().isRequired()
                && !now.service().security().access().isRequired()) {
            faults.add(
                    SecuritySchema.ACCESS_FILE.path() + ": empty, as is " + SecuritySchema.JWT_KEYS.path()
                            + ", while the service listens where other machines reach it; authentication ends with a restart alone");
        }
        if (isReached
                && !before.playback().secret().isEmpty()
                && now.service().playback().secret().isEmpty()) {
            faults.add(StorageSchema.PLAYBACK_SECRET.path()
                    + ": empty, while the service listens where other machines reach it; addresses need no signature"
                    + " after a restart alone");
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
    }

    private static Set<String> files(LoadedConfig config) {
        Set<String> files = new LinkedHashSet<>();
        for (LoadedConfig.Entry entry : config.entries()) {
            if (NO_FILES.stream().noneMatch(entry.from()::startsWith)) {
                // A secret that a file names tells of both.
                files.add(entry.from().replaceFirst(", file .*", ""));
            }
        }
        return files;
    }
}
