// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.pes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.pes.PesTracker.State;
import io.medicloud.testdata.PesBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PesTrackerTest {
    private static final byte[] CONTENT = new byte[600];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private final PesTracker tracker = new PesTracker();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int starts;
    private long pts = Pts.NONE;
    private long dts = Pts.NONE;

    /** Hands a PES packet in, in pieces of these lengths, the last of which repeats. */
    private void take(byte[] pes, int... pieces) {
        int at = 0;
        for (int i = 0; at < pes.length; i++) {
            int end = Math.min(pes.length, at + pieces[Math.min(i, pieces.length - 1)]);
            ByteBuf data = Unpooled.copiedBuffer(pes, at, end - at);
            if (tracker.onPayload(data, 0, end - at, at == 0) == State.STARTED) {
                starts++;
                pts = tracker.header().pts();
                dts = tracker.header().dts();
            }
            body.writeBytes(ByteBufUtil.getBytes(data, tracker.bodyFrom(), tracker.bodyTo() - tracker.bodyFrom()));
            at = end;
        }
    }

    @Property
    void aHeaderIsReadWhereverItIsSplit(
            @ForAll @LongRange(max = (1L << 33) - 1) long time,
            @ForAll @IntRange(min = 1, max = 20) int first,
            @ForAll @IntRange(min = 1, max = 184) int further,
            @ForAll @IntRange(max = 245) int stuffing) {
        body.reset();
        starts = 0;
        long decoded = Math.floorMod(time - 3600, Pts.WRAP);
        take(
                PesBuilder.of(PesBuilder.VIDEO)
                        .pts(time)
                        .dts(decoded)
                        .headerStuffing(stuffing)
                        .unbounded()
                        .payload(CONTENT)
                        .build(),
                first,
                further);
        assertThat(starts).isEqualTo(1);
        assertThat(pts).isEqualTo(time);
        assertThat(dts).isEqualTo(decoded);
        assertThat(body.toByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void withoutTimesThereAreNone() {
        take(PesBuilder.of(PesBuilder.AUDIO).payload(CONTENT).build(), 184);
        assertThat(pts).isEqualTo(Pts.NONE);
        assertThat(dts).isEqualTo(Pts.NONE);
        assertThat(tracker.state()).isEqualTo(State.BODY);
    }

    @Test
    void withoutADtsItIsThePts() {
        take(PesBuilder.of(PesBuilder.AUDIO).pts(1234).payload(CONTENT).build(), 184);
        assertThat(dts).isEqualTo(1234);
    }

    @Test
    void whatIsBehindTheLengthIsIgnored() {
        byte[] pes = PesBuilder.of(PesBuilder.AUDIO).pts(1).payload(CONTENT).build();
        take(Arrays.copyOf(pes, pes.length + 200), 184);
        assertThat(body.toByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void aLengthThatDoesNotHoldTheHeaderIsTakenAsUnknown() {
        take(
                PesBuilder.of(PesBuilder.VIDEO)
                        .pts(1)
                        .claimLength(2)
                        .payload(CONTENT)
                        .build(),
                184);
        assertThat(body.toByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void theLengthOfItsBodyIsKnownWhereTheHeaderSaysIt() {
        assertThat(bodyLength(PesBuilder.of(PesBuilder.AUDIO).pts(1).headerStuffing(7)))
                .isEqualTo(CONTENT.length);
        assertThat(bodyLength(PesBuilder.of(PesBuilder.VIDEO).pts(1).unbounded()))
                .isZero();
        assertThat(bodyLength(PesBuilder.of(PesBuilder.VIDEO).pts(1).claimLength(2)))
                .isZero();
    }

    private int bodyLength(PesBuilder pes) {
        ByteBuf data = Unpooled.wrappedBuffer(pes.payload(CONTENT).build());
        tracker.onPayload(data, 0, 184, true);
        return tracker.header().bodyLength();
    }

    @Test
    void timesThatTheHeaderHasNoRoomForAreNotThere() {
        byte[] pes =
                PesBuilder.of(PesBuilder.VIDEO).unbounded().payload(CONTENT).build();
        pes[7] = (byte) 0xC0;
        take(pes, 184);
        assertThat(pts).isEqualTo(Pts.NONE);
        assertThat(body.toByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void aStreamWithoutOptionalFieldsHasItsBytesAtOnce() {
        byte[] pes = {0, 0, 1, (byte) 0xBF, 0, 3, 1, 2, 3, 4};
        take(pes, 10);
        assertThat(body.toByteArray()).containsExactly(1, 2, 3);
        assertThat(tracker.header().length()).isEqualTo(6);
        assertThat(tracker.header().isDataAligned()).isFalse();
    }

    @Test
    void whatDoesNotBeginWithTheStartCodeIsNone() {
        ByteBuf data = Unpooled.copiedBuffer(CONTENT);
        assertThat(tracker.onPayload(data, 0, 184, true)).isEqualTo(State.NONE);
        assertThat(tracker.onPayload(data, 184, 368, false)).isEqualTo(State.NONE);
        assertThat(tracker.onPayload(Unpooled.wrappedBuffer(new byte[] {0, 1}), 0, 2, true))
                .isEqualTo(State.NONE);
    }

    @Test
    void aPacketThatIsGivenUpGoesOnAtTheNextStart() {
        byte[] pes = PesBuilder.of(PesBuilder.VIDEO)
                .pts(1)
                .unbounded()
                .payload(CONTENT)
                .build();
        take(pes, 184);
        tracker.abandon();
        assertThat(tracker.onPayload(Unpooled.wrappedBuffer(CONTENT), 0, 100, false))
                .isEqualTo(State.NONE);
        take(pes, 184);
        assertThat(starts).isEqualTo(2);
    }

    @Property
    void anyBytesAreTaken(@ForAll @Size(max = 2000) byte[] bytes, @ForAll long seed) {
        Random random = new Random(seed);
        if (bytes.length > 3 && random.nextBoolean()) {
            bytes[0] = 0;
            bytes[1] = 0;
            bytes[2] = 1;
        }
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + random.nextInt(185));
            tracker.onPayload(data, at, end, at == 0 || random.nextInt(5) == 0);
            assertThat(tracker.bodyFrom()).isBetween(at, end);
            assertThat(tracker.bodyTo()).isBetween(tracker.bodyFrom(), end);
            at = Math.max(at + 1, end);
        }
    }

    @Test
    void whatIsPassedByCountsAsRead() {
        byte[] pes = {0, 0, 1, (byte) 0xE0, 0, 103, (byte) 0x80, 0, 0, 1, 2, 3};
        tracker.onPayload(Unpooled.wrappedBuffer(pes, 0, 8), 0, 8, true);
        assertThat(tracker.remaining()).isZero(); // Its header is not complete.
        tracker.onPayload(Unpooled.wrappedBuffer(pes, 8, 4), 0, 4, false);
        assertThat(tracker.remaining()).isEqualTo(97);
        tracker.pass(90);
        assertThat(tracker.state()).isEqualTo(State.BODY);
        assertThat(tracker.bodyFrom()).isEqualTo(tracker.bodyTo());
        assertThat(tracker.remaining()).isEqualTo(7);
        assertThatThrownBy(() -> tracker.pass(8)).isInstanceOf(IllegalArgumentException.class);
        tracker.onPayload(Unpooled.wrappedBuffer(new byte[20]), 0, 20, false);
        assertThat(tracker.bodyTo()).isEqualTo(7); // What is behind its length is ignored.
        tracker.abandon();
        assertThat(tracker.remaining()).isZero();
    }

    @Test
    void aPacketOfUnknownLengthRemainsHoweverMuchIsPassedBy() {
        byte[] pes = {0, 0, 1, (byte) 0xE0, 0, 0, (byte) 0x80, 0, 0, 1};
        tracker.onPayload(Unpooled.wrappedBuffer(pes), 0, pes.length, true);
        tracker.pass(1L << 40);
        assertThat(tracker.remaining()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aHeaderTellsScramblingAndAlignment() {
        PesHeader header = new PesHeader();
        byte[] pes = {0, 0, 1, (byte) 0xE0, 0, 3, (byte) 0xB4, 0, 0};
        header.wrap(Unpooled.wrappedBuffer(pes), 0);
        assertThat(header.scramblingControl()).isEqualTo(3);
        assertThat(header.isDataAligned()).isTrue();
        assertThat(header.length()).isEqualTo(9);
        pes[6] = (byte) 0x80;
        assertThat(header.scramblingControl()).isZero();
        assertThat(header.isDataAligned()).isFalse();
        pes[3] = (byte) 0xBE; // A padding stream's header has nothing more.
        pes[6] = (byte) 0xB4;
        assertThat(header.scramblingControl()).isZero();
        assertThat(header.isDataAligned()).isFalse();
        assertThat(header.length()).isEqualTo(6);
    }
}
