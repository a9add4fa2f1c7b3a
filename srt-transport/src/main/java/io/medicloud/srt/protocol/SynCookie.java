// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.crypto.KeySource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The SYN cookie (draft 4.3.1.1): SipHash-2-4 of the caller's address under a random key that lives for a minute, so that only who receives at
 * an address can know its cookie. The last key's cookies are still good for a minute. Costs no memory for any caller. For any thread.
 */
public final class SynCookie {
    private static final long LIFE_US = 60_000_000;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final KeySource source;
    private byte[] key;
    private byte[] lastKey;
    private long sinceUs;

    public SynCookie(KeySource source, long nowUs) {
        this.source = source;
        key = source.next(16);
        lastKey = key;
        sinceUs = nowUs;
    }

    /** The cookie for this caller; never 0. */
    public synchronized int bake(byte[] address, int port, long nowUs) {
        rotate(nowUs);
        return hash(key, address, port);
    }

    /** Whether the caller at this address got the cookie a minute or two ago at most. */
    public synchronized boolean matches(int cookie, byte[] address, int port, long nowUs) {
        rotate(nowUs);
        return cookie == hash(key, address, port) || cookie == hash(lastKey, address, port);
    }

    private void rotate(long nowUs) {
        long ageUs = nowUs - sinceUs;
        if (ageUs < LIFE_US) {
            return;
        }
        lastKey = ageUs < 2 * LIFE_US ? key : source.next(16);
        key = source.next(16);
        sinceUs = nowUs;
    }

    private static int hash(byte[] key, byte[] address, int port) {
        long k0 = (long) LONG.get(key, 0);
        long k1 = (long) LONG.get(key, 8);
        byte[] text = new byte[24];
        System.arraycopy(address, 0, text, 0, address.length);
        text[16] = (byte) (port >>> 8);
        text[17] = (byte) port;
        text[23] = (byte) (18 + address.length); // SipHash ends with the length; the kinds of address stay apart
        long h = sipHash(k0, k1, (long) LONG.get(text, 0), (long) LONG.get(text, 8), (long) LONG.get(text, 16));
        int cookie = (int) (h ^ h >>> 32);
        return cookie == 0 ? 1 : cookie;
    }

    /** SipHash-2-4 of three words, the last of which holds the length. */
    static long sipHash(long k0, long k1, long... words) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int i = 0; i <= words.length; i++) {
            boolean isEnd = i == words.length;
            long word = isEnd ? 0 : words[i];
            v2 ^= isEnd ? 0xFF : 0;
            v3 ^= word;
            for (int round = isEnd ? 4 : 2; round > 0; round--) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
