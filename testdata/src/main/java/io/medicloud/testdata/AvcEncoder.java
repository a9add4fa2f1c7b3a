// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jcodec.codecs.h264.H264Encoder;
import org.jcodec.codecs.h264.encode.RateControl;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.codecs.h264.io.model.VUIParameters;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Size;

/**
 * H.264 access units (ISO/IEC 14496-10, annex B) from jcodec's encoder: an access unit delimiter first, IDR pictures
 * with their parameter sets, P pictures between them. Not thread-safe.
 */
final class AvcEncoder {
    private static final byte[] AUD_I = {0, 0, 0, 1, 9, 0x10};
    private static final byte[] AUD_P = {0, 0, 0, 1, 9, 0x30};
    private static final int LEVEL_3 = 30;

    /**
     * Below 16 the deblocking filter has no effect (8.7.2.2, table 8-16), so that what the encoder predicts from is to
     * the bit what a decoder shows, for as long as a GOP lasts.
     */
    private static final int QP = 15;

    private final Encoder encoder;
    private final ByteBuffer out;
    private final int gopFrames;

    AvcEncoder(int width, int height, int framesPerSecond, int gopFrames) {
        this.encoder = new Encoder(framesPerSecond);
        this.encoder.setKeyInterval(gopFrames);
        // All that moves in our picture is drawn anew: a search would find nothing that costs fewer bits.
        this.encoder.setMotionSearchRange(0);
        this.out = ByteBuffer.allocate(4 * width * height);
        this.gopFrames = gopFrames;
    }

    /** Whether the picture with this number becomes an IDR picture. */
    boolean isIdr(long picture) {
        return picture % gopFrames == 0;
    }

    /** The access unit of the next picture, which has number {@code number}. */
    byte[] encode(Picture picture, long number) {
        out.clear();
        boolean idr = isIdr(number);
        out.put(idr ? AUD_I : AUD_P);
        ByteBuffer slice = encoder.encodeFrame(picture, out).getData();
        return Arrays.copyOf(out.array(), slice.limit());
    }

    private static final class Encoder extends H264Encoder {
        private final int framesPerSecond;

        Encoder(int framesPerSecond) {
            super(new ConstantQp());
            this.framesPerSecond = framesPerSecond;
        }

        @Override
        public SeqParameterSet initSPS(Size size) {
            SeqParameterSet sps = super.initSPS(size);
            // Constrained Baseline: neither slice groups nor arbitrary slice order are used.
            sps.constraintSet0Flag = true;
            sps.constraintSet1Flag = true;
            sps.levelIdc = LEVEL_3;
            VUIParameters vui = new VUIParameters();
            vui.timingInfoPresentFlag = true;
            vui.numUnitsInTick = 1;
            vui.timeScale = 2 * framesPerSecond;
            vui.fixedFrameRateFlag = true;
            vui.bitstreamRestriction = new VUIParameters.BitstreamRestriction();
            vui.bitstreamRestriction.motionVectorsOverPicBoundariesFlag = true;
            vui.bitstreamRestriction.log2MaxMvLengthHorizontal = 10;
            vui.bitstreamRestriction.log2MaxMvLengthVertical = 10;
            vui.bitstreamRestriction.maxDecFrameBuffering = 1;
            sps.vuiParams = vui;
            return sps;
        }
    }

    private static final class ConstantQp implements RateControl {
        @Override
        public int startPicture(Size size, int maxSize, SliceType type) {
            return QP;
        }

        @Override
        public int initialQpDelta() {
            return 0;
        }

        @Override
        public int accept(int bits) {
            return 0;
        }
    }
}
