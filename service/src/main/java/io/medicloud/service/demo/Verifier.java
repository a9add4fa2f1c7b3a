// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Holds the objects of a stream against what was sent: joined, and without the tables put in front, they are it byte for byte; each can be
 * played alone; their times add up. Reads every object from the store.
 */
final class Verifier {
    private static final int PACKET = 188;
    private static final int MOST_INJECTED = 8;
    private static final double TOLERANCE_SECONDS = 0.1;

    private final byte[] sent;
    private final List<String> faults = new ArrayList<>();
    private int cursor;
    private long storedBytes;
    private long injectedPackets;

    private Verifier(byte[] sent) {
        this.sent = sent;
    }

    /** Verifies the stream's objects in the store. */
    static Verification verify(Path sent, SegmentStore store, String liveId) throws IOException {
        List<String> keys = new ArrayList<>();
        Verifier verifier = new Verifier(Files.readAllBytes(sent));
        try {
            store.list(liveId + "/", object -> keys.add(object.key()));
            keys.sort(null);
            List<PlayableSegment> segments = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                String expected = String.format(Locale.ROOT, "%s/segment_%04d.ts", liveId, i + 1);
                verifier.expect(keys.get(i).equals(expected), expected + " is missing, " + keys.get(i) + " is there");
                try (InputStream in = store.read(keys.get(i))) {
                    segments.add(verifier.segment(keys.get(i), in.readAllBytes()));
                }
            }
            return verifier.conclude(segments);
        } catch (StoreException e) {
            throw new IOException("the store cannot be read: " + e.getMessage(), e);
        }
    }

    private PlayableSegment segment(String key, byte[] bytes) {
        storedBytes += bytes.length;
        if (bytes.length % PACKET != 0 || bytes.length == 0) {
            faults.add(key + ": " + bytes.length + " bytes are not whole packets");
        }
        compare(key, bytes);
        PlayableSegment segment = PlayableSegment.of(bytes);
        segment.faults().forEach(fault -> faults.add(key + ": " + fault));
        return segment;
    }

    /** The object goes on where the one before it ended, behind some tables of its own. */
    private void compare(String key, byte[] bytes) {
        for (int injected = 0; injected <= MOST_INJECTED && injected * PACKET <= bytes.length; injected++) {
            int from = injected * PACKET;
            int length = bytes.length - from;
            if (length <= sent.length - cursor
                    && Arrays.equals(bytes, from, bytes.length, sent, cursor, cursor + length)) {
                cursor += length;
                injectedPackets += injected;
                return;
            }
        }
        int same = Arrays.mismatch(bytes, 0, bytes.length, sent, cursor, Math.min(sent.length, cursor + bytes.length));
        faults.add(key + ": does not hold what was sent from byte " + cursor + " on"
                + (same > 0 ? "; the first " + same + " bytes agree" : ""));
        // Go on behind it as if it were right, so that the next objects are judged by themselves.
        cursor = Math.min(sent.length, cursor + Math.max(0, bytes.length - (cursor == 0 ? 0 : 2 * PACKET)));
    }

    private Verification conclude(List<PlayableSegment> segments) {
        expect(!segments.isEmpty(), "the bucket holds no segment");
        expect(cursor == sent.length, (sent.length - cursor) + " bytes of what was sent are in no segment");
        double seconds = PlayableSegment.seconds(segments);
        double expected = PlayableSegment.of(sent).seconds();
        expect(
                Math.abs(seconds - expected) <= TOLERANCE_SECONDS,
                String.format(Locale.ROOT, "the segments last %.3f s, what was sent %.3f s", seconds, expected));
        return new Verification(segments.size(), sent.length, storedBytes, injectedPackets, seconds, faults);
    }

    private void expect(boolean isRight, String fault) {
        if (!isRight) {
            faults.add(fault);
        }
    }
}
