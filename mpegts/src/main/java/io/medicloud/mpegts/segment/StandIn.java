// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesTracker;
import io.netty.buffer.ByteBuf;

/**
 * Watches the audio of a program whose video is the reference: when the audio has gone on for a long time and no video PES packet came, it stands
 * in, until one comes. A video that is announced and never sent does not hold segments up.
 */
final class StandIn {
    private final PesTracker tracker = new PesTracker();
    private long patience;
    private long first = Pts.NONE;

    /** {@code patience}: how long, in 90 kHz, the audio must go on. */
    StandIn(long patience) {
        this.patience = patience;
    }

    /** From now on it must go on for so long. */
    void setPatience(long patience) {
        this.patience = patience;
    }

    /** A video PES packet came. */
    void onVideo() {
        first = Pts.NONE;
    }

    /** Takes an audio packet that begins a PES packet; returns whether the audio has to stand in. */
    boolean onAudio(ByteBuf data, int packet, int header) {
        if ((header & TsPacket.SCRAMBLING) != 0) {
            return false;
        }
        int from = TsPacket.payloadStart(data, packet, header);
        boolean told = tracker.onPayload(data, from, packet + TsPacket.SIZE, true) == PesTracker.State.STARTED;
        long pts = told ? tracker.header().pts() : Pts.NONE;
        if (pts == Pts.NONE) {
            return false;
        }
        if (first == Pts.NONE || Math.abs(Pts.distance(first, pts)) > patience + Timeline.JUMP) {
            first = pts;
        }
        return Pts.distance(first, pts) >= patience;
    }
}
