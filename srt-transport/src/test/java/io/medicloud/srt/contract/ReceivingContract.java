// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStats;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stack must do as the receiving end. */
abstract class ReceivingContract extends SrtStackContract {

    @Test
    void everyByteOfACallerIsDeliveredInOrder() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD, sink);
        byte[] sent = PacedBytes.packets(7 * 1500);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            SrtConnection connection = sink.connection();
            PacedBytes.feed(sent, peer, 30);
            await().atMost(SOON).until(() -> sink.size() == sent.length);
            assertThat(sink.bytes()).isEqualTo(sent);
            SrtStats stats = connection.stats();
            assertThat(stats.total().pktRecvUnique()).isEqualTo(1500);
            assertThat(stats.total().byteRecvUnique()).isEqualTo(1500L * (PacedBytes.MESSAGE + 44));
            assertThat(stats.total().pktSentAck()).isPositive();
            assertThat(stats.instant().mbpsRecvRate()).isPositive();
            assertThat(stats.msTimeStamp()).isPositive();
            assertThat(listener.accepted()).isEqualTo(1);
            assertThat(sink.payloads()).isEqualTo(1500);
            assertThat(sink.batches()).isBetween(1, 1500);
        }
    }

    @Test
    void whatWaitsForItsTimeIsDeliveredAfterThePeerHasGone() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withLatencyMs(1500), sink);
        byte[] sent = PacedBytes.packets(7 * 500);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            SrtConnection connection = sink.connection();
            PacedBytes.feed(sent, peer, 20);
            await().atMost(SOON).until(() -> connection.stats().total().pktRecvUnique() == 500);
            assertThat(sink.size()).as("the rest waits for its time").isLessThan(sent.length);
            peer.stop();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
            assertThat(sink.bytes()).isEqualTo(sent);
            assertThat(connection.stats().total().pktRecvUnique()).isPositive();
        }
    }

    @Test
    void whatWaitsForItsTimeIsDeliveredWhenTheConnectionIsDrained() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withLatencyMs(800), sink);
        byte[] sent = PacedBytes.packets(7 * 300);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            SrtConnection connection = sink.connection();
            PacedBytes.feed(sent, peer, 20);
            await().atMost(SOON).until(() -> connection.stats().total().pktRecvUnique() == 300);
            assertThat(sink.size()).as("the rest waits for its time").isLessThan(sent.length);
            connection.drain();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            assertThat(sink.bytes()).isEqualTo(sent);
        }
    }

    @Test
    void drainingEndsThoughThePeerGoesOn() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withLatencyMs(200), sink);
        AtomicBoolean enough = new AtomicBoolean();
        RecordingSink caller = newSink();
        SrtConnection sending = stack.connect(listener.localAddress(), SrtOptions.STANDARD, caller);
        caller.connection();
        Thread encoder = new Thread(() -> {
            while (!enough.get()) {
                PacedBytes.send(PacedBytes.packets(70), sending, 8);
            }
        });
        encoder.start();
        try {
            sink.awaitPayload();
            SrtConnection connection = sink.connection();
            long before = connection.stats().total().pktRecvUnique();
            connection.drain();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_HERE);
            assertThat((long) sink.payloads()).isGreaterThanOrEqualTo(before);
            assertThat(caller.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
        } finally {
            enough.set(true);
            encoder.join();
        }
    }

    @Test
    void ffmpegsStreamArrivesToTheLastByte(@TempDir Path folder) throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE), sink);
        Path sent = folder.resolve("sent.ts");
        // Without linger ffmpeg's libsrt throws away what its sender thread has not sent when it closes.
        String target = url(listener, "streamid=live/cam-1&linger=5&pbkeylen=32&passphrase=" + PASSPHRASE);
        try (PeerProcess peer = PeerProcess.ffmpeg(
                "-re",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=size=320x180:rate=25:duration=2",
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-map",
                "0:v",
                "-f",
                "tee",
                "[f=mpegts]" + sent + "|[f=mpegts]" + target)) {
            SrtConnection connection = sink.connection();
            assertThat(connection.streamId()).isEqualTo("live/cam-1");
            assertThat(connection.isEncrypted()).isTrue();
            assertThat(peer.await(SOON)).isZero();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
            assertThat(sink.bytes()).isEqualTo(Files.readAllBytes(sent));
        }
    }

    @Test
    void retainedPayloadsStayAsTheyWere() throws Exception {
        List<ByteBuf> kept = new CopyOnWriteArrayList<>();
        RecordingSink sink = new RecordingSink() {
            @Override
            public void onPayload(ByteBuf payload, long nowUs) {
                kept.add(payload.retainedSlice());
                super.onPayload(payload, nowUs);
            }
        };
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 1000), sink);
        byte[] sent = PacedBytes.packets(7 * 300);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            sink.connection();
            PacedBytes.feed(sent, peer, 30);
            await().atMost(SOON).until(() -> sink.size() == sent.length);
        }
        sink.closeReason();
        ByteBuf all = Unpooled.wrappedBuffer(kept.toArray(ByteBuf[]::new));
        assertThat(ByteBufUtil.getBytes(all)).isEqualTo(sent);
        all.release();
    }

    @Test
    void theLargerLatencyOfBothSidesIsAgreedOn() throws Exception {
        RecordingSink mine = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.RCVLATENCY, 350), mine);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, "latency=200"))) {
            assertThat(mine.connection().stats().instant().msRcvTsbPdDelay()).isEqualTo(350);
            assertThat(peer.isAlive()).isTrue();
        }
        RecordingSink theirs = newSink();
        SrtListener second = listen(SrtOptions.STANDARD.withLatencyMs(80), theirs);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(second, "latency=420"))) {
            assertThat(theirs.connection().stats().instant().msRcvTsbPdDelay()).isEqualTo(420);
            assertThat(peer.isAlive()).isTrue();
        }
    }

    @Test
    void aPeerThatVanishesIsFoundSilent() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.PEERIDLETIMEO, 1000), sink);
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            sink.connection();
            PacedBytes.feed(PacedBytes.packets(70), peer, 20);
            sink.awaitPayload();
            peer.kill();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.PEER_SILENT);
        }
    }

    @Test
    void aSinkThatFailsLosesItsOwnConnectionOnly() throws Exception {
        RecordingSink failing = new RecordingSink() {
            @Override
            public void onPayload(ByteBuf payload, long nowUs) {
                throw new IllegalStateException("on purpose");
            }
        };
        RecordingSink sound = newSink();
        SrtListener first = listen(SrtOptions.STANDARD, failing);
        SrtListener second = listen(SrtOptions.STANDARD, sound);
        byte[] sent = PacedBytes.packets(70);
        try (PeerProcess one = PeerProcess.srtLiveTransmit("file://con", url(first, ""));
                PeerProcess two = PeerProcess.srtLiveTransmit("file://con", url(second, ""))) {
            failing.connection();
            sound.connection();
            PacedBytes.feed(sent, one, 20);
            assertThat(failing.closeReason().kind()).isEqualTo(Kind.FAILED);
            PacedBytes.feed(sent, two, 20);
            await().atMost(SOON).until(() -> sound.size() == sent.length);
        }
    }
}
