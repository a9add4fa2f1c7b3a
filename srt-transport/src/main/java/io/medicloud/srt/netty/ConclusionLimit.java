// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many CONCLUSIONs of one network (IPv4 /24, IPv6 /64) are looked into: each may cost a key derivation, of which a tick makes one at most. Hundreds of
 * encoders behind one NAT may start together. Its table is bounded.
 */
final class ConclusionLimit {
    private static final Logger LOG = LoggerFactory.getLogger(ConclusionLimit.class);
    private static final int NETWORKS = 1024;
    private static final long TOLD_APART_US = 10_000_000;

    private final int perSecond;
    private final int burst;
    private long toldUs = Long.MIN_VALUE / 2;

    private final Map<ByteBuffer, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Bucket> eldest) {
            return size() > NETWORKS;
        }
    };

    private static final class Bucket {
        private double tokens;
        private long sinceUs;

        private Bucket(double tokens, long nowUs) {
            this.tokens = tokens;
            sinceUs = nowUs;
        }
    }

    /** As the system properties say. */
    ConclusionLimit() {
        this(
                Integer.getInteger(NettySrtStack.CALLERS_PER_SECOND_PROPERTY, NettySrtStack.CALLERS_PER_SECOND),
                Integer.getInteger(NettySrtStack.CALLERS_AT_ONCE_PROPERTY, NettySrtStack.CALLERS_AT_ONCE));
    }

    ConclusionLimit(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    boolean allows(byte[] address, long nowUs) {
        int prefix = address.length == 4 ? 3 : 8;
        Bucket bucket =
                buckets.computeIfAbsent(ByteBuffer.wrap(address.clone(), 0, prefix), k -> new Bucket(burst, nowUs));
        bucket.tokens = Math.min(burst, bucket.tokens + (nowUs - bucket.sinceUs) * perSecond / 1e6);
        bucket.sinceUs = nowUs;
        if (bucket.tokens < 1) {
            tell(address, nowUs);
            return false;
        }
        bucket.tokens--;
        return true;
    }

    private void tell(byte[] address, long nowUs) {
        if (nowUs - toldUs >= TOLD_APART_US) {
            toldUs = nowUs;
            LOG.warn("{}", line(address));
        }
    }

    /** What the log is told, a line now and then. */
    String line(byte[] address) {
        return "Callers of the network of " + NetUtil.bytesToIpAddress(address) + " are more than " + burst
                + " at once and "
                + perSecond + " a second: the others are answered when they ask again, if they still do ("
                + NettySrtStack.CALLERS_AT_ONCE_PROPERTY + ", " + NettySrtStack.CALLERS_PER_SECOND_PROPERTY + ")";
    }
}
