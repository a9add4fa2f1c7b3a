// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many CONCLUSIONs of one network (IPv4 /24, IPv6 /64) are looked into: each may cost a key derivation. Its table is bounded. */
final class ConclusionLimit {
    private static final int PER_SECOND = 20;
    private static final int BURST = 64;
    private static final int NETWORKS = 1024;

    private final Map<ByteBuffer, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Bucket> eldest) {
            return size() > NETWORKS;
        }
    };

    private static final class Bucket {
        private double tokens = BURST;
        private long sinceUs;

        private Bucket(long nowUs) {
            sinceUs = nowUs;
        }
    }

    boolean allows(byte[] address, long nowUs) {
        int prefix = address.length == 4 ? 3 : 8;
        Bucket bucket = buckets.computeIfAbsent(ByteBuffer.wrap(address.clone(), 0, prefix), k -> new Bucket(nowUs));
        bucket.tokens = Math.min(BURST, bucket.tokens + (nowUs - bucket.sinceUs) * PER_SECOND / 1e6);
        bucket.sinceUs = nowUs;
        if (bucket.tokens < 1) {
            return false;
        }
        bucket.tokens--;
        return true;
    }
}
