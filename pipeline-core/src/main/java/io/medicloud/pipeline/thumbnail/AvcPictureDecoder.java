// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.pipeline.thumbnail.DecodeLimit.PastLimitException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jcodec.codecs.common.biari.MDecoder;
import org.jcodec.codecs.h264.decode.DeblockerInput;
import org.jcodec.codecs.h264.decode.MBlock;
import org.jcodec.codecs.h264.decode.SliceDecoder;
import org.jcodec.codecs.h264.decode.SliceHeaderReader;
import org.jcodec.codecs.h264.decode.SliceReader;
import org.jcodec.codecs.h264.decode.aso.MapManager;
import org.jcodec.codecs.h264.decode.aso.Mapper;
import org.jcodec.codecs.h264.decode.deblock.DeblockingFilter;
import org.jcodec.codecs.h264.io.CABAC;
import org.jcodec.codecs.h264.io.CAVLC;
import org.jcodec.codecs.h264.io.model.Frame;
import org.jcodec.codecs.h264.io.model.NALUnit;
import org.jcodec.codecs.h264.io.model.PictureParameterSet;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceHeader;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.common.IntObjectMap;
import org.jcodec.common.io.BitReader;
import org.jcodec.common.logging.LogLevel;
import org.jcodec.common.logging.Logger;
import org.jcodec.common.model.ColorSpace;
import org.jspecify.annotations.Nullable;

/**
 * Decodes intra pictures of H.264 with jcodec. It is led through its parts, slice by slice on the caller's thread: its front door has threads of its
 * own, believes what parameter sets say, and has loops that hostile bytes never leave. Thread-safe.
 */
final class AvcPictureDecoder {
    private static final int MOST_QP = 51;
    private static final int MB = 16;
    private static final int CONTEXTS = 1024;
    /** Bytes. A longer slice header is not sent by anybody; it might hold millions of marking operations. */
    private static final int LONGEST_HEAD = 512;

    private final int mostMacroblocks;
    private final Duration mostTime;

    static {
        // It writes to standard output what it thinks of a macroblock.
        Logger.setLevel(LogLevel.ERROR);
    }

    /**
     * Decodes with limits.
     *
     * @param mostPixels of a picture; one has up to 5 bytes of memory at a time
     * @param mostTime processor time for a picture
     */
    AvcPictureDecoder(int mostPixels, Duration mostTime) {
        this.mostMacroblocks = mostPixels / (MB * MB);
        this.mostTime = mostTime;
    }

    /**
     * Decodes one.
     *
     * @throws UndecodableException if no picture with these parameter sets will be decoded
     * @throws BadPictureException if this one cannot be decoded
     */
    DecodedPicture decode(Keyframe keyframe) throws UndecodableException, BadPictureException {
        AvcFormat format = AvcFormat.parse(keyframe.sps());
        if (format.widthMbs() * format.heightMbs() > mostMacroblocks) {
            throw new UndecodableException("its pictures, " + format.width() + "x" + format.height()
                    + ", are larger than thumbnails.maxPixels lets be decoded");
        }
        for (byte[] pps : keyframe.pps().values()) {
            format.requireDecodable(pps);
        }
        try {
            return new Decode(keyframe, format, new DecodeLimit(mostTime)).run();
        } catch (PastLimitException e) {
            throw new BadPictureException(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new BadPictureException("the decoder failed: " + e, e);
        }
    }

    private static final class Decode {
        private final Keyframe keyframe;
        private final AvcFormat format;
        private final DecodeLimit limit;
        private final SeqParameterSet sps;
        private final Map<Integer, PictureParameterSet> pps = new HashMap<>();
        private final DeblockerInput macroblocks;
        private final byte[][] planes;
        private final Frame frame;

        Decode(Keyframe keyframe, AvcFormat format, DecodeLimit limit) {
            this.keyframe = keyframe;
            this.format = format;
            this.limit = limit;
            sps = SeqParameterSet.read(behindHeader(withoutUsability(keyframe.sps(), format.usabilityAt())));
            keyframe.pps().forEach((id, set) -> pps.put(id, PictureParameterSet.read(behindHeader(set))));
            macroblocks = new DeblockerInput(sps);
            int width = format.widthMbs() * MB;
            int height = format.heightMbs() * MB;
            planes =
                    new byte[][] {new byte[width * height], new byte[width * height / 4], new byte[width * height / 4]};
            frame = new Frame(
                    width,
                    height,
                    planes,
                    ColorSpace.YUV420,
                    null,
                    0,
                    SliceType.I,
                    macroblocks.mvs,
                    macroblocks.refsUsed,
                    0);
        }

        /** No sample depends on it, and it has counts that the decoder believes. */
        private static byte[] withoutUsability(byte[] set, int flagAt) {
            byte[] head = Arrays.copyOf(set, flagAt / Byte.SIZE + 1);
            head[flagAt / Byte.SIZE] &= (byte) (0xFF00 >> flagAt % Byte.SIZE);
            return head;
        }

        private static ByteBuffer behindHeader(byte[] nal) {
            return ByteBuffer.wrap(nal, 1, nal.length - 1).slice();
        }

        DecodedPicture run() throws BadPictureException {
            for (byte[] slice : keyframe.slices()) {
                // The decoder writes into what it reads.
                decode(slice.clone());
            }
            requireAllDecoded();
            if (!isUnfiltered()) {
                new DeblockingFilter(format.widthMbs(), 8, macroblocks).deblockFrame(frame);
            }
            return new DecodedPicture(planes, format);
        }

        private void decode(byte[] slice) throws BadPictureException {
            ByteBuffer head = ByteBuffer.wrap(Arrays.copyOf(slice, Math.min(slice.length, LONGEST_HEAD)));
            NALUnit.read(head);
            BitReader headBits = BitReader.createBitReader(head);
            readHeader(headBits, NALUnit.read(ByteBuffer.wrap(slice)));
            if (headBits.remaining() <= 0) {
                throw new BadPictureException("a slice header is too long");
            }
            ByteBuffer data = ByteBuffer.wrap(slice);
            NALUnit unit = NALUnit.read(data);
            BitReader in = BitReader.createBitReader(data);
            SliceHeader header = readHeader(in, unit);
            PictureParameterSet set = header.pps;
            if (header.redundantPicCnt > 0) {
                return;
            }
            int qp = set.picInitQpMinus26 + 26 + header.sliceQpDelta;
            if (qp < 0 || qp > MOST_QP) {
                throw new BadPictureException("a slice header is damaged");
            }
            Mapper mapper = new MapManager(sps, set).getMapper(header);
            CAVLC[] cavlc = {new CAVLC(sps, set, 2, 2), new CAVLC(sps, set, 1, 1), new CAVLC(sps, set, 1, 1)};
            CABAC cabac = new CABAC(format.widthMbs());
            Bins bins = null;
            if (set.entropyCodingModeFlag) {
                in.terminate();
                int[][] contexts = new int[2][CONTEXTS];
                cabac.initModels(contexts, header.sliceType, header.cabacInitIdc, qp);
                bins = new Bins(data, contexts, limit);
            }
            new SliceDecoder(sps, new Frame[0], new IntObjectMap<>(), macroblocks, frame)
                    .decodeFromReader(new Macroblocks(set, cabac, cavlc, bins, in, mapper, header, unit, limit));
        }

        private SliceHeader readHeader(BitReader in, NALUnit unit) throws BadPictureException {
            SliceHeader header = SliceHeaderReader.readPart1(in);
            PictureParameterSet set = pps.get(header.picParameterSetId);
            if (header.sliceType != SliceType.I || set == null || header.firstMbInSlice >= macroblocks.shs.length) {
                throw new BadPictureException("a slice header is damaged");
            }
            return SliceHeaderReader.readPart2(header, unit, sps, set, in);
        }

        /** The filter does not ask each slice whether it is to be filtered: where only some are, the others are filtered too. */
        private boolean isUnfiltered() {
            return Arrays.stream(macroblocks.shs).allMatch(slice -> slice.disableDeblockingFilterIdc == 1);
        }

        private void requireAllDecoded() throws BadPictureException {
            for (int i = 0; i < macroblocks.shs.length; i++) {
                if (macroblocks.shs[i] == null) {
                    throw new BadPictureException("slices are missing");
                }
                // Of a macroblock of PCM samples the decoder tells no type, and decodes nothing.
                if (macroblocks.mbTypes[i] == null) {
                    throw new BadPictureException("it has PCM macroblocks, which are not decoded");
                }
            }
        }
    }

    /** Lets each macroblock ask whether there is time for it. */
    private static final class Macroblocks extends SliceReader {
        private final DecodeLimit limit;

        Macroblocks(
                PictureParameterSet pps,
                CABAC cabac,
                CAVLC[] cavlc,
                @Nullable MDecoder bins,
                BitReader in,
                Mapper mapper,
                SliceHeader header,
                NALUnit unit,
                DecodeLimit limit) {
            super(pps, cabac, cavlc, bins, in, mapper, header, unit);
            this.limit = limit;
        }

        @Override
        public boolean readMacroblock(MBlock block) {
            limit.onMacroblock();
            return super.readMacroblock(block);
        }
    }

    /** The same for each bin: a unary code may go on for ever where the data has ended. */
    private static final class Bins extends MDecoder {
        private final DecodeLimit limit;

        Bins(ByteBuffer data, int[][] contexts, DecodeLimit limit) {
            super(data, contexts);
            this.limit = limit;
        }

        @Override
        public int decodeBin(int context) {
            limit.onSymbol();
            return super.decodeBin(context);
        }

        @Override
        public int decodeBinBypass() {
            limit.onSymbol();
            return super.decodeBinBypass();
        }
    }
}
