// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.crypto;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Renews the key of what we send (draft 6.1.6): the next key is announced ahead of the switch and the announcement is repeated until the peer
 * confirms it. The switch waits for the confirmation, up to twice the refresh rate, so that a lost KMREQ costs no packet. For one thread.
 */
public final class KeyRefresh {
    /** Packets encrypted with one key, unless told otherwise. */
    public static final long DEFAULT_RATE = 1L << 24;
    /** Packets between an announcement and the switch, unless told otherwise. */
    public static final long DEFAULT_PREANNOUNCE = 1L << 12;

    private static final int QUICK_REQUESTS = 10;
    private static final long SLOW_REPEAT_US = 1_000_000;

    private final KeySet keys;
    private final KeySource source;
    private final long rate;
    private final long preannounce;
    private int current;
    private byte[] currentKey;
    private byte @Nullable [] nextKey;
    private byte @Nullable [] announcement;
    private boolean confirmed;
    private long encrypted = 1;
    private int requests;
    private long lastRequestUs;

    private KeyRefresh(KeySet keys, int current, byte[] key, KeySource source, long rate, long preannounce) {
        if (rate < 3 || preannounce < 1 || preannounce > (rate - 1) / 2) {
            throw new IllegalArgumentException("the preannouncement is at most half of the refresh rate");
        }
        this.keys = keys;
        this.current = current;
        this.currentKey = key;
        this.source = source;
        this.rate = rate;
        this.preannounce = preannounce;
    }

    /** Begins with a fresh even key, which {@link #firstMessage} tells the peer. */
    public static KeyRefresh begin(KeySet keys, KeySource source, long rate, long preannounce) {
        byte[] key = source.next(keys.keyLength());
        keys.put(DataPacket.KK_EVEN, key);
        return new KeyRefresh(keys, DataPacket.KK_EVEN, key, source, rate, preannounce);
    }

    /** Begins with the key that the peer sent in its first message: both directions use it until a refresh. */
    public static KeyRefresh adopt(KeySet keys, KeySource source, long rate, long preannounce) {
        int current = keys.key(DataPacket.KK_EVEN) != null ? DataPacket.KK_EVEN : DataPacket.KK_ODD;
        byte[] key = Objects.requireNonNull(keys.key(current), "a set without any key");
        return new KeyRefresh(keys, current, key, source, rate, preannounce);
    }

    /** The key material of the first key, for the handshake. */
    public KeyMaterial firstMessage() {
        return keys.wrap(current, currentKey);
    }

    /** The key flags of the next packet. */
    public int keyFlags() {
        return current;
    }

    /** Bytes by which encryption lengthens a payload. */
    public int overhead() {
        return PayloadCipher.overhead(keys.mode());
    }

    /** Encrypts a first transmission whose header bears {@link #keyFlags}, and counts it. */
    public void encrypt(ByteBuf packet) {
        PayloadCipher cipher = keys.cipher(current);
        if (cipher == null) {
            throw new IllegalStateException("no key to send with");
        }
        cipher.encrypt(packet);
        encrypted++;
        if (announcement == null && encrypted > rate - preannounce) {
            announce();
        } else if (encrypted > rate && announcement != null && (confirmed || encrypted > 2 * rate)) {
            switchKeys();
        }
    }

    /** Whether the peer has yet to confirm a new key. */
    public boolean isAnnouncing() {
        return announcement != null && !confirmed;
    }

    /** The KMREQ to send now, or null. */
    public byte @Nullable [] pollRequest(long nowUs, long rttUs) {
        if (announcement == null || confirmed) {
            return null;
        }
        long repeatUs = requests < QUICK_REQUESTS ? rttUs * 3 / 2 : SLOW_REPEAT_US;
        if (requests > 0 && nowUs - lastRequestUs < repeatUs) {
            return null;
        }
        requests++;
        lastRequestUs = nowUs;
        return announcement.clone();
    }

    /** Takes a KMRSP; only the echo of the announcement confirms it. */
    public void onResponse(byte[] response) {
        if (announcement != null && Arrays.equals(announcement, response)) {
            confirmed = true;
        }
    }

    private void announce() {
        nextKey = source.next(keys.keyLength());
        keys.put(other(current), nextKey);
        byte[] even = current == DataPacket.KK_EVEN ? currentKey : nextKey;
        byte[] odd = current == DataPacket.KK_EVEN ? nextKey : currentKey;
        byte[] both = Arrays.copyOf(even, 2 * keys.keyLength());
        System.arraycopy(odd, 0, both, keys.keyLength(), keys.keyLength());
        announcement = keys.wrap(DataPacket.KK_EVEN | DataPacket.KK_ODD, both).encode();
        confirmed = false;
        requests = 0;
    }

    private void switchKeys() {
        if (nextKey != null) {
            current = other(current);
            currentKey = nextKey;
            nextKey = null;
            announcement = null;
            encrypted = 1;
        }
    }

    private static int other(int keyFlags) {
        return keyFlags == DataPacket.KK_EVEN ? DataPacket.KK_ODD : DataPacket.KK_EVEN;
    }
}
