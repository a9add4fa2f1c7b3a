// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import org.junit.jupiter.api.Test;

/** What a stack makes of a peer that misbehaves on cue. */
abstract class ScriptedPeerContract extends SrtStackContract {

    @Test
    void aListenerThatRejectsFirstIsReachedLater() throws Exception {
        try (ScriptedSrtPeer peer = ScriptedSrtPeer.listening(newStack(), SrtOptions.STANDARD, this::newSink)) {
            peer.reject(RejectReason.OVERLOAD);
            RecordingSink first = newSink();
            stack.connect(peer.address(), SrtOptions.STANDARD, first);
            assertThat(first.closeReason().rejectReason()).isEqualTo(RejectReason.OVERLOAD);
            peer.accept();
            RecordingSink second = newSink();
            stack.connect(peer.address(), SrtOptions.STANDARD, second);
            second.connection();
        }
    }

    @Test
    void aListenerThatStallsIsGivenUpAfterTheConnectTimeout() throws Exception {
        try (ScriptedSrtPeer peer = ScriptedSrtPeer.listening(newStack(), SrtOptions.STANDARD, this::newSink)) {
            peer.stall();
            RecordingSink sink = newSink();
            stack.connect(peer.address(), SrtOptions.STANDARD.with(SrtOption.CONNTIMEO, 500), sink);
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CONNECT_TIMEOUT);
            peer.goOn();
        }
    }

    @Test
    void aPeerThatDropsUsIsNoticedAtOnce() throws Exception {
        try (ScriptedSrtPeer peer = ScriptedSrtPeer.listening(newStack(), SrtOptions.STANDARD, this::newSink)) {
            RecordingSink sink = newSink();
            SrtConnection connection = stack.connect(peer.address(), SrtOptions.STANDARD, sink);
            sink.connection();
            PacedBytes.send(PacedBytes.packets(70), connection, 20);
            peer.drop();
            assertThat(sink.closeReason().kind()).isEqualTo(Kind.CLOSED_BY_PEER);
        }
    }
}
