// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.playlist.PlaylistWriter;
import io.medicloud.service.config.Units;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medicloud segment}. */
@Command(
        name = "segment",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Cuts a transport stream at keyframes, as the service cuts a live one: segments and index.m3u8.")
final class SegmentCommand implements Callable<Integer> {
    /** A whole number of packets, that a processor's cache holds between reading and writing. */
    private static final int PIECE = 1394 * 188;
    /** Times come from the stream: what a file's bytes are when does not matter. */
    private static final long NO_ARRIVAL_US = 0;

    private static final Duration LEAST_DURATION = Duration.ofMillis(100);
    private static final Duration MOST_DURATION = Duration.ofHours(1);
    private static final Duration MOST_MAX_DURATION = Duration.ofHours(24);

    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Parameters(paramLabel = "FILE|-", description = "What to cut; - is standard input.")
    private String file = "";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write; made if missing.")
    private Path out = Path.of("");

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "6s",
            description = "A segment ends at the first keyframe from here on. Default: 6s.")
    private String duration = "6s";

    @Option(
            names = "--max-duration",
            paramLabel = "TIME",
            description = "It ends here in any case. Default: twice the duration.")
    private @Nullable String maxDuration;

    @Option(
            names = "--min-duration",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "Nothing but a discontinuity ends it before this. Default: 0s.")
    private String minDuration = "0s";

    @Option(
            names = "--max-bytes",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            description = "It never holds more. Default: 64MiB.")
    private String maxBytes = "64MiB";

    @Option(
            names = "--program",
            paramLabel = "NUMBER",
            defaultValue = "0",
            description = "The program whose stream times segments; all are kept. Default: the first one.")
    private int program;

    @Option(
            names = "--align",
            description =
                    "End segments at the multiples of the duration: of the time of day, if standard input is cut, else since the file's start.")
    private boolean isAligned;

    @Option(names = "--splice", description = "End segments also at splice points (SCTE 35).")
    private boolean isSpliced;

    @Option(
            names = "--parameter-sets",
            paramLabel = "keep|repeat",
            defaultValue = "keep",
            description =
                    "repeat: put the last parameter sets in front of keyframes that lack them. Default: keep, the stream as it is.")
    private String parameterSets = "keep";

    @Option(
            names = "--name",
            paramLabel = "PATTERN",
            defaultValue = "segment_%04d.ts",
            description = "The files' names, with one %%d for the number. Default: segment_%%04d.ts.")
    private String name = "segment_%04d.ts";

    @Option(names = "--json", description = "Print one JSON object a segment.")
    private boolean isJson;

    private long readBytes;

    SegmentCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        QuietNetty.start();
        SegmentPolicy policy = policy();
        requirePattern();
        InputFile input = new InputFile(file);
        input.requireReadable();
        Files.createDirectories(out);
        try (SegmentFiles files = new SegmentFiles(out, name, this::print)) {
            cut(input, new Segmenter(policy, files), files);
            requirePackets(input, files);
            Files.writeString(out.resolve("index.m3u8"), PlaylistWriter.write(files.playlist()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        console.out().flush();
        if (interruption.isRequested() && !input.isStandardInput()) {
            throw new CommandException(file + ": interrupted after " + readBytes + " bytes; what was read is cut");
        }
        return CommandLine.ExitCode.OK;
    }

    private void cut(InputFile input, Segmenter segmenter, SegmentFiles files) throws IOException {
        try (FileChannel in = input.open();
                Pieces pieces = new Pieces(PIECE);
                Progress progress = Progress.of("segment", input.isStandardInput() ? 0 : in.size())) {
            interruption.onStop(() -> InputFile.close(in));
            boolean more = true;
            while (more) {
                ByteBuf piece = pieces.next();
                more = fill(piece, in);
                segmenter.onData(piece, isAligned && input.isStandardInput() ? timeOfDayUs() : NO_ARRIVAL_US);
                files.write();
                progress.at(readBytes);
            }
        }
        segmenter.finish();
    }

    private static long timeOfDayUs() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }

    /** Reads what is there, once: a pipe is cut as it flows. False at the end. */
    private boolean fill(ByteBuf piece, FileChannel in) throws IOException {
        try {
            int read = in.read(piece.nioBuffer(0, PIECE));
            piece.writerIndex(Math.max(0, read));
            readBytes += Math.max(0, read);
            return read >= 0;
        } catch (ClosedChannelException e) {
            if (interruption.isRequested()) {
                return false;
            }
            throw e;
        }
    }

    private void requirePackets(InputFile input, SegmentFiles files) throws CommandException {
        if (files.isEmpty()) {
            throw new CommandException(
                    readBytes == 0
                            ? input.name() + ": is empty; there is nothing to cut"
                            : input.name() + ": is no transport stream: no packets were found in " + readBytes
                                    + " bytes");
        }
    }

    private void print(String segment, SegmentFacts facts, List<Json> splices) {
        console.out().println(isJson ? SegmentText.json(segment, facts, splices) : SegmentText.row(segment, facts));
    }

    private SegmentPolicy policy() {
        Duration target = within("--duration", duration, LEAST_DURATION, MOST_DURATION);
        Duration most = maxDuration == null
                ? target.multipliedBy(2)
                : within("--max-duration", maxDuration, target, MOST_MAX_DURATION);
        Duration least = within("--min-duration", minDuration, Duration.ZERO, target);
        if (!parameterSets.equals("keep") && !parameterSets.equals("repeat")) {
            throw console.usage("--parameter-sets: '" + parameterSets + "' is neither keep nor repeat");
        }
        SegmentPolicy policy = console.read(
                        "--max-bytes", maxBytes, text -> new SegmentPolicy(target, most, Units.bytes(text)))
                .withShortest(least)
                .withSplices(isSpliced)
                .withParameterSets(parameterSets.equals("repeat"));
        policy = withProgram(policy);
        return isAligned ? policy.withWallClock(0) : policy;
    }

    private SegmentPolicy withProgram(SegmentPolicy policy) {
        return console.read("--program", Integer.toString(program), text -> policy.withProgram(program));
    }

    private Duration within(String option, String text, Duration least, Duration most) {
        Duration time = console.read(option, text, Units::duration);
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw console.usage(
                    option + ": '" + text + "' is not from " + Units.text(least) + " to " + Units.text(most));
        }
        return time;
    }

    private void requirePattern() {
        if (!isPattern(name)) {
            throw console.usage(
                    "--name: '" + name + "' is not a file name with one %d for the number, such as segment_%04d.ts");
        }
    }

    private static boolean isPattern(String name) {
        try {
            String first = String.format(Locale.ROOT, name, 1L);
            return !first.equals(String.format(Locale.ROOT, name, 2L))
                    && Path.of(first).getNameCount() == 1
                    && !first.contains("/");
        } catch (IllegalFormatException e) {
            return false;
        }
    }
}
