// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Holds the objects of a stream against what was sent: joined, and without the tables put in front, they are it byte for byte; each can be
 * played alone; their times add up. Reads every object from the store.
 */
final class Verifier {
    private static final int PACKET = 188;
    private static final int MOST_INJECTED = 8;
    private static final double TOLERANCE_SECONDS = 0.001;

    private final ByteBuffer sent;
    private final List<String> faults = new ArrayList<>();
    private int cursor;
    private long storedBytes;
    private long injectedPackets;

    private Verifier(ByteBuffer sent) {
        this.sent = sent;
    }

    /** Verifies the stream's objects in the store. */
    static Verification verify(Path sent, SegmentStore store, String liveId) throws IOException {
        List<String> keys = new ArrayList<>();
        Verifier verifier = new Verifier(map(sent));
        try {
            store.list(liveId + "/", object -> keys.add(object.key()));
            // Lists and pictures stand beside them.
            keys.removeIf(key -> !key.endsWith(".ts"));
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

    /** A demo may run for hours: the file is read where it lies. */
    private static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() > Integer.MAX_VALUE) {
                throw new IOException(file + ": more than 2 GiB were sent, which cannot be verified");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
    }

    private PlayableSegment segment(String key, byte[] bytes) {
        storedBytes += bytes.length;
        if (bytes.length % PACKET != 0 || bytes.length == 0) {
            faults.add(key + ": " + bytes.length + " bytes are not whole packets");
        }
        compare(key, bytes);
        PlayableSegment segment = PlayableSegment.of(ByteBuffer.wrap(bytes));
        segment.faults().forEach(fault -> faults.add(key + ": " + fault));
        return segment;
    }

    /** The object goes on where the one before it ended, behind some tables of its own. */
    private void compare(String key, byte[] bytes) {
        int most = 0;
        int injected = 0;
        for (int packets = 0; packets <= MOST_INJECTED && packets * PACKET <= bytes.length; packets++) {
            int same = agreeing(bytes, packets * PACKET);
            if (same > most || packets == 0) {
                most = same;
                injected = packets;
            }
        }
        int length = bytes.length - injected * PACKET;
        if (most < length) {
            faults.add(key + ": does not hold what was sent: byte " + (injected * PACKET + most) + " differs from byte "
                    + (cursor + most) + " of what was sent");
        }
        // After a fault it goes on as if there were none, so that the next objects are judged by themselves.
        cursor = Math.min(sent.capacity(), cursor + length);
        injectedPackets += injected;
    }

    /** How many bytes from there on are what was sent from the cursor on. */
    private int agreeing(byte[] bytes, int from) {
        int length = bytes.length - from;
        int different =
                ByteBuffer.wrap(bytes, from, length).mismatch(sent.duplicate().position(cursor));
        return different < 0 ? length : Math.min(different, length);
    }

    private Verification conclude(List<PlayableSegment> segments) {
        expect(!segments.isEmpty(), "the bucket holds no segment");
        int missing = sent.capacity() - cursor;
        expect(missing == 0, missing + " bytes of what was sent are in no segment");
        double seconds = PlayableSegment.seconds(segments);
        double expected = PlayableSegment.of(sent.duplicate()).seconds();
        expect(
                Math.abs(seconds - expected) <= TOLERANCE_SECONDS,
                String.format(Locale.ROOT, "the segments last %.3f s, what was sent %.3f s", seconds, expected));
        return new Verification(segments.size(), sent.capacity(), storedBytes, injectedPackets, seconds, faults);
    }

    private void expect(boolean isRight, String fault) {
        if (!isRight) {
            faults.add(fault);
        }
    }
}
