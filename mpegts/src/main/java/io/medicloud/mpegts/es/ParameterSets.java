// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps the parameter sets of a video elementary stream that are in force: of each kind and id the last one that stood in front of a picture at the start
 * of a PES packet (14496-10, 7.4.1.2.1; 23008-2, 7.4.2.4.2).
 *
 * <p>Call {@link #begin} when a PES packet begins, and {@link #scan} with each piece of its payload until that returns true. Any bytes may come; memory is
 * bounded. Buffers are lent. Not thread-safe.
 */
public final class ParameterSets {
    /** Sets kept; of those beyond, none. */
    static final int MOST_SETS = 64;
    /** The longest set; longer ones are left out. */
    static final int MOST_BYTES = 2048;
    /** How far into a PES packet its first slice may begin. */
    private static final int MOST_SCANNED = 64 * 1024;

    private static final int ESCAPED_ZEROS = 2;
    private static final byte[] START_CODE = {0, 0, 0, 1};

    private final Collector collector;
    private final NalScanner scanner;
    private final Map<Integer, byte[]> sets = new TreeMap<>();

    private ParameterSets(boolean hevc) {
        collector = new Collector(hevc);
        scanner = new NalScanner(collector, true);
    }

    /** Of H.264: sequence and picture parameter sets. */
    public static ParameterSets ofAvc() {
        return new ParameterSets(false);
    }

    /** Of H.265: video, sequence and picture parameter sets. */
    public static ParameterSets ofHevc() {
        return new ParameterSets(true);
    }

    /** A PES packet begins. */
    public void begin() {
        scanner.reset();
        collector.begin();
    }

    /** Reads the next piece of it, by absolute indices. Returns whether its first slice has begun: then further calls do nothing. */
    public boolean scan(ByteBuf data, int from, int to) {
        scanner.scan(data, from, to);
        return collector.done || scanner.position() >= MOST_SCANNED;
    }

    /** Whether there is one of each kind. */
    public boolean isComplete() {
        int kinds = 0;
        for (int key : sets.keySet()) {
            kinds |= 1 << (key >> Short.SIZE);
        }
        return kinds == (collector.hevc ? 0b111 : 0b110);
    }

    /** All of them as a byte stream (annex B), those first that the others refer to. */
    public byte[] toBytes() {
        ByteBuf out = Unpooled.buffer();
        for (byte[] set : sets.values()) {
            out.writeBytes(START_CODE);
            writeEscaped(set, out);
        }
        return ByteBufUtil.getBytes(out);
    }

    /** With emulation prevention bytes (14496-10, 7.4.1). */
    private static void writeEscaped(byte[] set, ByteBuf out) {
        int zeros = 0;
        for (byte value : set) {
            if (zeros >= ESCAPED_ZEROS && (value & 0xFF) <= 3) {
                out.writeByte(3);
                zeros = 0;
            }
            out.writeByte(value);
            zeros = value == 0 ? zeros + 1 : 0;
        }
    }

    private void keep(int key, byte[] set, int length) {
        byte[] before = sets.get(key);
        boolean known = before != null && Arrays.equals(before, 0, before.length, set, 0, length);
        if (!known && (before != null || sets.size() < MOST_SETS)) {
            sets.put(key, Arrays.copyOf(set, length));
        }
    }

    private final class Collector implements NalScanner.Sink {
        private final boolean hevc;
        private final byte[] set = new byte[MOST_BYTES];
        private int length;
        private boolean done;

        private Collector(boolean hevc) {
            this.hevc = hevc;
        }

        private void begin() {
            length = 0;
            done = false;
        }

        @Override
        public boolean onNalUnit(int header, long startCode, long leadingZeros) {
            length = 0;
            if (rank(header) >= 0) {
                set[length++] = (byte) header;
                return true;
            }
            done = hevc ? !HevcNal.isForeign(header) && HevcNal.isVcl(HevcNal.type(header)) : isAvcSlice(header);
            return false;
        }

        private static boolean isAvcSlice(int header) {
            return !AvcNal.isForbidden(header) && AvcNal.isSlice(AvcNal.type(header));
        }

        @Override
        public boolean onByte(int value) {
            if (length == MOST_BYTES) {
                length = 0;
                return false;
            }
            set[length++] = (byte) value;
            return true;
        }

        @Override
        public void onNalUnitEnd() {
            int rank = length == 0 ? -1 : rank(set[0] & 0xFF);
            int id = rank < 0 || (hevc && HevcNal.layer(set[1] & 0xFF) != 0) ? -1 : id(rank);
            if (id >= 0) {
                keep(rank << Short.SIZE | id, set, length);
            }
            length = 0;
        }

        @Override
        public boolean isDone() {
            return done;
        }

        /** 0 for a video, 1 for a sequence, 2 for a picture parameter set; -1 for another NAL unit. */
        private int rank(int header) {
            if (hevc) {
                return HevcNal.isForeign(header)
                        ? -1
                        : switch (HevcNal.type(header)) {
                            case HevcNal.VPS -> 0;
                            case HevcNal.SPS -> 1;
                            case HevcNal.PPS -> 2;
                            default -> -1;
                        };
            }
            return AvcNal.isForbidden(header)
                    ? -1
                    : switch (AvcNal.type(header)) {
                        case AvcNal.SPS -> 1;
                        case AvcNal.PPS -> 2;
                        default -> -1;
                    };
        }

        /** Its own id; -1 if it has none. */
        private int id(int rank) {
            BitReader in = new BitReader(set, length);
            in.skip(hevc ? 16 : 8);
            int id;
            if (rank == 0) {
                id = in.u(4);
            } else {
                if (rank == 1) {
                    skipToSpsId(in);
                }
                id = in.ue();
            }
            return in.isBroken() || id > 0xFFFF ? -1 : id;
        }

        /** Over profile and level (14496-10, 7.3.2.1.1; 23008-2, 7.3.2.2.1 and 7.3.3). */
        private void skipToSpsId(BitReader in) {
            if (hevc) {
                in.skip(4);
                int subLayers = in.u(3);
                in.skip(1);
                HevcSps.skipProfileTierLevel(in, subLayers);
            } else {
                in.skip(24);
            }
        }
    }
}
