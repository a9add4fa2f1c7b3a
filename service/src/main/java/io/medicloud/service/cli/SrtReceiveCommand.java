// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Units;
import io.medicloud.service.transfer.SrtReceiver;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUri;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medicloud srt-receive}. */
@Command(
        name = "srt-receive",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Receives one SRT stream into a file, until the sender ends it, Ctrl-C, or --for.")
final class SrtReceiveCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Parameters(paramLabel = "URL", description = SrtOptionsMixin.URL)
    private String url = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE|-",
            description = "Where to write; - is standard output.")
    private String out = "";

    @Mixin
    private final SrtOptionsMixin srt = new SrtOptionsMixin();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "End after this time, e.g. 20s, counted from the start.")
    private @Nullable String limit;

    @Option(names = "--json", description = "Print the result as one JSON object, on standard error if --out is -.")
    private boolean isJson;

    SrtReceiveCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        SrtUri uri = srt.uri(console, url);
        Duration longest = limit == null ? null : console.read("--for", limit, Units::duration);
        SrtStacks.Selection selection = srt.select(console, uri);
        try (FileChannel file = open();
                SrtReceiver receiver = new SrtReceiver(selection.stack(), uri, file);
                StatsFile stats = StatsFile.open(srt.stats(), receiver::stats)) {
            interruption.onStop(receiver::close);
            SrtCloseReason why = await(receiver, longest);
            receiver.flush();
            stats.writeLast();
            return report(receiver, why, longest);
        } finally {
            selection.stack().close();
        }
    }

    private @Nullable SrtCloseReason await(SrtReceiver receiver, @Nullable Duration longest)
            throws IOException, InterruptedException {
        try {
            if (longest == null) {
                return receiver.ended().get();
            }
            try {
                return receiver.ended().get(longest.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                receiver.close();
                return receiver.ended().get();
            }
        } catch (ExecutionException e) {
            throw new IOException(out + ": " + String.valueOf(e.getMessage()) + "; is there room?", e);
        }
    }

    private int report(SrtReceiver receiver, @Nullable SrtCloseReason why, @Nullable Duration longest)
            throws CommandException {
        long bytes = receiver.writtenBytes();
        if (why == null && longest != null && !interruption.isRequested()) {
            throw new CommandException(SrtOptionsMixin.shown(url) + ": nobody connected within " + Units.text(longest)
                    + "; check the sender's address, passphrase and stream id");
        }
        if (why != null && isFailure(why)) {
            throw new CommandException(SrtOptionsMixin.shown(url) + ": " + why.message()
                    + (bytes == 0
                            ? "; check the address, passphrase and stream id"
                            : "; " + bytes + " bytes were received"));
        }
        String reason = why == null ? "stopped" : why.message();
        console.err()
                .println(
                        isJson
                                ? Json.object()
                                        .put("bytes", bytes)
                                        .put("reason", reason)
                                        .text()
                                : bytes + " bytes received (" + reason + ")");
        return CommandLine.ExitCode.OK;
    }

    private static boolean isFailure(SrtCloseReason why) {
        return switch (why.kind()) {
            case CLOSED_HERE, CLOSED_BY_PEER, PEER_SILENT -> false;
            case REJECTED, CONNECT_TIMEOUT, FAILED -> true;
        };
    }

    private FileChannel open() throws IOException {
        if (out.equals("-")) {
            return new FileOutputStream(FileDescriptor.out).getChannel();
        }
        return FileChannel.open(
                Path.of(out),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }
}
