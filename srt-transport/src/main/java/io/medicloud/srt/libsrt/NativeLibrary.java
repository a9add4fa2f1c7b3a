// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.libsrt.binding.LibSrt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libsrt, and counts its users: it runs from the first {@link #acquire} to the last {@link #release}. */
final class NativeLibrary {

    /** The first version without the known memory errors that a peer can reach before it is authorised. */
    private static final int SAFE_VERSION = 0x010506;

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);

    private static int users;

    private NativeLibrary() {}

    /** Loads once; what it found out stays so. */
    private static final class Loaded {
        static final @Nullable String WHY_NOT = load();

        private static @Nullable String load() {
            try {
                LibSrt.srt_getversion();
                return null;
            } catch (NoClassDefFoundError e) {
                return "JavaCPP is not on the class path: add org.bytedeco:javacpp, with its jar for this platform";
            } catch (LinkageError e) {
                return "its native part is not there or does not load (" + firstLine(e)
                        + "): install libsrt with its headers and a C++ compiler (Debian: apt-get install"
                        + " libsrt-openssl-dev g++) and build again, or add the jar srt-transport-VERSION-linux-x86_64";
            }
        }

        private static String firstLine(Throwable e) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
    }

    /** Null if libsrt can be used, otherwise what to install. */
    static @Nullable String unavailability() {
        return Loaded.WHY_NOT;
    }

    /** What is to be feared of the version that is loaded, null if nothing is known, or none can be loaded. */
    static @Nullable String risk() {
        return unavailability() == null ? risk(LibSrt.srt_getversion()) : null;
    }

    /** What is to be feared of a version, null if nothing is known. */
    static @Nullable String risk(int version) {
        return version >= SAFE_VERSION
                ? null
                : "libsrt " + text(version) + " is older than " + text(SAFE_VERSION)
                        + ": peers can reach its memory errors before they are authorised (CVE-2026-55868,"
                        + " CVE-2026-55869); update it, unless your distribution has patched this version, as Debian's"
                        + " 1.5.1-1+deb12u2 is";
    }

    /** As 1.5.1. */
    static String version() {
        return text(LibSrt.srt_getversion());
    }

    static synchronized void acquire() {
        if (users++ == 0) {
            String risk = risk();
            if (risk != null) {
                LOG.warn(risk);
            }
            LibSrt.srt_startup();
            LibSrt.medicloud_set_running(true);
            LogHandler.install();
        }
    }

    /** The last release closes whatever is left in libsrt, and ends its threads. */
    static synchronized void release() {
        if (--users == 0) {
            LibSrt.srt_cleanup();
            LibSrt.medicloud_set_running(false);
        }
    }

    private static String text(int version) {
        return (version >> 16) + "." + (version >> 8 & 0xFF) + "." + (version & 0xFF);
    }
}
