// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.pes;

import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Follows the PES packets of one PID through the payload of its transport packets: reads the header where it lies, or, if it straddles packets, from a
 * copy of its own; then says which part of each payload is elementary stream. Assembles nothing. Not thread-safe.
 *
 * <p>A PES packet of unknown length ends where the next one starts; one of known length ends there too, even if bytes are missing, and what is
 * behind its length is ignored (ISO/IEC 13818-1, 2.4.3.7).
 */
public final class PesTracker {
    /** What the last payload was. */
    public enum State {
        /** No PES packet is known: none has begun, packets are missing, or its header is not well formed. */
        NONE,
        /** The header is not complete yet. */
        HEADER,
        /** The header was completed by the last payload. */
        STARTED,
        /** The header was complete before the last payload. */
        BODY
    }

    private final PesHeader header = new PesHeader();
    private State state = State.NONE;
    private @Nullable ByteBuf straddling;
    private int collected;
    private long remaining;
    private int bodyFrom;
    private int bodyTo;

    /** Follows one PID. */
    public PesTracker() {}

    /**
     * Takes the payload of the PID's next packet.
     *
     * @param data lent
     * @param from absolute index of the first payload byte
     * @param to absolute index after the last
     * @param unitStart payload_unit_start_indicator: a PES packet begins with the payload
     * @return what it was: {@link State#NONE} on a unit start means that no PES packet begins there
     */
    public State onPayload(ByteBuf data, int from, int to, boolean unitStart) {
        bodyFrom = to;
        bodyTo = to;
        if (unitStart) {
            collected = 0;
            start(data, from, to);
        } else if (state == State.HEADER) {
            collect(data, from, to);
        } else if (state != State.NONE) {
            state = State.BODY;
            body(from, to);
        }
        return state;
    }

    /** Bytes of elementary stream to come in the PES packet in progress: {@link Long#MAX_VALUE} if its length is unknown, 0 if its header is not complete. */
    public long remaining() {
        return state == State.STARTED || state == State.BODY ? remaining : 0;
    }

    /** Passes by the next payloads, unseen: so many bytes of those that remain. */
    public void pass(long bytes) {
        if (bytes > remaining()) {
            throw new IllegalArgumentException(bytes + " bytes are more than remain");
        }
        state = State.BODY;
        bodyFrom = bodyTo;
        if (remaining != Long.MAX_VALUE) {
            remaining -= bytes;
        }
    }

    /** The header; valid from the call that returned {@link State#STARTED} until the payload it took is gone. */
    public PesHeader header() {
        return header;
    }

    public State state() {
        return state;
    }

    /** Where the elementary stream begins in the last payload; {@link #bodyTo} if it has none. */
    public int bodyFrom() {
        return bodyFrom;
    }

    /** Where the elementary stream ends in the last payload. */
    public int bodyTo() {
        return bodyTo;
    }

    /** Gives the packet in progress up: packets are missing. Goes on at the next unit start. */
    public void abandon() {
        state = State.NONE;
    }

    private void start(ByteBuf data, int from, int to) {
        int length = headerLength(data, from, to - from);
        if (length < 0) {
            state = State.NONE;
        } else if (length <= to - from) {
            started(data, from, length, from + length, to);
        } else {
            collect(data, from, to);
        }
    }

    private void collect(ByteBuf data, int from, int to) {
        ByteBuf copy = straddling;
        if (copy == null) {
            copy = Unpooled.wrappedBuffer(new byte[PesHeader.LONGEST]);
            straddling = copy;
        }
        int position = from;
        state = State.HEADER;
        while (position < to) {
            int length = headerLength(copy, 0, collected);
            if (length < 0) {
                state = State.NONE;
                return;
            }
            int taken = Math.min(length - collected, to - position);
            TsPacket.copy(data, position, copy, collected, taken);
            collected += taken;
            position += taken;
            if (collected == length && headerLength(copy, 0, collected) == length) {
                started(copy, 0, length, position, to);
                return;
            }
        }
    }

    /** How long the header is as far as its first bytes tell, or -1 if they begin no PES packet. */
    private static int headerLength(ByteBuf data, int start, int available) {
        if (available < PesHeader.FIXED) {
            for (int i = 0; i < Math.min(available, 3); i++) {
                if (data.getByte(start + i) != (i == 2 ? 1 : 0)) {
                    return -1;
                }
            }
            return PesHeader.FIXED;
        }
        if (data.getUnsignedMedium(start) != 1) {
            return -1;
        }
        if (!PesHeader.hasOptionalFields(data.getUnsignedByte(start + 3))) {
            return PesHeader.FIXED;
        }
        return available < PesHeader.OPTIONAL
                ? PesHeader.OPTIONAL
                : PesHeader.OPTIONAL + data.getUnsignedByte(start + 8);
    }

    private void started(ByteBuf data, int start, int length, int from, int to) {
        header.wrap(data, start);
        state = State.STARTED;
        int bytes = header.packetLength() + PesHeader.FIXED - length;
        // A length that does not even hold the header is a 16-bit overflow: taken as unknown.
        remaining = header.packetLength() == 0 || bytes < 0 ? Long.MAX_VALUE : bytes;
        body(from, to);
    }

    private void body(int from, int to) {
        int taken = (int) Math.min(to - from, remaining);
        bodyFrom = from;
        bodyTo = from + taken;
        if (remaining != Long.MAX_VALUE) {
            remaining -= taken;
        }
    }
}
