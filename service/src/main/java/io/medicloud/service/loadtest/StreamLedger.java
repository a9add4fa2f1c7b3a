// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.service.loadtest.SegmentFinding.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What became of one stream: its segments in their order, each looked at once. One thread looks; any may ask. */
final class StreamLedger {
    private static final int MOST_FAULTS = 20;

    private final String liveId;
    private final SentStream sent;
    private final StreamVerifier verifier;
    private final Map<Verdict, Long> segments = new EnumMap<>(Verdict.class);
    private final List<String> faults = new ArrayList<>();
    private long lastSequence;
    private long missing;
    private long packets;
    private long injected;
    private boolean isEnded;

    StreamLedger(String liveId, SentStream sent) {
        this.liveId = liveId;
        this.sent = sent;
        this.verifier = new StreamVerifier(sent);
    }

    String liveId() {
        return liveId;
    }

    SentStream sent() {
        return sent;
    }

    /** Whether a segment is new; those that were looked at may be told of again. */
    synchronized boolean isNew(long sequence) {
        return sequence > lastSequence;
    }

    /** Takes the next segment; numbers in between are missing. */
    synchronized SegmentFinding take(long sequence, byte[] segment) {
        passTo(sequence);
        SegmentFinding finding = verifier.verify(segment);
        segments.merge(finding.verdict(), 1L, Long::sum);
        packets += finding.packets();
        injected += finding.injectedPackets();
        if (finding.verdict() == Verdict.WRONG) {
            blame(sequence, finding.fault());
        } else if (finding.verdict() == Verdict.GAPS) {
            blame(sequence, finding.lostPackets() + " packets that were sent are missing in it, or in front of it");
        }
        return finding;
    }

    /** There is no such segment: it is lost, or its object cannot be read. */
    synchronized void miss(long sequence, String why) {
        passTo(sequence);
        missing++;
        blame(sequence, why);
    }

    private void passTo(long sequence) {
        for (long skipped = lastSequence + 1; skipped < sequence; skipped++) {
            missing++;
            blame(skipped, "nothing was told of it");
        }
        lastSequence = sequence;
    }

    private void blame(long sequence, String fault) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(liveId + ", segment " + sequence + ": " + fault);
        }
    }

    /** The service says that the stream is over. */
    synchronized void end() {
        isEnded = true;
    }

    synchronized boolean isEnded() {
        return isEnded;
    }

    synchronized long lastSequence() {
        return lastSequence;
    }

    /** Whether everything that was sent has been looked at. */
    synchronized boolean isComplete() {
        return verifier.cursor() >= sent.sentPackets();
    }

    synchronized long count(Verdict verdict) {
        return segments.getOrDefault(verdict, 0L);
    }

    synchronized long missing() {
        return missing;
    }

    /** Bytes that were sent and stand in the bucket, where they belong. */
    synchronized long rightBytes() {
        return packets * TsPacket.SIZE;
    }

    /** Bytes that were sent and stand nowhere, by now: those behind the last segment are among them. */
    synchronized long lostBytes() {
        return (sent.sentPackets() - packets) * TsPacket.SIZE;
    }

    synchronized long injectedPackets() {
        return injected;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }
}
