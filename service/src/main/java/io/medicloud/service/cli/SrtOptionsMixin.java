// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import io.medicloud.srt.SrtUri;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands that speak SRT take. */
final class SrtOptionsMixin {
    /** What they say of the URL. */
    static final String URL = "srt://HOST:PORT?mode=listener|caller|rendezvous&streamid=…&passphrase=…&latency=120&…";

    @Mixin
    private final StackOption stack = new StackOption();

    @Option(
            names = "--stats",
            paramLabel = "FILE",
            description = "Write the connection's statistics there: a JSON object a line, each second and at the end.")
    private @Nullable Path stats;

    @Option(
            names = "--allow-old-libsrt",
            description =
                    "Also where others than this machine can reach it, take a libsrt whose version has memory errors that they can reach, as when a distribution has mended that version.")
    private boolean isOldLibsrtAllowed;

    @Nullable
    Path stats() {
        return stats;
    }

    /** Selects the stack, and says in one line which and why; where strangers can reach it, not one of which something is to be feared, unless that is allowed. */
    SrtStacks.Selection select(Console console, SrtUri uri) throws SrtUnavailableException, UnknownHostException {
        boolean isRiskTaken = isOldLibsrtAllowed
                || uri.mode() == SrtMode.CALLER
                || uri.local().getAddress().isLoopbackAddress();
        SrtStacks.Selection selection;
        try {
            selection = SrtStacks.select(stack.name(console), isRiskTaken);
        } catch (SrtUnavailableException e) {
            throw isRiskTaken
                    ? e
                    : new SrtUnavailableException("--stack: " + e.getMessage()
                            + "; use --stack java, or --allow-old-libsrt if libsrt is there and was mended");
        }
        LoggerFactory.getLogger(SrtOptionsMixin.class).info("SRT stack: {}", selection.reason());
        return selection;
    }

    /** Reads the URL, and checks the stack's name; what is wrong is a fault of usage. */
    SrtUri uri(Console console, String url) {
        stack.name(console);
        return console.read("URL", url, SrtUri::parse);
    }

    /** The URL as it may be shown. */
    static String shown(String url) {
        return url.replaceAll("passphrase=[^&]*", "passphrase=***");
    }
}
