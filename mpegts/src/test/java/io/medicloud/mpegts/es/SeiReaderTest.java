// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of supplemental enhancement information (14496-10, D.1). */
class SeiReaderTest {
    private final SeiReader reader = new SeiReader();

    @BeforeEach
    void aNalUnitBegins() {
        reader.begin();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, 29, 127, 254, 255, 1000, 32767, 65535})
    void theFramesUpToARecoveryPointAreRead(int frames) {
        BitWriter code = new BitWriter().ue(frames);
        String payload = HexFormat.of().formatHex(code.end(), 0, (code.bits() + 6) / 8);
        assertThat(read("06" + "05" + payload)).as("no byte more than it takes").isFalse();
        assertThat(reader.hasRecoveryPoint()).isTrue();
        assertThat(reader.recoveryFrameCount()).isEqualTo(frames);
    }

    @Test
    void moreFramesThanCanBeAreNoRecoveryPoint() {
        assertThat(read("0604 0000")).isTrue();
        assertThat(read("40")).isFalse();
        assertThat(reader.hasRecoveryPoint()).isFalse();
        reader.begin();
        assertThat(read("0604 00008000"))
                .as("16 zeros, then the one: as many as there may be")
                .isTrue();
        assertThat(read("00")).isFalse();
        assertThat(reader.recoveryFrameCount()).isEqualTo(65535);
    }

    @Test
    void messagesInFrontAreSteppedOver() {
        assertThat(read("0500 0403B50031 FF0002AABB 0101C0" + "0601C0")).isFalse();
        assertThat(reader.recoveryFrameCount()).isZero();
    }

    @Test
    void sizesAndTypesOfManyBytesAreSums() {
        String long300 = "05FF2D" + "06".repeat(300);
        String type261 = "FF0601" + "80";
        assertThat(read(long300 + type261)).isTrue();
        assertThat(reader.hasRecoveryPoint()).isFalse();
        assertThat(read("060180")).isFalse();
        assertThat(reader.recoveryFrameCount()).isZero();
    }

    @Test
    void aMessageThatIsCutTellsNothing() {
        assertThat(read("0601")).isTrue();
        assertThat(reader.hasRecoveryPoint()).isFalse();
        assertThat(read("08")).as("0000 1: four bits are to come").isTrue();
        assertThat(reader.hasRecoveryPoint()).isFalse();
    }

    @Test
    void aNewNalUnitBeginsAnew() {
        read("060180");
        reader.setPicStructOffset(0);
        reader.begin();
        assertThat(reader.hasRecoveryPoint()).isFalse();
        read("010130");
        assertThat(reader.picStruct()).isEqualTo(3);
        read("05"); // Its size would follow.
        reader.begin();
        assertThat(reader.picStruct()).isEqualTo(-1);
        assertThat(read("060180")).isFalse();
        assertThat(reader.hasRecoveryPoint()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 4, 5, 8, 33, 48, 60})
    void picStructStandsBehindTheDelays(int delays) {
        reader.setPicStructOffset(delays);
        for (int structure : new int[] {0, 1, 5, 8, 15}) {
            byte[] payload =
                    new BitWriter().u(delays, -1).u(4, structure).u(11, 0x5A5).end();
            reader.begin();
            assertThat(read("01" + HexFormat.of().toHexDigits((byte) payload.length)
                            + HexFormat.of().formatHex(payload)))
                    .isTrue();
            assertThat(reader.picStruct()).isEqualTo(structure);
        }
    }

    @Test
    void withoutAPlaceForItThereIsNoPicStruct() {
        assertThat(read("0104FFFFFFFF")).isTrue();
        assertThat(reader.picStruct()).isEqualTo(-1);
        reader.setPicStructOffset(24);
        reader.begin();
        read("0103FFFFFF");
        assertThat(reader.picStruct()).isEqualTo(-1);
        read("0401A0");
        assertThat(reader.picStruct()).as("of another message").isEqualTo(-1);
    }

    @Test
    void numbersWithoutEndAreGivenUp() {
        int read = 0;
        while (read < 100_000 && reader.onByte(0xFF)) {
            read++;
        }
        assertThat(read).isBetween(65_000, 66_000);
        reader.begin();
        reader.onByte(5);
        read = 0;
        while (read < 100_000 && reader.onByte(0xFF)) {
            read++;
        }
        assertThat(read).isBetween(65_000, 66_000);
    }

    /** Whether more is wanted after these bytes. */
    private boolean read(String hex) {
        boolean more = true;
        for (byte value : HexFormat.of().parseHex(hex.replace(" ", ""))) {
            assertThat(more).as("wanted").isTrue();
            more = reader.onByte(value & 0xFF);
        }
        return more;
    }
}
