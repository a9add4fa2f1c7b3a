// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Units;
import io.medicloud.service.transfer.FileSender;
import io.medicloud.service.transfer.FileSender.Rate;
import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUri;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medicloud srt-send}. */
@Command(
        name = "srt-send",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Sends a transport stream over SRT, paced by its PCR unless told otherwise.")
final class SrtSendCommand implements Callable<Integer> {
    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Parameters(index = "0", paramLabel = "FILE|-", description = "What to send; - is standard input.")
    private String file = "";

    @Parameters(index = "1", paramLabel = "URL", description = SrtOptionsMixin.URL)
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
        SrtUri uri = srt.uri(console, url);
        Rate pace = console.read("--rate", rate, SrtSendCommand::rate);
        InputFile input = new InputFile(file);
        if (isLoop && input.isStandardInput()) {
            throw console.usage("--loop: standard input cannot be read twice");
        }
        input.requireReadable();
        SrtStacks.Selection selection = srt.select(console, uri);
        try (SrtSender sender = new SrtSender(selection.stack(), uri);
                StatsFile stats = StatsFile.open(srt.stats(), sender::stats)) {
            interruption.onStop(sender::stop);
            FileSender files = new FileSender(sender, pace);
            if (awaitConnected(sender)) {
                sendAll(input, sender, files);
            }
            stats.writeLast();
            return report(input, sender, files);
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

    private void sendAll(InputFile input, SrtSender sender, FileSender files) throws IOException, CommandException {
        do {
            try (FileChannel in = input.open()) {
                interruption.onStop(() -> {
                    files.stop();
                    sender.stop();
                    InputFile.close(in);
                });
                isConnectionOver = !files.send(in);
            } catch (IOException e) {
                throw new CommandException(input.name() + ": " + e.getMessage(), e);
            }
        } while (isLoop && !isConnectionOver && !interruption.isRequested());
        if (!isConnectionOver) {
            files.drain();
        }
    }

    private int report(InputFile input, SrtSender sender, FileSender files) throws CommandException {
        SrtCloseReason why = sender.closed();
        if (isConnectionOver && !interruption.isRequested()) {
            String reason = why == null ? "the connection ended" : why.message();
            throw new CommandException(SrtOptionsMixin.shown(url) + ": " + reason + " after " + files.sentBytes()
                    + " bytes, before the end of " + input.name());
        }
        long bytes = files.sentBytes();
        if (isJson) {
            console.out().println(Json.object().put("bytes", bytes).text());
        } else {
            console.err().println(bytes + " bytes sent");
        }
        return CommandLine.ExitCode.OK;
    }

    private static Rate rate(String text) {
        try {
            return switch (text) {
                case "pcr" -> new Rate.ByPcr();
                case "max" -> new Rate.Unlimited();
                default -> new Rate.Constant(positive(Units.bitsPerSecond(text)));
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is not pcr, max, or a bit rate such as 8M", e);
        }
    }

    private static long positive(long bitsPerSecond) {
        if (bitsPerSecond <= 0) {
            throw new IllegalArgumentException("0");
        }
        return bitsPerSecond;
    }
}
