// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.loadtest.SegmentFinding.Verdict;
import java.util.Arrays;

/**
 * Holds the segments of a stream, in their order, against what was sent: less the tables in front, each is the next packets of it, byte for byte. Keeps
 * nothing but where it is. One thread.
 */
final class StreamVerifier {
    /** The most tables in front. */
    private static final int MOST_INJECTED = 8;
    /** So many packets in a row that are as they were sent are no chance. */
    private static final int CERTAIN = 7;
    /** By so many packets it is told whether a segment goes on where the one before it ended. */
    private static final int LOOK = 16;
    /** How far ahead a gap's end is looked for: three minutes at 2 Mbit/s, three quarters at 8. */
    private static final int FARTHEST = 1 << 18;
    /** After so many searches in vain a segment is not looked at further. */
    private static final int MOST_FAULTS = 16;

    private static final byte[] NOTHING = {};

    private final SentStream sent;
    private final byte[] expected = new byte[TsPacket.SIZE];
    private long cursor;
    private long lostPackets;
    private byte[] segment = NOTHING;
    private int count;
    private boolean isWrong;
    private String fault = "";

    StreamVerifier(SentStream sent) {
        this.sent = sent;
    }

    /** The packet that comes next. */
    long cursor() {
        return cursor;
    }

    /** Packets in front of the cursor that are in no segment. */
    long lostPackets() {
        return lostPackets;
    }

    /** Looks at the next segment. */
    SegmentFinding verify(byte[] bytes) {
        segment = bytes;
        count = bytes.length / TsPacket.SIZE;
        isWrong = false;
        fault = "";
        if (count == 0 || bytes.length % TsPacket.SIZE != 0) {
            blame(bytes.length + " bytes are not whole packets");
        }
        long lostBefore = lostPackets;
        int injected = enter();
        long first = cursor;
        long packets = compare(injected);
        long lost = lostPackets - lostBefore;
        if (!isWrong && lostPackets == 0) {
            checkCut(first);
        }
        Verdict verdict = isWrong ? Verdict.WRONG : lost > 0 ? Verdict.GAPS : Verdict.RIGHT;
        SegmentFinding finding = new SegmentFinding(verdict, packets, lost, injected, firstDueUs(), lastDueUs(), fault);
        segment = NOTHING;
        return finding;
    }

    /** Moves the cursor to where the segment goes on, and returns how many tables stand in front of that. */
    private int enter() {
        int most = 0;
        while (most < MOST_INJECTED && most + 1 < count && sent.loop().isTable(segment, most * TsPacket.SIZE)) {
            most++;
        }
        for (int k = 0; k <= most; k++) {
            if (resembles(k)) {
                return k;
            }
        }
        long nearest = -1;
        int injected = 0;
        for (int k = 0; k <= most; k++) {
            long found = find(k, cursor + 1);
            if (found >= 0 && (nearest < 0 || found < nearest)) {
                nearest = found;
                injected = k;
            }
        }
        if (nearest >= 0) {
            lostPackets += nearest - cursor;
            cursor = nearest;
            return injected;
        }
        for (int k = 0; k <= most; k++) {
            if (count > 0 && isSent(k, cursor)) {
                return k;
            }
        }
        return 0;
    }

    /** Whether at least half of the first packets from there on are what comes next: some may be damaged. */
    private boolean resembles(int at) {
        int packets = Math.min(LOOK, count - at);
        int same = 0;
        for (int i = 0; i < packets; i++) {
            same += isSent(at + i, cursor + i) ? 1 : 0;
        }
        return 2 * same >= packets;
    }

    private long compare(int from) {
        long right = 0;
        int faults = 0;
        for (int at = from; at < count; at++) {
            if (!isSent(at, cursor)) {
                long found = find(at, cursor + 1);
                if (found < 0) {
                    blame("packet " + at + " is not what was sent (packet " + cursor + " of the stream)");
                    if (++faults == MOST_FAULTS) {
                        giveUp(at);
                        return right;
                    }
                    // Either it stands for the one that was sent, or it stands in between.
                    if (at + 1 < count && agrees(at + 1, cursor)) {
                        continue;
                    }
                    cursor++;
                    continue;
                }
                lostPackets += found - cursor;
                cursor = found;
            }
            cursor++;
            right++;
        }
        return right;
    }

    /** Goes on behind the segment, by its last stamp; without one as if it were right. */
    private void giveUp(int at) {
        long next = cursor + count - at;
        for (int i = count - 1; i >= at; i--) {
            if (Stamp.isAt(segment, i * TsPacket.SIZE)) {
                Stamp stamp = Stamp.read(segment, i * TsPacket.SIZE);
                if (isOurs(stamp)) {
                    next = stamp.packet() + count - i;
                    break;
                }
            }
        }
        cursor = Math.max(cursor, Math.min(next, sent.sentPackets()));
    }

    private boolean isOurs(Stamp stamp) {
        return stamp.run() == sent.run() && stamp.stream() == sent.number() && stamp.packet() < sent.sentPackets();
    }

    /** Where in the stream, from a packet on, the segment goes on; -1 if nowhere. */
    private long find(int at, long from) {
        long end = Math.min(sent.sentPackets(), from + FARTHEST);
        for (long packet = from; packet < end; packet++) {
            if (agrees(at, packet)) {
                return packet;
            }
        }
        return -1;
    }

    private boolean agrees(int at, long packet) {
        int packets = Math.min(CERTAIN, count - at);
        for (int i = 0; i < packets; i++) {
            if (!isSent(at + i, packet + i)) {
                return false;
            }
        }
        return packets > 0;
    }

    private boolean isSent(int at, long packet) {
        if (packet >= sent.sentPackets()) {
            return false;
        }
        sent.write(packet, 1, expected);
        int start = at * TsPacket.SIZE;
        return Arrays.equals(segment, start, start + TsPacket.SIZE, expected, 0, TsPacket.SIZE);
    }

    /** A stream that says where its keyframes are is cut in front of one, but for where it begins or went on. */
    private void checkCut(long first) {
        MediaLoop loop = sent.loop();
        if (!loop.hasRandomAccess() || sent.isSessionStart(first)) {
            return;
        }
        long packet = first;
        while (packet < first + MOST_INJECTED && loop.isService(packet)) {
            packet++;
        }
        if (!loop.isRandomAccess(packet)) {
            blame("does not begin with a keyframe");
        }
    }

    private void blame(String what) {
        isWrong = true;
        if (fault.isEmpty()) {
            fault = what;
        }
    }

    private long firstDueUs() {
        for (int at = 0; at + TsPacket.SIZE <= segment.length; at += TsPacket.SIZE) {
            if (Stamp.isAt(segment, at) && isOurs(Stamp.read(segment, at))) {
                return Stamp.read(segment, at).dueUs();
            }
        }
        return 0;
    }

    private long lastDueUs() {
        for (int at = (count - 1) * TsPacket.SIZE; at >= 0; at -= TsPacket.SIZE) {
            if (Stamp.isAt(segment, at) && isOurs(Stamp.read(segment, at))) {
                return Stamp.read(segment, at).dueUs();
            }
        }
        return 0;
    }
}
