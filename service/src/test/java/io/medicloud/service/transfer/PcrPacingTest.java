// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PcrPacingTest {
    private static final int MESSAGE = 7 * 188;
    private static final int SECONDS = 4;
    private static final byte[] STREAM =
            new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(SECONDS));

    @Test
    void aStreamTakesAsLongAsItsClockSays() {
        List<Long> due = due(new PcrPacing(), STREAM);

        assertThat(due).isSorted();
        assertThat(due.get(0)).isZero();
        assertThat(due.get(due.size() - 1)).isBetween(SECONDS * 1_000_000L - 60_000, SECONDS * 1_000_000L);
    }

    @Test
    void noMessageWaitsLongerForTheNextThanTheStreamsPicturesDo() {
        List<Long> due = due(new PcrPacing(), STREAM);

        for (int i = 1; i < due.size(); i++) {
            assertThat(due.get(i) - due.get(i - 1)).isLessThanOrEqualTo(60_000);
        }
    }

    @Test
    void aClockThatJumpsGoesOnFromWhereItIs() {
        byte[] twice = Arrays.copyOf(STREAM, 2 * STREAM.length);
        System.arraycopy(STREAM, 0, twice, STREAM.length, STREAM.length);

        List<Long> due = due(new PcrPacing(), twice);

        assertThat(due).isSorted();
        assertThat(due.get(due.size() - 1)).isBetween(2 * SECONDS * 1_000_000L - 150_000, 2 * SECONDS * 1_000_000L);
    }

    @Test
    void aConstantRateIsThatRate() {
        List<Long> due = due(new Pacing.Constant(8_000_000), STREAM);

        long expectedUs = (long) (due.size() - 1) * MESSAGE;
        assertThat(due.get(due.size() - 1)).isBetween(expectedUs - 2, expectedUs + 2);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4, 0", "0, 16"})
    void packetsOfAnySizeAreSentAs188Bytes(int before, int behind) throws IOException {
        int size = before + 188 + behind;
        byte[] wrapped = new byte[STREAM.length / 188 * size];
        for (int i = 0; i < STREAM.length / 188; i++) {
            System.arraycopy(STREAM, i * 188, wrapped, i * size + before, 188);
        }
        ByteBuf sent = Unpooled.buffer();

        try (PacketReader reader = new PacketReader(Channels.newChannel(new ByteArrayInputStream(wrapped)), MESSAGE)) {
            for (ByteBuf message = reader.next(); message != null; message = reader.next()) {
                sent.writeBytes(message);
                message.release();
            }
        }

        assertThat(sent.nioBuffer()).isEqualTo(ByteBuffer.wrap(STREAM));
    }

    /** When each message is due, if all are asked for at time 0. */
    private static List<Long> due(Pacing pacing, byte[] stream) {
        List<Long> due = new ArrayList<>();
        for (int at = 0; at < stream.length; at += MESSAGE) {
            ByteBuf message = Unpooled.wrappedBuffer(stream, at, Math.min(MESSAGE, stream.length - at));
            due.add(pacing.dueUs(message, due.isEmpty() ? 0 : due.get(due.size() - 1)));
        }
        return due;
    }
}
