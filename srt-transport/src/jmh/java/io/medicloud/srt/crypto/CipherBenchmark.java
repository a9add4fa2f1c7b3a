// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Encrypts a payload of 1316 bytes in place, and decrypts it again where it can be: ns for each packet. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CipherBenchmark {
    private static final int PAYLOAD = 1316;

    @Param({"16", "32"})
    public int keyLength;

    private final ByteBuf packet = PooledByteBufAllocator.DEFAULT.directBuffer(1536);
    private PayloadCipher ctr = cipher(KeyMaterial.CIPHER_CTR);
    private PayloadCipher gcm = cipher(KeyMaterial.CIPHER_GCM);
    private int seqNo;

    private PayloadCipher cipher(int mode) {
        return PayloadCipher.of(mode, new byte[Math.max(16, keyLength)], new byte[16], new CipherWorkspace());
    }

    /** The keys of this length. */
    @Setup
    public void prepare() {
        ctr = cipher(KeyMaterial.CIPHER_CTR);
        gcm = cipher(KeyMaterial.CIPHER_GCM);
    }

    /** Gives the buffer back. */
    @TearDown
    public void release() {
        packet.release();
    }

    private void nextPacket() {
        seqNo = seqNo + 1 & Integer.MAX_VALUE;
        packet.clear();
        DataPacket.writeHeader(packet, seqNo, DataPacket.KK_EVEN, 1, 1000, 1);
        packet.writerIndex(SrtPacket.HEADER_LENGTH + PAYLOAD);
    }

    /** AES-CTR: encrypting and decrypting are the same. */
    @Benchmark
    public boolean ctr() {
        nextPacket();
        return ctr.decrypt(packet);
    }

    /** AES-GCM: both ways. */
    @Benchmark
    public boolean gcmBothWays() {
        nextPacket();
        gcm.encrypt(packet);
        return gcm.decrypt(packet);
    }
}
