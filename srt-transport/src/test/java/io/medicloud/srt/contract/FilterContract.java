// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStats;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stack must do with a packet filter, against libsrt's. */
abstract class FilterContract extends SrtStackContract {
    private static final RejectReason FILTER = new RejectReason(14);
    private static final int MESSAGES = 700;
    /** Messages behind those that count: srt-live-transmit holds back what it wrote last, and may leave it lying when the caller goes. */
    private static final int TAIL = 60;

    @ParameterizedTest
    @ValueSource(strings = {"fec,cols:5,rows:4,arq:never", "fec,cols:6,rows:-3,layout:even,arq:onreq"})
    void whatTheLinkLosesOfACallersStreamIsRebuilt(String filter) throws Exception {
        RecordingSink sink = newSink();
        SrtListener listener = listen(SrtOptions.STANDARD.withLatencyMs(500).withPassphrase(PASSPHRASE), sink);
        byte[] sent = PacedBytes.packets(7 * MESSAGES);
        String query = "latency=500&passphrase=" + PASSPHRASE + "&packetfilter=" + filter;
        try (LossyRelay relay = new LossyRelay(listener.localAddress(), 23, MESSAGES - 60);
                PeerProcess peer = PeerProcess.srtLiveTransmit(
                        "file://con", url(relay.address().getPort(), query))) {
            SrtConnection connection = sink.connection();
            PacedBytes.feed(sent, peer, 20);
            await().atMost(SOON).until(() -> sink.size() == sent.length);
            assertThat(sink.bytes()).isEqualTo(sent);
            SrtStats.Counters total = connection.stats().total();
            assertThat(total.pktRcvFilterExtra()).isBetween(100L, 400L);
            assertThat(total.pktRcvFilterSupply()).isEqualTo(relay.lost()).isGreaterThan(20);
            assertThat(total.pktRcvDrop()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fec,cols:5,arq:never", "fec,cols:6,rows:-3,layout:even,arq:onreq"})
    // Rows or columns, not both: a receiving libsrt 1.5.1 now and then forgets groups that it still needs, whoever
    // sends.
    void whatTheLinkLosesOfOurStreamIsRebuiltByTheListener(String filter) throws Exception {
        int port = freePort();
        byte[] sent = PacedBytes.packets(7 * (MESSAGES + TAIL));
        String to = url(port, "mode=listener&latency=500&packetfilter=fec&passphrase=" + PASSPHRASE);
        try (LossyRelay relay = new LossyRelay(loopback(port), 23, MESSAGES - 60);
                PeerProcess peer = PeerProcess.srtLiveTransmit(to, "file://con")) {
            RecordingSink sink = newSink();
            SrtOptions options = SrtOptions.STANDARD
                    .withLatencyMs(500)
                    .withPassphrase(PASSPHRASE)
                    .with(SrtOption.PACKETFILTER, filter);
            SrtConnection connection = stack.connect(relay.address(), options, sink);
            sink.connection();
            PacedBytes.send(sent, connection, 20);
            int counted = MESSAGES * PacedBytes.MESSAGE;
            await().atMost(SOON).until(() -> peer.output().length >= counted);
            connection.close();
            sink.closeReason();
            peer.await(SOON);
            assertThat(Arrays.copyOf(peer.output(), counted)).isEqualTo(Arrays.copyOf(sent, counted));
            assertThat(relay.lost()).isGreaterThan(20);
            SrtStats.Counters total = connection.stats().total();
            assertThat(total.pktSndFilterExtra()).isBetween(100L, 300L);
            assertThat(total.pktRetrans()).isLessThan(5);
        }
    }

    @Test
    void filtersThatContradictEachOtherAreRejected() throws Exception {
        RecordingSink sink = newSink();
        SrtOptions ours = SrtOptions.STANDARD.with(SrtOption.PACKETFILTER, "fec,cols:5,rows:4");
        SrtListener listener = listen(ours, sink);
        RecordingSink calling = newSink();
        stack.connect(listener.localAddress(), ours.with(SrtOption.PACKETFILTER, "fec,cols:5,rows:3"), calling);
        assertThat(calling.closeReason().rejectReason()).isEqualTo(FILTER);
    }

    @Test
    void aListenerFillsInWhatTheCallerLeavesOpen() throws Exception {
        RecordingSink receiving = newSink();
        SrtListener listener =
                listen(SrtOptions.STANDARD.with(SrtOption.PACKETFILTER, "fec,cols:5,arq:never"), receiving);
        RecordingSink sink = newSink();
        SrtConnection connection =
                stack.connect(listener.localAddress(), SrtOptions.STANDARD.with(SrtOption.PACKETFILTER, "fec"), sink);
        sink.connection();
        byte[] sent = PacedBytes.packets(7 * 20);
        PacedBytes.send(sent, connection, 20);
        await().atMost(SOON).until(() -> receiving.size() == sent.length);
        assertThat(connection.stats().total().pktSndFilterExtra()).isEqualTo(4);
    }
}
