// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtStreamId;
import io.medicloud.srt.SrtVerdict;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and what the others are told. */
abstract class AdmissionContract extends SrtStackContract {

    private static final String STREAM_ID = "#!::r=live/cam-1,m=publish,u=ällice";

    @Test
    void theAdmissionSeesWhoCallsAndForWhat() throws Exception {
        Queue<SrtRequest> requests = new ConcurrentLinkedQueue<>();
        RecordingSink sink = newSink();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
            requests.add(request);
            return SrtVerdict.accept(sink);
        });
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, "streamid=" + STREAM_ID))) {
            SrtConnection connection = sink.connection();
            assertThat(peer.isAlive()).isTrue();
            assertThat(requests).hasSize(1);
            assertThat(requests.element().streamId()).isEqualTo(STREAM_ID);
            assertThat(requests.element().peer()).isEqualTo(connection.peer());
            assertThat(requests.element().peer().getAddress()).isEqualTo(LOOPBACK);
            assertThat(requests.element().local()).isEqualTo(listener.localAddress());
            assertThat(connection.streamId()).isEqualTo(STREAM_ID);
        }
    }

    @Test
    void theAdmissionSeesTheVersionOfTheCallerWhereTheStackKnowsIt() throws Exception {
        Queue<SrtRequest> requests = new ConcurrentLinkedQueue<>();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
            requests.add(request);
            return SrtVerdict.reject(RejectReason.FORBIDDEN);
        });
        RecordingSink sink = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, sink);
        assertThat(sink.closeReason().rejectReason()).isEqualTo(RejectReason.FORBIDDEN);
        // libsrt asks before it has read what the caller is.
        assertThat(requests.element().version()).isEqualTo(stack.name().equals("java") ? 0x010505 : 0);
    }

    @Test
    void aStreamIdThatIsNotUtf8ComesThroughByteByByte() throws Exception {
        byte[] sent = {'c', 'a', 'f', (byte) 0xE9, '/', (byte) 0xFF, (byte) 0xC3, (byte) 0xA9, (byte) 0x80};
        Queue<SrtRequest> requests = new ConcurrentLinkedQueue<>();
        RecordingSink sink = newSink();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
            requests.add(request);
            return SrtVerdict.accept(sink);
        });
        RecordingSink caller = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD.withStreamId(SrtStreamId.decode(sent)), caller);
        caller.connection();
        assertThat(requests.element().streamIdBytes()).isEqualTo(sent);
        assertThat(requests.element().streamId()).isEqualTo("caf\uDCE9/\uDCFF\u00E9\uDC80");
        assertThat(sink.connection().streamId()).isEqualTo(requests.element().streamId());
    }

    @Test
    void aCallerThatIsToAskAgainIsLetInOnceItMay() throws Exception {
        Queue<SrtRequest> requests = new ConcurrentLinkedQueue<>();
        AtomicInteger turnedAway = new AtomicInteger();
        RecordingSink sink = newSink();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
            requests.add(request);
            return requests.size() < 3
                    ? SrtVerdict.later(RejectReason.CONFLICT, turnedAway::incrementAndGet)
                    : SrtVerdict.accept(sink);
        });
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            if (stack.name().equals("java")) {
                assertThat(sink.connection().peer())
                        .isEqualTo(requests.element().peer());
                assertThat(peer.isAlive()).isTrue();
                assertThat(requests).hasSize(3);
                assertThat(listener.rejected()).isEmpty();
                assertThat(turnedAway).hasValue(0);
            } else {
                // It answers each caller at once.
                await().atMost(SOON).until(() -> listener.rejected().equals(Map.of(RejectReason.CONFLICT, 1L)));
                assertThat(turnedAway).hasValue(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 32})
    void keysOfEveryLengthWork(int keyLength) throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE), sink);
        byte[] sent = PacedBytes.packets(7 * 100);
        String query = "pbkeylen=" + keyLength + "&passphrase=" + PASSPHRASE;
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, query))) {
            assertThat(sink.connection().isEncrypted()).isTrue();
            PacedBytes.feed(sent, peer, 20);
            await().atMost(SOON).until(() -> sink.size() == sent.length);
            assertThat(sink.bytes()).isEqualTo(sent);
        }
    }

    @Test
    void aWrongPassphraseIsRejectedAndCountedAndTheRightOneStillGetsIn() throws Exception {
        Queue<RecordingSink> sinks = new ConcurrentLinkedQueue<>();
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD.withPassphrase(PASSPHRASE), request -> {
            RecordingSink sink = newSink();
            sinks.add(sink);
            return SrtVerdict.accept(sink);
        });
        try (PeerProcess wrong =
                PeerProcess.srtLiveTransmit("file://con", url(listener, "passphrase=wrong-horse-battery"))) {
            await("the rejection; srt-live-transmit said: " + wrong.log())
                    .atMost(SOON)
                    .until(() -> listener.rejected().equals(Map.of(RejectReason.BAD_SECRET, 1L)));
        }
        SrtCloseReason why = sinks.element().closeReason();
        assertThat(why.kind()).isEqualTo(Kind.REJECTED);
        assertThat(why.rejectReason()).isEqualTo(RejectReason.BAD_SECRET);
        assertThat(sinks.element().isConnected()).isFalse();
        try (PeerProcess right = PeerProcess.srtLiveTransmit("file://con", url(listener, "passphrase=" + PASSPHRASE))) {
            await().atMost(SOON).until(() -> listener.accepted() == 1);
            assertThat(right.isAlive()).isTrue();
        }
    }

    @Test
    void aPeerWithoutPassphraseIsRejectedAsUnsecure() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE), sink);
        // How and when srt-live-transmit ends is its own business.
        try (PeerProcess peer = PeerProcess.srtLiveTransmit("file://con", url(listener, ""))) {
            assertThat(sink.closeReason().rejectReason())
                    .as("srt-live-transmit said: %s", peer.log())
                    .isEqualTo(RejectReason.UNSECURE);
        }
        assertThat(listener.rejected().keySet()).containsExactly(RejectReason.UNSECURE);
        assertThat(listener.accepted()).isZero();
    }

    @Test
    void aCallerWithTheWrongPassphraseIsToldSo() throws Exception {
        RecordingSink listening = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withPassphrase(PASSPHRASE), listening);
        RecordingSink sink = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD.withPassphrase("wrong-horse-battery"), sink);
        assertThat(sink.closeReason().rejectReason()).isEqualTo(RejectReason.BAD_SECRET);
    }

    @Test
    void aVerdictMayBringThePassphraseOfThisCaller() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = stack.listen(
                ANY_PORT,
                SrtOptions.STANDARD,
                request -> SrtVerdict.accept(sink, "passphrase-of-" + request.streamId()));
        String query = "streamid=alice&passphrase=passphrase-of-";
        try (PeerProcess wrong = PeerProcess.srtLiveTransmit("file://con", url(listener, query + "bob"))) {
            assertThat(sink.closeReason().rejectReason())
                    .as("srt-live-transmit said: %s", wrong.log())
                    .isEqualTo(RejectReason.BAD_SECRET);
        }
        RecordingSink second = newSink();
        SrtListener again = stack.listen(
                ANY_PORT,
                SrtOptions.STANDARD,
                request -> SrtVerdict.accept(second, "passphrase-of-" + request.streamId()));
        try (PeerProcess right = PeerProcess.srtLiveTransmit("file://con", url(again, query + "alice"))) {
            assertThat(second.connection().isEncrypted()).isTrue();
            assertThat(right.isAlive()).isTrue();
        }
    }

    @Test
    void aVerdictMayBringTheLatencyOfThisCaller() throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = stack.listen(
                ANY_PORT,
                SrtOptions.STANDARD.withLatencyMs(80),
                request -> SrtVerdict.accept(sink, PASSPHRASE, Integer.parseInt(request.streamId())));
        RecordingSink caller = newSink();
        stack.connect(
                listener.localAddress(),
                SrtOptions.STANDARD.withPassphrase(PASSPHRASE).withLatencyMs(30).withStreamId("730"),
                caller);
        caller.connection();
        assertThat(sink.connection().stats().instant().msRcvTsbPdDelay()).isEqualTo(730);
        assertThat(sink.connection().isEncrypted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1403, 1404, 1000, 2005})
    void aRejectedCallerLearnsTheReason(int code) throws Exception {
        SrtListener listener =
                stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> SrtVerdict.reject(new RejectReason(code)));
        RecordingSink sink = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD.withStreamId("x"), sink);
        SrtCloseReason why = sink.closeReason();
        assertThat(why.kind()).isEqualTo(Kind.REJECTED);
        assertThat(why.rejectReason()).isEqualTo(new RejectReason(code));
        assertThat(sink.isConnected()).isFalse();
        assertThat(listener.rejected()).containsEntry(new RejectReason(code), 1L);
    }

    @Test
    void anotherProgramSeesTheReasonToo() throws Exception {
        SrtListener listener =
                stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> SrtVerdict.reject(RejectReason.FORBIDDEN));
        try (PeerProcess peer =
                PeerProcess.start("srt-live-transmit", "-a:no", "-loglevel:warning", "file://con", url(listener, ""))) {
            await().atMost(SOON).untilAsserted(() -> assertThat(peer.log()).contains("REJECT", "Application-defined"));
        }
    }

    @Test
    void anAdmissionThatFailsRejects() throws Exception {
        SrtListener listener = stack.listen(ANY_PORT, SrtOptions.STANDARD, request -> {
            throw new IllegalStateException("on purpose");
        });
        RecordingSink sink = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, sink);
        assertThat(sink.closeReason().rejectReason()).isEqualTo(RejectReason.INTERNAL_SERVER_ERROR);
    }

    @Test
    void aPeerThatIsTooOldForUsIsRejected() throws Exception {
        RecordingSink listening = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.with(SrtOption.MINVERSION, 0x020000), listening);
        RecordingSink sink = newSink();
        stack.connect(listener.localAddress(), SrtOptions.STANDARD, sink);
        assertThat(sink.closeReason().rejectReason()).isEqualTo(RejectReason.VERSION);
        assertThat(listening.closeReason().rejectReason()).isEqualTo(RejectReason.VERSION);
    }
}
