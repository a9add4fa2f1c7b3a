// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stack must do as the sending end, and as a caller. */
abstract class SendingContract extends SrtStackContract {

    @Test
    void everyByteArrivesAtAListenerThatIsCalled() throws Exception {
        int port = freePort();
        byte[] sent = PacedBytes.packets(7 * 1000);
        try (PeerProcess peer =
                PeerProcess.srtLiveTransmit("srt://127.0.0.1:" + port + "?mode=listener", "file://con")) {
            RecordingSink sink = newSink();
            SrtConnection connection = stack.connect(loopback(port), SrtOptions.STANDARD.withLatencyMs(200), sink);
            sink.connection();
            PacedBytes.send(sent, connection, 20);
            connection.close();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            peer.await(SOON);
            assertThat(peer.output()).isEqualTo(sent);
            assertThat(connection.stats().total().pktSentUnique()).isEqualTo(1000);
            assertThat(connection.stats().instant().msSndTsbPdDelay()).isEqualTo(200);
        }
    }

    @Test
    void everyByteArrivesAtACallerOfOurListener() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE), sink);
        byte[] sent = PacedBytes.packets(7 * 400 + 3);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit(url(listener, "passphrase=" + PASSPHRASE), "file://con")) {
            SrtConnection connection = sink.connection();
            PacedBytes.send(sent, connection, 20);
            // It drops what still waits for its time when we close, and holds back the end of its output until it ends.
            await().atMost(SOON).until(() -> peer.output().length > sent.length - 32_768);
            connection.close();
            peer.await(SOON);
            assertThat(peer.output()).isEqualTo(sent);
        }
    }

    @Test
    void ffmpegPullsAndReadsEveryPicture(@TempDir Path folder) throws Exception {
        Path made = folder.resolve("made.ts");
        try (PeerProcess encoder = PeerProcess.ffmpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=2",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-g",
                "25",
                "-f",
                "mpegts",
                made.toString())) {
            assertThat(encoder.await(SOON)).isZero();
        }
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        Path pulled = folder.resolve("pulled.ts");
        try (PeerProcess peer =
                PeerProcess.ffmpeg("-i", url(listener, ""), "-c", "copy", "-f", "mpegts", pulled.toString())) {
            PacedBytes.send(Files.readAllBytes(made), sink.connection(), 8);
            sink.connection().close();
            peer.await(SOON);
        }
        assertThat(pictures(pulled)).isEqualTo("50");
    }

    private static String pictures(Path file) throws Exception {
        try (PeerProcess probe = PeerProcess.start(
                "ffprobe",
                "-v",
                "error",
                "-count_packets",
                "-select_streams",
                "v",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "default=nw=1:nk=1",
                file.toString())) {
            assertThat(probe.await(SOON)).isZero();
            await().atMost(SOON).until(() -> probe.output().length > 0);
            return new String(probe.output(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("");
        }
    }

    @Test
    void aFullBufferSaysNoAndThenThatThereIsRoom() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, receiving);
        SrtOptions slow = SrtOptions.STANDARD
                .with(SrtOption.SNDBUF, 64 * 1456)
                .with(SrtOption.MAXBW, 400_000)
                .with(SrtOption.SNDDROPDELAY, -1);
        RecordingSink sink = newSink();
        SrtConnection connection = stack.connect(listener.localAddress(), slow, sink);
        sink.connection();
        int taken = 0;
        ByteBuf message = Unpooled.directBuffer().writeZero(PacedBytes.MESSAGE);
        while (connection.send(message.retainedDuplicate()) && taken < 10_000) {
            taken++;
        }
        // What was taken is released when it was sent, what was not taken is ours.
        await().atMost(SOON).until(() -> message.refCnt() == 2);
        message.release();
        assertThat(taken).isBetween(32, 1000);
        await().atMost(SOON).until(() -> sink.writable() > 0);
        assertThat(connection.send(message)).isTrue();
        await().atMost(SOON).until(() -> message.refCnt() == 0);
    }

    @Test
    void payloadsFromTheHeapAndInPiecesAreSentToo() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, receiving);
        RecordingSink sink = newSink();
        SrtConnection connection = stack.connect(listener.localAddress(), SrtOptions.STANDARD, sink);
        sink.connection();
        byte[] bytes = PacedBytes.packets(2);
        assertThat(connection.send(Unpooled.wrappedBuffer(bytes, 0, 188))).isTrue();
        assertThat(connection.send(Unpooled.wrappedBuffer(
                        Unpooled.directBuffer().writeBytes(bytes, 188, 100),
                        Unpooled.directBuffer().writeBytes(bytes, 288, 88))))
                .isTrue();
        await().atMost(SOON).until(() -> receiving.size() == bytes.length);
        assertThat(receiving.bytes()).isEqualTo(bytes);
    }

    @Test
    void aPayloadThatIsTooLongIsRefused() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, receiving);
        RecordingSink sink = newSink();
        SrtConnection connection = stack.connect(listener.localAddress(), SrtOptions.STANDARD, sink);
        sink.connection();
        assertThat(connection.payloadSize()).isEqualTo(1316);
        ByteBuf tooLong = Unpooled.directBuffer().writeZero(1317);
        assertThatThrownBy(() -> connection.send(tooLong)).hasMessageContaining("1 to 1316 bytes, not 1317");
        assertThat(tooLong.refCnt()).isEqualTo(1);
        tooLong.release();
        assertThatThrownBy(() -> connection.send(Unpooled.EMPTY_BUFFER)).hasMessageContaining("not 0");
    }

    @Test
    void smallerPacketsAloneLimitThePayload() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, receiving);
        RecordingSink sink = newSink();
        SrtConnection connection =
                stack.connect(listener.localAddress(), SrtOptions.STANDARD.with(SrtOption.MSS, 1300), sink);
        sink.connection();
        assertThat(connection.payloadSize()).isEqualTo(1256);
        assertThat(connection.send(Unpooled.directBuffer().writeZero(1256))).isTrue();
        await().atMost(SOON).until(() -> receiving.size() == 1256);
    }

    @Test
    void aKeyThatIsRenewedOftenNeedsNoAnnouncementOfItsOwn() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener =
                listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE).withLatencyMs(1000), receiving);
        RecordingSink sink = newSink();
        SrtOptions often = SrtOptions.STANDARD.withPassphrase(PASSPHRASE).with(SrtOption.KMREFRESHRATE, 1000);
        SrtConnection connection = stack.connect(listener.localAddress(), often, sink);
        sink.connection();
        byte[] sent = PacedBytes.packets(7 * 1500);
        PacedBytes.send(sent, connection, 20);
        await().atMost(SOON).until(() -> receiving.size() == sent.length);
        assertThat(Arrays.equals(receiving.bytes(), sent)).isTrue();
    }

    @Test
    void aCallNobodyAnswersTimesOut() throws Exception {
        RecordingSink sink = newSink();
        int port = freePort();
        long begin = System.nanoTime();
        SrtConnection connection =
                stack.connect(loopback(port), SrtOptions.STANDARD.with(SrtOption.CONNTIMEO, 700), sink);
        ByteBuf early = Unpooled.directBuffer().writeZero(188);
        assertThat(connection.send(early)).as("before the handshake is done").isFalse();
        assertThat(sink.closeReason().kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
        assertThat(sink.isConnected()).isFalse();
        assertThat(connection.send(early)).as("taken and discarded").isTrue();
        assertThat(early.refCnt()).isZero();
    }

    @Test
    void twoEndsMeetInRendezvous() throws Exception {
        int here = freePort();
        int there = freePort();
        RecordingSink sink = newSink();
        byte[] sent = PacedBytes.packets(7 * 100);
        SrtOptions options = SrtOptions.STANDARD.withPassphrase(PASSPHRASE).with(SrtOption.PEERIDLETIMEO, 1000);
        SrtConnection connection = stack.rendezvous(loopback(here), loopback(there), options, sink);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit(
                "file://con",
                "srt://127.0.0.1:" + here + "?mode=rendezvous&adapter=127.0.0.1&port=" + there + "&passphrase="
                        + PASSPHRASE)) {
            sink.connection();
            assertThat(connection.isEncrypted()).isTrue();
            PacedBytes.feed(sent, peer, 10);
            await().atMost(SOON).until(() -> sink.size() == sent.length);
            assertThat(sink.bytes()).isEqualTo(sent);
        }
        assertThat(sink.closeReason().kind()).isNotEqualTo(Kind.FAILED);
    }
}
