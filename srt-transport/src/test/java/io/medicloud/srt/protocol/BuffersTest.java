// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The buffers of both ends, against plain maps, over the wrap of the sequence numbers. */
class BuffersTest {
    private static final int FIRST = SeqNo.plus(0, -1500);
    private static final int LIMIT = 500;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    @AfterEach
    void nothingLeaks() {
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private ByteBuf packet(int number, int length) {
        ByteBuf packet = allocator.heapBuffer(SrtPacket.HEADER_LENGTH + length);
        DataPacket.writeHeader(packet, SeqNo.plus(FIRST, number), 0, 1, number, 1);
        return packet.writeZero(length);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aSendBufferIsAMapOfWhatIsNotAcknowledged(long seed) {
        Random random = new Random(seed);
        SendBuffer buffer = new SendBuffer(FIRST, LIMIT);
        TreeMap<Integer, Integer> kept = new TreeMap<>();
        TreeMap<Integer, Integer> sentAgain = new TreeMap<>();
        TreeSet<Integer> lost = new TreeSet<>();
        assertThat(buffer.limit()).isEqualTo(512);
        int first = 0;
        int unsent = 0;
        int end = 0;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(seed % 2 == 0 ? 7 : 12)) {
                case 0, 1, 8, 9, 10, 11 -> {
                    if (kept.size() < 512) {
                        int length = 1 + random.nextInt(100);
                        buffer.takePacket(packet(end, length));
                        kept.put(end++, length);
                    }
                }
                case 2, 3 -> {
                    ByteBuf next = buffer.nextUnsentPacket();
                    if (unsent < end) {
                        assertThat(DataPacket.seqNo(next)).isEqualTo(SeqNo.plus(FIRST, unsent++));
                    } else {
                        assertThat(next).isNull();
                    }
                }
                case 4 -> {
                    if (unsent > first) {
                        int number = first + random.nextInt(unsent - first);
                        assertThat(buffer.markLost(SeqNo.plus(FIRST, number))).isEqualTo(lost.add(number));
                    }
                }
                case 5 -> {
                    ByteBuf next = buffer.nextLostPacket(step);
                    if (lost.isEmpty()) {
                        assertThat(next).isNull();
                    } else {
                        int number = lost.pollFirst();
                        assertThat(DataPacket.seqNo(next)).isEqualTo(SeqNo.plus(FIRST, number));
                        sentAgain.put(number, step == 0 ? 1 : step);
                    }
                }
                case 6 -> {
                    int acked = first + random.nextInt(unsent - first + 1);
                    buffer.releaseBefore(SeqNo.plus(FIRST, acked));
                    first = acked;
                }
                default -> {
                    if (random.nextInt(20) == 0 && !kept.isEmpty()) {
                        assertThat(buffer.releaseFirst()).isEqualTo(kept.get(first));
                        first++;
                        unsent = Math.max(unsent, first);
                    }
                }
            }
            kept.headMap(first).clear();
            lost.headSet(first).clear();
            assertThat(buffer.first()).isEqualTo(SeqNo.plus(FIRST, first));
            assertThat(buffer.nextUnsent()).isEqualTo(SeqNo.plus(FIRST, unsent));
            assertThat(buffer.lastSent()).isEqualTo(SeqNo.plus(FIRST, unsent - 1));
            assertThat(buffer.end()).isEqualTo(SeqNo.plus(FIRST, end));
            assertThat(buffer.packets()).isEqualTo(kept.size());
            assertThat(buffer.isEmpty()).isEqualTo(kept.isEmpty());
            assertThat(buffer.isFull()).isEqualTo(kept.size() == 512);
            assertThat(buffer.inFlight()).isEqualTo(unsent - first);
            assertThat(buffer.hasUnsent()).isEqualTo(unsent < end);
            assertThat(buffer.hasLost()).isEqualTo(!lost.isEmpty());
            assertThat(buffer.payloadBytes())
                    .isEqualTo(kept.values().stream().mapToInt(l -> l).sum());
            if (!kept.isEmpty()) {
                assertThat(buffer.firstTimestamp()).isEqualTo(first);
                int any = first + random.nextInt(kept.size());
                assertThat(buffer.retransmittedUs(SeqNo.plus(FIRST, any))).isEqualTo(sentAgain.getOrDefault(any, 0));
            }
        }
        buffer.clear();
        assertThat(buffer.isEmpty()).isTrue();
        assertThat(buffer.hasLost()).isFalse();
        assertThat(buffer.payloadBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aReceiveBufferIsAMapOfWhatIsNotDelivered(long seed) {
        Random random = new Random(seed);
        ReceiveBuffer buffer = new ReceiveBuffer(FIRST, LIMIT);
        TreeMap<Integer, Integer> kept = new TreeMap<>();
        assertThat(buffer.limit()).isEqualTo(512);
        assertThat(buffer.firstPresent()).isEqualTo(SeqNo.NONE);
        int start = 0;
        int end = 0;
        for (int step = 0; step < 20_000; step++) {
            int ahead = random.nextInt(random.nextInt(10) == 0 ? 520 : 20);
            int number = start + ahead - 2;
            int seqNo = SeqNo.plus(FIRST, number);
            boolean isInReach = number >= start && number < start + 512;
            assertThat(buffer.isInReach(seqNo)).isEqualTo(isInReach);
            assertThat(buffer.contains(seqNo)).isEqualTo(kept.containsKey(number));
            assertThat(buffer.get(seqNo) != null).isEqualTo(kept.containsKey(number));
            if (isInReach && !kept.containsKey(number) && random.nextInt(3) > 0) {
                int length = 1 + random.nextInt(100);
                buffer.takePacket(seqNo, packet(number, length));
                kept.put(number, length);
                end = Math.max(end, number + 1);
            } else if (isInReach && random.nextInt(5) == 0) {
                buffer.advanceEnd(seqNo);
                end = Math.max(end, number + 1);
            }
            if (kept.containsKey(start)) {
                assertThat(DataPacket.seqNo(buffer.head())).isEqualTo(SeqNo.plus(FIRST, start));
                ByteBuf head = buffer.removeHead();
                assertThat(DataPacket.payloadLength(head)).isEqualTo(kept.remove(start++));
                head.release();
            } else {
                assertThat(buffer.head()).isNull();
                assertThatThrownBy(buffer::removeHead).isInstanceOf(IllegalStateException.class);
                if (!kept.isEmpty() && random.nextInt(4) == 0) {
                    buffer.skipTo(buffer.firstPresent());
                    start = kept.firstKey();
                }
            }
            assertThat(buffer.start()).isEqualTo(SeqNo.plus(FIRST, start));
            assertThat(buffer.end()).isEqualTo(SeqNo.plus(FIRST, end));
            assertThat(buffer.free()).isEqualTo(512 - (end - start));
            assertThat(buffer.packets()).isEqualTo(kept.size());
            assertThat(buffer.payloadBytes())
                    .isEqualTo(kept.values().stream().mapToInt(l -> l).sum());
            assertThat(buffer.firstPresent())
                    .isEqualTo(kept.isEmpty() ? SeqNo.NONE : SeqNo.plus(FIRST, kept.firstKey()));
        }
        buffer.clear();
        assertThat(buffer.packets()).isZero();
        assertThat(buffer.payloadBytes()).isZero();
    }

    @Test
    void aRingIsSmallUntilMoreIsNeededAndNeverLargerThanItsLimit() {
        assertThat(new PacketRing(1).limit()).isEqualTo(64);
        assertThat(new PacketRing(65).limit()).isEqualTo(128);
        assertThat(new PacketRing(128).limit()).isEqualTo(128);
        PacketRing ring = new PacketRing(300);
        assertThat(ring.capacity()).isEqualTo(64);
        assertThat(ring.ensure(FIRST, 64)).isFalse();
        ByteBuf packet = packet(63, 1);
        ring.set(SeqNo.plus(FIRST, 63), packet);
        assertThat(ring.ensure(FIRST, 65)).isTrue();
        assertThat(ring.capacity()).isEqualTo(128);
        assertThat(ring.ensure(FIRST, 300)).isTrue();
        assertThat(ring.capacity()).isEqualTo(512);
        assertThat(ring.get(SeqNo.plus(FIRST, 63))).isSameAs(packet);
        assertThat(ring.clear(SeqNo.plus(FIRST, 63))).isSameAs(packet);
        assertThat(ring.clear(SeqNo.plus(FIRST, 63))).isNull();
        packet.release();
    }
}
