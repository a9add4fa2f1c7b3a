// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first audio frame of an elementary stream of whatever kind: its type in the tables is often wrong. A frame
 * counts if another of its kind follows where it ends; at the end of the stream one that begins a PES packet also does.
 *
 * <p>Keeps no more than {@link #MOST_BYTES}, and gives up after {@link #MOST_ATTEMPTS} times as much. Any bytes may come. Buffers
 * are lent. Not thread-safe.
 */
public final class AudioReader {
    private static final int LEAST_BYTES = 2048;
    /** Two of the longest frames fit: bytes. */
    static final int MOST_BYTES = 16 * 1024;

    private static final int MOST_ATTEMPTS = 64;
    private static final List<AudioFrame> KINDS =
            List.of(new AdtsFrame(), new LatmFrame(), new Ac3Frame(), new MpegAudioFrame(), new DtsFrame());

    private byte[] bytes = new byte[0];
    private int length;
    private int looked;
    private int attempts;
    private boolean within;
    private @Nullable AudioHeader header;

    /** A reader at the beginning of a stream. */
    public AudioReader() {}

    /** A PES packet begins; bytes that come before the first are not read. */
    public void onPesStart() {
        within = true;
    }

    /** The next piece of its payload, lent, by absolute indices. */
    public void onPesData(ByteBuf data, int from, int to) {
        int at = from;
        while (within && header == null && attempts < MOST_ATTEMPTS && at < to) {
            makeRoom();
            int count = Math.min(bytes.length - length, to - at);
            TsPacket.copy(data, at, bytes, length, count);
            length += count;
            at += count;
            if (length == bytes.length) {
                look(false);
            }
        }
    }

    /** Bytes are missing here: what has been kept is of no use. */
    public void onGap() {
        look(false);
        length = 0;
        looked = 0;
        within = false;
    }

    /** The stream has ended. */
    public void finish() {
        look(true);
    }

    /** What the first frame says; null while none was found. */
    public @Nullable AudioHeader header() {
        return header;
    }

    private void makeRoom() {
        if (length < bytes.length) {
            return;
        }
        if (bytes.length < MOST_BYTES) {
            bytes = Arrays.copyOf(bytes, Math.max(LEAST_BYTES, 2 * bytes.length));
        } else {
            // A frame may have begun in the second half.
            System.arraycopy(bytes, MOST_BYTES / 2, bytes, 0, MOST_BYTES / 2);
            length = MOST_BYTES / 2;
            looked = Math.max(0, looked - MOST_BYTES / 2);
            attempts++;
        }
    }

    private void look(boolean atEnd) {
        int open = -1;
        for (int at = looked; at + AudioFrame.HEADER_BYTES <= length && header == null; at++) {
            if (lookAt(at, atEnd) && open < 0) {
                open = at;
            }
        }
        looked = open >= 0 ? open : Math.max(looked, length - AudioFrame.HEADER_BYTES + 1);
        if (header != null) {
            bytes = new byte[0];
            length = 0;
        }
    }

    /** Returns whether a frame may begin here that more bytes are needed to be sure of. */
    private boolean lookAt(int at, boolean atEnd) {
        boolean open = false;
        for (AudioFrame kind : KINDS) {
            int frame = kind.length(bytes, at);
            if (frame == 0) {
                continue;
            }
            int next = at + frame;
            boolean visible = next + AudioFrame.HEADER_BYTES <= length;
            if (visible ? kind.length(bytes, next) > 0 : atEnd && (at == 0 || next == length)) {
                header = kind.header(bytes, at, length);
                return false;
            }
            open |= !visible;
        }
        return open;
    }
}
