// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.monitor.FileMonitor;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medicloud probe}. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Tells what is in a transport stream.")
final class ProbeCommand implements Callable<Integer> {
    private static final int PIECE = 256 << 10;

    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Parameters(paramLabel = "FILE", description = "A transport stream with packets of 188, 192 or 204 bytes.")
    private String file = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean isJson;

    @Option(
            names = "--monitor",
            description =
                    "Measure it as well: the indicators of ETSI TR 101 290, bitrates, clocks, pictures, decoder buffers.")
    private boolean isMonitored;

    ProbeCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        QuietNetty.start();
        Failures.requireReadable(Path.of(file));
        FileMonitor monitor = isMonitored ? new FileMonitor() : null;
        ProbeReport report = probe(monitor);
        if (report.bytes() == 0) {
            throw new CommandException(file + ": is empty; there is nothing to probe");
        }
        if (report.packets() == 0) {
            throw new CommandException(
                    file + ": is no transport stream: no packets of 188, 192 or 204 bytes were found in "
                            + report.bytes() + " bytes");
        }
        MonitorText measured = monitor == null ? null : new MonitorText(monitor.report());
        ProbeText text = new ProbeText(file, report, measured);
        console.out().println(isJson ? text.json() : text.table());
        return CommandLine.ExitCode.OK;
    }

    private ProbeReport probe(@Nullable FileMonitor monitor) throws IOException, CommandException {
        StreamProbe probe = new StreamProbe();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel in = FileChannel.open(Path.of(file), StandardOpenOption.READ);
                Progress progress = Progress.of("probe", in.size())) {
            long done = 0;
            while (in.read(piece) >= 0) {
                ByteBuf lent = Unpooled.wrappedBuffer(piece.flip());
                probe.onData(lent);
                if (monitor != null) {
                    monitor.onData(lent);
                }
                done += lent.readableBytes();
                lent.release();
                piece.clear();
                progress.at(done);
                if (interruption.isRequested()) {
                    throw new CommandException(file + ": interrupted after " + done + " bytes");
                }
            }
        }
        if (monitor != null) {
            monitor.finish();
        }
        return probe.finish();
    }
}
