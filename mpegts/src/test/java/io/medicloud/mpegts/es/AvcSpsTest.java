// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequence parameter sets of H.264 with everything that may stand in them. */
class AvcSpsTest {
    private static final int[] WITH_CHROMA = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};

    private int profile = 77;
    private int constraints;
    private int level = 40;
    private int chroma = 1;
    private boolean separatePlanes;
    private boolean scaling;
    private int frameNumBits = 4;
    private int orderType;
    private int orderCycle;
    private int width = 40;
    private int mapUnits = 30;
    private boolean frames = true;
    private boolean adaptive;
    private int[] crop = {};
    private boolean usability;
    private boolean sampleAspect;
    private boolean colours;
    private boolean timing;
    private long units = 1;
    private long scale = 50;
    private int nalDelayBits;
    private int vclDelayBits;
    private boolean picStruct;

    @Property(tries = 300)
    void whateverStandsInItTheRestIsRead(@ForAll long seed) {
        Random random = new Random(seed);
        boolean rich = random.nextBoolean();
        profile = rich ? WITH_CHROMA[random.nextInt(WITH_CHROMA.length)] : 66 + 11 * random.nextInt(3);
        level = 10 + random.nextInt(43);
        chroma = rich ? random.nextInt(4) : 1;
        separatePlanes = chroma == 3 && random.nextBoolean();
        scaling = rich && random.nextBoolean();
        frameNumBits = 4 + random.nextInt(13);
        orderType = random.nextInt(3);
        orderCycle = random.nextInt(256);
        width = 1 + random.nextInt(500);
        mapUnits = 1 + random.nextInt(300);
        frames = random.nextBoolean();
        adaptive = !frames && random.nextBoolean();
        crop = random.nextBoolean()
                ? new int[] {random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(2)}
                : new int[0];
        usability = random.nextBoolean();
        sampleAspect = random.nextBoolean();
        colours = random.nextBoolean();
        timing = random.nextBoolean();
        units = 1L + random.nextInt(1000);
        scale = units * (2 + random.nextInt(598));
        nalDelayBits = random.nextBoolean() ? 2 + random.nextInt(63) : 0;
        vclDelayBits = random.nextBoolean() ? 2 + random.nextInt(63) : 0;
        picStruct = random.nextBoolean();
        int fieldHeight = frames ? 1 : 2;
        int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
        int unitY = (chroma == 1 ? 2 : 1) * fieldHeight;
        int cutX = crop.length == 0 ? 0 : unitX * (crop[0] + crop[1]);
        int cutY = crop.length == 0 ? 0 : unitY * (crop[2] + crop[3]);

        AvcSps sps = parse();
        assertThat(sps.format().width()).isEqualTo(16 * width - cutX);
        assertThat(sps.format().height()).isEqualTo(16 * fieldHeight * mapUnits - cutY);
        assertThat(sps.format().frameRate()).isCloseTo(usability && timing ? scale / (2.0 * units) : 0, within(1e-9));
        assertThat(sps.format().mayInterlace()).isEqualTo(!frames);
        assertThat(sps.separateColourPlanes()).isEqualTo(separatePlanes);
        assertThat(sps.frameNumBits()).isEqualTo(frameNumBits);
        assertThat(sps.adaptiveFields()).isEqualTo(adaptive);
        int delays = vclDelayBits > 0 ? vclDelayBits : nalDelayBits;
        assertThat(sps.picStructOffset()).isEqualTo(usability && picStruct ? delays : -1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            66  | 0x00 | 30 | Baseline               | 3.0
            66  | 0x40 | 30 | Constrained Baseline   | 3.0
            66  | 0x50 | 11 | Constrained Baseline   | 1b
            77  | 0x00 | 11 | Main                   | 1.1
            77  | 0x10 | 11 | Main                   | 1b
            88  | 0x10 | 11 | Extended               | 1b
            77  | 0x10 | 12 | Main                   | 1.2
            100 | 0x10 | 11 | High                   | 1.1
            100 | 0x00 | 9  | High                   | 1b
            100 | 0x00 | 0  | High                   | -
            110 | 0x00 | 52 | High 10                | 5.2
            110 | 0x10 | 52 | High 10 Intra          | 5.2
            122 | 0x00 | 41 | High 4:2:2             | 4.1
            122 | 0x10 | 41 | High 4:2:2 Intra       | 4.1
            244 | 0x00 | 41 | High 4:4:4 Predictive  | 4.1
            244 | 0x10 | 41 | High 4:4:4 Intra       | 4.1
            144 | 0x00 | 41 | High 4:4:4             | 4.1
            44  | 0x10 | 41 | CAVLC 4:4:4            | 4.1
            118 | 0x00 | 41 | Multiview High         | 4.1
            128 | 0x00 | 41 | Stereo High            | 4.1
            83  | 0x00 | 41 | -                      | 4.1
            """)
    void profilesAndLevelsHaveTheirNames(
            int profileNumber, String constraintFlags, int levelNumber, String profileName, String levelName) {
        profile = profileNumber;
        constraints = Integer.decode(constraintFlags);
        level = levelNumber;
        assertThat(parse().format().profile()).isEqualTo(profileName);
        assertThat(parse().format().level()).isEqualTo(levelName);
    }

    @Test
    void cropsThatLeaveNothingAreNone() {
        crop = new int[] {160, 160, 0, 0};
        assertThat(parse().format().width()).isEqualTo(640);
        crop = new int[] {160, 159, 0, 0};
        assertThat(parse().format().width()).isEqualTo(2);
        crop = new int[] {0, 0, 120, 120};
        assertThat(parse().format().height()).isEqualTo(480);
        crop = new int[] {0, 0, 120, 119};
        assertThat(parse().format().height()).isEqualTo(2);
    }

    @Test
    void sidesOfAsManyMacroblocksAsCanBeAreTaken() {
        width = (1 << 12) + 1;
        assertThat(parse().format().width()).isEqualTo(16 * width);
        width++;
        assertThat(AvcSps.parse(write(), write().length)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 17})
    void aFrameNumberOfMoreBitsThanThereAreIsDamage(int bits) {
        frameNumBits = bits;
        byte[] sps = write();
        assertThat(AvcSps.parse(sps, sps.length) == null).isEqualTo(bits == 17);
    }

    @Test
    void ratesThatMakeNoSenseAreNone() {
        usability = true;
        timing = true;
        scale = 0;
        assertThat(parse().format().frameRate()).isZero();
        scale = 600;
        assertThat(parse().format().frameRate()).isEqualTo(300);
        scale = 602;
        assertThat(parse().format().frameRate()).isZero();
        units = 0;
        assertThat(parse().format().frameRate()).isZero();
    }

    @Test
    void whatIsCutOffIsNotRead() {
        profile = 100;
        scaling = true;
        orderType = 1;
        orderCycle = 255;
        usability = true;
        timing = true;
        picStruct = true;
        nalDelayBits = 40;
        byte[] sps = write();
        boolean sized = false;
        for (int length = 0; length <= sps.length; length++) {
            AvcSps read = AvcSps.parse(sps, length);
            assertThat(read != null || !sized).as("a size is not forgotten").isTrue();
            sized = read != null;
            if (read != null) {
                assertThat(read.format().width()).isEqualTo(640);
                assertThat(read.format().frameRate()).isIn(0.0, 25.0);
                assertThat(read.picStructOffset()).isIn(-1, 40);
            }
        }
        assertThat(sized).isTrue();
    }

    private AvcSps parse() {
        byte[] sps = write();
        AvcSps read = AvcSps.parse(sps, sps.length);
        assertThat(read).isNotNull();
        return read;
    }

    private byte[] write() {
        BitWriter out = new BitWriter();
        out.u(8, profile).u(8, constraints).u(8, level).ue(3);
        boolean withChroma = false;
        for (int known : WITH_CHROMA) {
            withChroma |= known == profile;
        }
        if (withChroma) {
            out.ue(chroma);
            if (chroma == 3) {
                out.flag(separatePlanes);
            }
            out.ue(2).ue(2).flag(false).flag(scaling);
            if (scaling) {
                writeScaling(out);
            }
        }
        out.ue(frameNumBits - 4).ue(orderType);
        if (orderType == 0) {
            out.ue(7);
        } else if (orderType == 1) {
            out.flag(true).se(-3).se(5).ue(orderCycle);
            for (int i = 0; i < orderCycle; i++) {
                out.se(i % 2 == 0 ? i : -i);
            }
        }
        out.ue(4).flag(false).ue(width - 1).ue(mapUnits - 1).flag(frames);
        if (!frames) {
            out.flag(adaptive);
        }
        out.flag(true).flag(crop.length > 0);
        for (int side : crop) {
            out.ue(side);
        }
        out.flag(usability);
        if (usability) {
            writeUsability(out);
        }
        return out.end();
    }

    /** Lists that end early, that are whole, and that are the one before. */
    private void writeScaling(BitWriter out) {
        for (int list = 0; list < (chroma == 3 ? 12 : 8); list++) {
            out.flag(list % 3 != 2);
            if (list % 3 == 0) {
                for (int j = 0; j < (list < 6 ? 16 : 64); j++) {
                    out.se(j % 2 == 0 ? 3 : -2);
                }
            } else if (list % 3 == 1) {
                out.se(120).se(-128);
            }
        }
    }

    private void writeUsability(BitWriter out) {
        out.flag(sampleAspect);
        if (sampleAspect) {
            out.u(8, 255).u(16, 16).u(16, 11);
        }
        out.flag(true).flag(false);
        out.flag(colours);
        if (colours) {
            out.u(3, 5).flag(true).flag(true).u(24, 0x010101);
        }
        out.flag(colours);
        if (colours) {
            out.ue(2).ue(3);
        }
        out.flag(timing);
        if (timing) {
            out.u(32, units).u(32, scale).flag(true);
        }
        writeHrd(out, nalDelayBits, 3);
        writeHrd(out, vclDelayBits, 32);
        if (nalDelayBits + vclDelayBits > 0) {
            out.flag(false);
        }
        out.flag(picStruct).flag(false);
    }

    private static void writeHrd(BitWriter out, int delayBits, int count) {
        out.flag(delayBits > 0);
        if (delayBits > 0) {
            out.ue(count - 1).u(8, 0x44);
            for (int i = 0; i < count; i++) {
                out.ue(1000 + i).ue(2000).flag(i % 2 == 0);
            }
            int first = Math.min(32, delayBits - 1);
            out.u(5, 23).u(5, first - 1).u(5, delayBits - first - 1).u(5, 24);
        }
    }
}
