// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import java.io.ByteArrayOutputStream;

/**
 * Writes H.264 whose frames are two fields, each an access unit of its own (14496-10, 7.4.1.2.4): 64x64, 25 frames a second. The first field of an IDR frame is
 * of one grey (I_PCM); all other fields repeat what was there before them.
 */
public final class FieldPictures {
    private static final int WIDTH_MBS = 4;
    private static final int FIELD_MBS = 8;
    private static final int MB_BYTES = 384;
    private static final int I_PCM = 25;
    private static final int SPS = 0x67;
    private static final int PPS = 0x68;
    private static final int IDR_SLICE = 0x65;
    private static final int SLICE = 0x41;

    private FieldPictures() {}

    /** The top field of an IDR frame, with its parameter sets. */
    public static byte[] idr(int number) {
        return idr(number, true);
    }

    /** As above; {@code timed} if the parameter sets say how long a picture is shown. */
    public static byte[] idr(int number, boolean timed) {
        ByteArrayOutputStream out = delimited();
        nal(out, SPS, sequence(timed));
        nal(out, PPS, picture());
        BitWriter slice = header(7, 0, false).ue(number & 1).u(8, 0).flag(false).flag(false);
        end(slice);
        for (int mb = 0; mb < FIELD_MBS; mb++) {
            slice.ue(I_PCM);
            while (slice.bits() % 8 != 0) {
                slice.flag(false);
            }
            for (int i = 0; i < MB_BYTES; i++) {
                slice.u(8, 64 + 16 * (number & 7));
            }
        }
        nal(out, IDR_SLICE, slice);
        return out.toByteArray();
    }

    /** A field, of the frame that is so many behind the IDR frame, with nothing new in it. */
    public static byte[] repeated(int frame, boolean bottom) {
        ByteArrayOutputStream out = delimited();
        // num_ref_idx_active_override_flag, ref_pic_list_modification_flag_l0, adaptive_ref_pic_marking_mode_flag
        BitWriter slice =
                header(5, frame, bottom).u(8, 2 * frame + (bottom ? 1 : 0)).u(3, 0);
        end(slice);
        nal(out, SLICE, slice.ue(FIELD_MBS));
        return out.toByteArray();
    }

    /** From first_mb_in_slice to bottom_field_flag. */
    private static BitWriter header(int sliceType, int frame, boolean bottom) {
        return new BitWriter()
                .ue(0)
                .ue(sliceType)
                .ue(0)
                .u(4, frame & 15)
                .flag(true)
                .flag(bottom);
    }

    /** slice_qp_delta, and disable_deblocking_filter_idc 1. */
    private static void end(BitWriter slice) {
        slice.se(0).ue(1);
    }

    private static BitWriter sequence(boolean timed) {
        BitWriter out = new BitWriter().u(8, 77).u(8, 0x40).u(8, 30).ue(0);
        // frame_num of 4 bits, pic_order_cnt_lsb of 8, one reference frame
        out.ue(0).ue(0).ue(4).ue(1).flag(false);
        out.ue(WIDTH_MBS - 1).ue(FIELD_MBS / WIDTH_MBS - 1);
        // frame_mbs_only_flag, mb_adaptive_frame_field_flag, direct_8x8_inference_flag, frame_cropping_flag
        out.flag(false).flag(false).flag(true).flag(false);
        out.flag(true).u(4, 0).flag(timed);
        if (timed) {
            out.u(32, 1).u(32, 50).flag(true);
        }
        // No HRD, no pic_struct; bitstream_restriction: no reordering, one frame in the buffer.
        out.u(3, 0).flag(true).flag(true);
        return out.ue(0).ue(0).ue(10).ue(10).ue(0).ue(1);
    }

    private static BitWriter picture() {
        BitWriter out = new BitWriter().ue(0).ue(0).u(2, 0).ue(0).ue(0).ue(0).u(3, 0);
        return out.se(0).se(0).se(0).flag(true).u(2, 0);
    }

    private static ByteArrayOutputStream delimited() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 0, 0, 1, 9, (byte) 0xF0});
        return out;
    }

    /** A start code, a header, and the payload with emulation prevention bytes (7.4.1). */
    private static void nal(ByteArrayOutputStream out, int header, BitWriter payload) {
        out.writeBytes(new byte[] {0, 0, 0, 1, (byte) header});
        int zeros = 0;
        for (byte value : payload.end()) {
            if (zeros == 2 && (value & 0xFF) <= 3) {
                out.write(3);
                zeros = 0;
            }
            out.write(value);
            zeros = value == 0 ? zeros + 1 : 0;
        }
    }
}
