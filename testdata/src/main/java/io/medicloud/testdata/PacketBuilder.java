// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds one transport packet (ISO/IEC 13818-1, 2.4.3.2), legal unless told otherwise. What is short of 188 bytes is
 * filled by adaptation field stuffing. Not thread-safe.
 */
public final class PacketBuilder {
    /** Bytes of a transport packet. */
    public static final int SIZE = 188;

    static final int HEADER = 4;
    private static final int COUNTER_FROM_WRITER = -1;

    private final int pid;
    private boolean transportError;
    private boolean payloadUnitStart;
    private int scramblingControl;
    private int adaptationFieldControl = -1;
    private int counter = COUNTER_FROM_WRITER;
    private int adaptationFieldLength = -1;
    private @Nullable AdaptationField adaptationField;
    private byte[] payload = new byte[0];

    private PacketBuilder(int pid) {
        this.pid = pid;
    }

    /** A packet of PID {@code pid} (13 bits). */
    public static PacketBuilder of(int pid) {
        if (pid < 0 || pid > 0x1FFF) {
            throw new IllegalArgumentException("pid " + pid);
        }
        return new PacketBuilder(pid);
    }

    /** Sets transport_error_indicator. */
    public PacketBuilder transportError() {
        transportError = true;
        return this;
    }

    /** Sets payload_unit_start_indicator. */
    public PacketBuilder payloadUnitStart() {
        payloadUnitStart = true;
        return this;
    }

    /** Sets transport_scrambling_control: 0 clear, 1 reserved, 2 even, 3 odd key. */
    public PacketBuilder scrambled(int control) {
        scramblingControl = control;
        return this;
    }

    /** Sets the continuity counter to {@code value} instead of the one that is due on its PID. */
    public PacketBuilder counter(int value) {
        counter = value & 15;
        return this;
    }

    public PacketBuilder adaptationField(@Nullable AdaptationField field) {
        adaptationField = field;
        return this;
    }

    /** The payload, at most 184 bytes less what the adaptation field takes. */
    public PacketBuilder payload(byte... bytes) {
        payload = bytes.clone();
        return this;
    }

    /** Broken on purpose: claims this adaptation_field_control, whatever is in the packet. */
    public PacketBuilder claimControl(int adaptationFieldControl) {
        this.adaptationFieldControl = adaptationFieldControl & 3;
        return this;
    }

    /** Broken on purpose: claims this adaptation_field_length, whatever is in the packet. */
    public PacketBuilder claimAdaptationFieldLength(int length) {
        this.adaptationFieldLength = length & 0xFF;
        return this;
    }

    int pid() {
        return pid;
    }

    boolean hasPayload() {
        return payload.length > 0;
    }

    /** The most payload that a packet with {@code field} has room for. */
    static int room(@Nullable AdaptationField field) {
        return field == null ? SIZE - HEADER : SIZE - HEADER - 1 - field.bytes().length;
    }

    /** The packet; {@code due} is the continuity counter if none was set. */
    byte[] build(int due) {
        if (payload.length > room(adaptationField)) {
            throw new IllegalArgumentException(payload.length + " bytes of payload in " + room(adaptationField));
        }
        byte[] packet = new byte[SIZE];
        boolean hasField = payload.length < SIZE - HEADER;
        int control =
                adaptationFieldControl >= 0 ? adaptationFieldControl : (hasField ? 2 : 0) | (hasPayload() ? 1 : 0);
        packet[0] = 0x47;
        packet[1] = (byte) ((transportError ? 0x80 : 0) | (payloadUnitStart ? 0x40 : 0) | pid >> 8);
        packet[2] = (byte) pid;
        packet[3] = (byte) (scramblingControl << 6 | control << 4 | (counter == COUNTER_FROM_WRITER ? due : counter));
        if (hasField) {
            writeField(packet);
        }
        System.arraycopy(payload, 0, packet, SIZE - payload.length, payload.length);
        return packet;
    }

    private void writeField(byte[] packet) {
        int length = SIZE - HEADER - 1 - payload.length;
        packet[HEADER] = (byte) (adaptationFieldLength >= 0 ? adaptationFieldLength : length);
        if (length == 0) {
            return; // One byte of stuffing: a length of 0 and no flags (2.4.3.5).
        }
        byte[] field = adaptationField == null ? new byte[1] : adaptationField.bytes();
        System.arraycopy(field, 0, packet, HEADER + 1, field.length);
        Arrays.fill(packet, HEADER + 1 + field.length, HEADER + 1 + length, (byte) 0xFF);
    }
}
