// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtMode;
import io.medicloud.srt.contract.PeerProcess;
import io.medicloud.srt.interop.Program.Place;
import io.medicloud.srt.interop.Program.Terms;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A program from outside. */
final class ProgramEnd implements CellEnd {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long GRACE_MS = 1_500;
    private static final long PEER_IDLE_MS = 6_000;

    private final boolean sends;
    private final PeerProcess process;
    private int sentAhead;

    private ProgramEnd(boolean sends, PeerProcess process) {
        this.sends = sends;
        this.process = process;
    }

    /** Starts it; a listener listens when this returns. */
    static ProgramEnd open(Program program, boolean sends, Place place, Terms terms) throws IOException {
        String[] command = program.command(sends, place, terms).toArray(String[]::new);
        ProgramEnd end = new ProgramEnd(sends, PeerProcess.start(command));
        if (program == Program.FFMPEG && sends) {
            end.send(NumberedStream.message(end.sentAhead++)); // it opens its output when it has seen its input
        }
        if (place.mode() == SrtMode.LISTENER) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> isTaken(place.localPort()) || !end.process.isAlive());
        }
        return end;
    }

    private static boolean isTaken(int port) throws IOException {
        try (DatagramSocket socket =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            return !socket.isBound();
        } catch (BindException e) {
            return true;
        }
    }

    @Override
    public boolean isConnected() {
        return false;
    }

    @Override
    public String trouble() {
        return process.isAlive() ? "" : "it has ended: " + process.log();
    }

    @Override
    public int sentAhead() {
        return sentAhead;
    }

    @Override
    public void send(byte[] message) throws IOException {
        process.input().write(message);
        process.input().flush();
    }

    @Override
    public int received() {
        return process.outputSize();
    }

    @Override
    public byte[] finish() throws IOException, InterruptedException {
        process.input().close();
        if (sends || !process.endsWithin(GRACE_MS, TimeUnit.MILLISECONDS)) {
            process.stop();
        }
        process.endsWithin(PEER_IDLE_MS, TimeUnit.MILLISECONDS);
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
