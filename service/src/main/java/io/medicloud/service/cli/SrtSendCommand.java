// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Units;
import io.medicloud.service.transfer.FileSender;
import io.medicloud.service.transfer.FileSender.Rate;
import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUri;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code medicloud srt-send}. */
@Command(
        name = "srt-send",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Sends a transport stream over SRT, paced by its PCR unless told otherwise.")
final class SrtSendCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE|-", description = "What to send; - is standard input.")
    private String file = "";

    @Parameters(
            index = "1",
            paramLabel = "URL",
            description = "srt://HOST:PORT?mode=listener|caller|rendezvous&streamid=…&passphrase=…&latency=120&…")
    private String url = "";

    @Mixin
    private final SrtOptionsMixin srt = new SrtOptionsMixin();

    @Option(
            names = "--rate",
            paramLabel = "pcr|max|8M",
            defaultValue = "pcr",
            description = "By the stream's clock, as fast as the connection takes it, or so many bits a second.")
    private String rate = "pcr";

    @Option(names = "--loop", description = "Begin again at the file's end.")
    private boolean isLoop;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean isJson;

    private boolean isConnectionOver;

    SrtSendCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        SrtUri uri = srt.uri(spec, url);
        Rate pace = rate();
        if (isLoop && file.equals("-")) {
            throw new ParameterException(spec.commandLine(), "--loop: standard input cannot be read twice");
        }
        if (!file.equals("-")) {
            Failures.requireReadable(Path.of(file));
        }
        SrtStacks.Selection selection = srt.select();
        try (SrtSender sender = new SrtSender(selection.stack(), uri);
                StatsFile stats = StatsFile.open(srt.stats(), sender::stats)) {
            interruption.onStop(sender::stop);
            FileSender files = new FileSender(sender, pace);
            if (awaitConnected(sender)) {
                sendAll(sender, files);
            }
            stats.writeLast();
            return report(sender, files);
        } finally {
            selection.stack().close();
        }
    }

    private boolean awaitConnected(SrtSender sender) throws CommandException {
        try {
            return sender.awaitConnected();
        } catch (IOException e) {
            throw new CommandException(
                    SrtOptionsMixin.shown(url) + ": " + e.getMessage()
                            + "; check the address, passphrase and stream id",
                    e);
        }
    }

    private void sendAll(SrtSender sender, FileSender files) throws IOException, CommandException {
        do {
            try (FileChannel in = open()) {
                interruption.onStop(() -> {
                    files.stop();
                    sender.stop();
                    close(in);
                });
                isConnectionOver = !files.send(in);
            } catch (IOException e) {
                throw new CommandException((file.equals("-") ? "standard input" : file) + ": " + e.getMessage(), e);
            }
        } while (isLoop && !isConnectionOver && !interruption.isRequested());
        if (!isConnectionOver) {
            files.drain();
        }
    }

    private int report(SrtSender sender, FileSender files) throws CommandException {
        SrtCloseReason why = sender.closed();
        if (isConnectionOver && !interruption.isRequested()) {
            String reason = why == null ? "the connection ended" : why.message();
            throw new CommandException(SrtOptionsMixin.shown(url) + ": " + reason + " after " + files.sentBytes()
                    + " bytes, before the end of " + (file.equals("-") ? "standard input" : file));
        }
        long bytes = files.sentBytes();
        if (isJson) {
            spec.commandLine()
                    .getOut()
                    .println(Json.object().put("bytes", bytes).text());
        } else {
            spec.commandLine().getErr().println(bytes + " bytes sent");
        }
        return CommandLine.ExitCode.OK;
    }

    private FileChannel open() throws IOException {
        return file.equals("-")
                ? new FileInputStream(FileDescriptor.in).getChannel()
                : FileChannel.open(Path.of(file), StandardOpenOption.READ);
    }

    private static void close(FileChannel in) {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Rate rate() {
        try {
            return switch (rate) {
                case "pcr" -> new Rate.ByPcr();
                case "max" -> new Rate.Unlimited();
                default -> new Rate.Constant(positive(Units.bitsPerSecond(rate)));
            };
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--rate: '" + rate + "' is not pcr, max, or a bit rate such as 8M", e);
        }
    }

    private static long positive(long bitsPerSecond) {
        if (bitsPerSecond <= 0) {
            throw new IllegalArgumentException("0");
        }
        return bitsPerSecond;
    }
}
