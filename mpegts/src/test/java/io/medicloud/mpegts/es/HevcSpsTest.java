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

/** Sequence parameter sets of H.265 with everything that may stand in them. */
class HevcSpsTest {
    private Random random = new Random(1);
    private int subLayers;
    private int profile = 1;
    private int compatible = -1;
    private boolean progressive;
    private boolean interlaced;
    private int level = 120;
    private int chroma = 1;
    private int width = 640;
    private int height = 360;
    private int[] window = {};
    private boolean scaling;
    private boolean pcm;
    private int referenceSets;
    private int longTerm;
    private boolean usability = true;
    private boolean colours;
    private boolean fieldSequence;
    private boolean defaultWindow;
    private boolean timing = true;
    private long units = 1;
    private long scale = 50;

    @Property(tries = 500)
    void whateverStandsInItTheRestIsRead(@ForAll long seed) {
        random = new Random(seed);
        subLayers = random.nextInt(7);
        chroma = random.nextInt(4);
        width = 8 + random.nextInt(8000);
        height = 8 + random.nextInt(4000);
        window = random.nextBoolean() ? new int[] {1, random.nextInt(2), random.nextInt(2), 0} : new int[0];
        scaling = random.nextBoolean();
        pcm = random.nextBoolean();
        referenceSets = random.nextInt(20);
        longTerm = random.nextInt(33);
        usability = random.nextInt(4) > 0;
        colours = random.nextBoolean();
        fieldSequence = random.nextBoolean();
        defaultWindow = random.nextBoolean();
        timing = random.nextInt(4) > 0;
        progressive = random.nextBoolean();
        interlaced = random.nextBoolean();
        units = 1L + random.nextInt(1000);
        scale = units * (1 + random.nextInt(300));

        VideoFormat format = parse();
        int cutX = window.length == 0 ? 0 : (chroma == 1 || chroma == 2 ? 2 : 1) * (window[0] + window[1]);
        int cutY = window.length == 0 ? 0 : (chroma == 1 ? 2 : 1) * (window[2] + window[3]);
        assertThat(format.width()).isEqualTo(width - cutX);
        assertThat(format.height()).isEqualTo(height - cutY);
        assertThat(format.frameRate()).isCloseTo(usability && timing ? (double) scale / units : 0, within(1e-9));
        assertThat(format.mayInterlace()).isEqualTo((interlaced && !progressive) || (usability && fieldSequence));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            1  | -1 | 120 | Main               | 4.0
            2  | -1 | 123 | Main 10            | 4.1
            3  | -1 | 30  | Main Still Picture | 1.0
            4  | -1 | 63  | Rext               | 2.1
            9  | -1 | 186 | Scc                | 6.2
            5  | -1 | 153 | -                  | 5.1
            0  | 2  | 156 | Main 10            | 5.2
            0  | 1  | 0   | Main               | -
            0  | 31 | 90  | -                  | 3.0
            1  | 2  | 93  | Main               | 3.1
            """)
    void profilesAndLevelsHaveTheirNames(
            int profileNumber, int compatibleWith, int levelNumber, String profileName, String levelName) {
        profile = profileNumber;
        compatible = compatibleWith;
        level = levelNumber;
        assertThat(parse().profile()).isEqualTo(profileName);
        assertThat(parse().level()).isEqualTo(levelName);
    }

    @Test
    void theFirstProfileOfThoseItIsCompatibleWithCounts() {
        profile = 0;
        compatible = 2;
        byte[] sps = write();
        // general_profile_compatibility_flag[4] too: behind four bits, three, one, and eight of space, tier and
        // profile.
        sps[2] |= (byte) (0x80 >> 4);
        assertThat(HevcSps.parse(sps, sps.length).profile()).isEqualTo("Main 10");
        profile = 1;
        assertThat(parse().profile()).isEqualTo("Main");
    }

    @Test
    void windowsThatLeaveNothingAreNone() {
        window = new int[] {160, 160, 0, 0};
        assertThat(parse().width()).isEqualTo(640);
        window = new int[] {160, 159, 0, 0};
        assertThat(parse().width()).isEqualTo(2);
        window = new int[] {0, 0, 90, 90};
        assertThat(parse().height()).isEqualTo(360);
        window = new int[] {0, 0, 90, 89};
        assertThat(parse().height()).isEqualTo(2);
    }

    @Test
    void sizesThatCannotBeTellNothing() {
        width = 0;
        assertThat(parseOrNull()).isNull();
        width = 1 << 16;
        assertThat(parse().width()).isEqualTo(65_536);
        width = (1 << 16) + 1;
        assertThat(parseOrNull()).isNull();
        width = 640;
        height = 0;
        assertThat(parseOrNull()).isNull();
        height = 1 << 16;
        assertThat(parse().height()).isEqualTo(65_536);
        height = (1 << 16) + 1;
        assertThat(parseOrNull()).isNull();
    }

    @Test
    void moreReferenceSetsAndPicturesThanThereCanBeAreDamage() {
        referenceSets = 64;
        assertThat(parse().frameRate()).isEqualTo(50);
        referenceSets = 65;
        assertThat(parse().frameRate()).isZero();
        referenceSets = 0;
        longTerm = 32;
        assertThat(parse().frameRate()).isEqualTo(50);
        longTerm = 33;
        assertThat(parse().frameRate()).isZero();
    }

    @Test
    void whatIsCutOffIsNotRead() {
        scaling = true;
        referenceSets = 3;
        byte[] sps = write();
        for (int length = 0; length < sps.length - 1; length++) {
            VideoFormat format = HevcSps.parse(sps, length);
            if (format != null) {
                assertThat(format.width()).isEqualTo(640);
                assertThat(format.height()).isEqualTo(360);
                assertThat(format.frameRate()).isZero();
            }
        }
    }

    private VideoFormat parse() {
        VideoFormat format = parseOrNull();
        assertThat(format).isNotNull();
        return format;
    }

    private VideoFormat parseOrNull() {
        byte[] sps = write();
        return HevcSps.parse(sps, sps.length);
    }

    /** Bits whose value says nothing are ones. */
    private byte[] write() {
        BitWriter out = new BitWriter().u(4, 15).u(3, subLayers).flag(true);
        profileTierLevel(out);
        out.ue(0).ue(chroma);
        if (chroma == 3) {
            out.flag(true);
        }
        out.ue(width).ue(height).flag(window.length > 0);
        for (int side : window) {
            out.ue(side);
        }
        int pocBits = 4 + random.nextInt(13);
        out.ue(2).ue(2).ue(pocBits - 4);
        boolean ordering = random.nextBoolean();
        out.flag(ordering);
        for (int i = ordering ? 0 : subLayers; i <= subLayers; i++) {
            out.ue(4).ue(2).ue(0);
        }
        out.ue(0).ue(3).ue(0).ue(3).ue(1).ue(2);
        scalingLists(out);
        out.flag(true).flag(true).flag(pcm);
        if (pcm) {
            out.u(8, 0xFF).ue(1).ue(2).flag(true);
        }
        referenceSets(out);
        out.flag(longTerm > 0);
        if (longTerm > 0) {
            out.ue(longTerm);
            for (int i = 0; i < longTerm; i++) {
                out.u(pocBits, -1).flag(true);
            }
        }
        out.flag(true).flag(true).flag(usability);
        if (usability) {
            usability(out);
        }
        return out.end();
    }

    private void profileTierLevel(BitWriter out) {
        out.u(2, 3).flag(true).u(5, profile);
        for (int i = 0; i < 32; i++) {
            out.flag(i == compatible);
        }
        out.flag(progressive).flag(interlaced).u(46, -1).u(8, level);
        int bits = 0;
        for (int i = 0; i < subLayers; i++) {
            boolean hasProfile = random.nextBoolean();
            boolean hasLevel = random.nextBoolean();
            out.flag(hasProfile).flag(hasLevel);
            bits += (hasProfile ? 88 : 0) + (hasLevel ? 8 : 0);
        }
        for (int i = subLayers; subLayers > 0 && i < 8; i++) {
            out.u(2, 3);
        }
        for (int i = 0; i < bits; i++) {
            out.flag(true);
        }
    }

    private void scalingLists(BitWriter out) {
        boolean written = scaling && random.nextBoolean();
        out.flag(scaling);
        if (scaling) {
            out.flag(written);
        }
        for (int size = 0; written && size < 4; size++) {
            for (int matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1) {
                boolean listed = random.nextBoolean();
                out.flag(listed);
                if (!listed) {
                    out.ue(matrix);
                    continue;
                }
                if (size > 1) {
                    out.se(-3);
                }
                for (int i = 0; i < (size == 0 ? 16 : 64); i++) {
                    out.se(random.nextInt(20) - 10);
                }
            }
        }
    }

    private void referenceSets(BitWriter out) {
        out.ue(referenceSets);
        int pictures = 0;
        for (int set = 0; set < referenceSets; set++) {
            boolean predicted = set > 0 && random.nextBoolean();
            if (set > 0) {
                out.flag(predicted);
            }
            if (predicted) {
                out.flag(true).ue(random.nextInt(5));
                int before = pictures;
                pictures = 0;
                for (int j = 0; j <= before; j++) {
                    boolean used = random.nextBoolean();
                    boolean usedInDeltas = random.nextBoolean();
                    out.flag(used);
                    if (!used) {
                        out.flag(usedInDeltas);
                    }
                    pictures += used || usedInDeltas ? 1 : 0;
                }
            } else {
                int earlier = random.nextInt(4);
                int later = random.nextInt(4);
                out.ue(earlier).ue(later);
                pictures = earlier + later;
                for (int i = 0; i < pictures; i++) {
                    out.ue(random.nextInt(9)).flag(true);
                }
            }
        }
    }

    private void usability(BitWriter out) {
        out.flag(colours);
        if (colours) {
            out.u(8, 255).u(32, -1);
        }
        out.flag(false).flag(colours);
        if (colours) {
            out.u(4, 15).flag(true).u(24, -1);
        }
        out.flag(colours);
        if (colours) {
            out.ue(3).ue(4);
        }
        out.flag(true).flag(fieldSequence).flag(true).flag(defaultWindow);
        if (defaultWindow) {
            out.ue(1).ue(2).ue(3).ue(4);
        }
        out.flag(timing);
        if (timing) {
            out.u(32, units).u(32, scale);
        }
    }
}
