// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import io.medicloud.service.RawClient;
import io.medicloud.service.RawFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/** A client that goes on sending until the other end has had enough of it; meanwhile it reads what it is answered, or does not. */
final class Attack {
    private static final int KEPT_BYTES = 4 << 20;
    private static final int LOOK_MS = 100;
    private static final int PATIENCE_MS = 30_000;

    private final RawClient client;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicBoolean isEnough = new AtomicBoolean();

    private Attack(RawClient client) {
        this.client = client;
    }

    /**
     * What came of it.
     *
     * @param isOver whether the connection was ended while more was being sent
     * @param bytes how much was sent by then; the kernel may have held the most of it
     */
    record Outcome(boolean isOver, long bytes, ByteBuffer answer) {
        String text() {
            return StandardCharsets.ISO_8859_1.decode(answer.duplicate()).toString();
        }

        RawFrames frames() {
            byte[] bytes = new byte[answer.remaining()];
            answer.duplicate().get(bytes);
            return new RawFrames(bytes);
        }
    }

    /**
     * Sends until the connection is over, or so much is sent.
     *
     * @param pieces what is sent, in this order
     */
    static Outcome run(RawClient client, boolean isReading, IntFunction<byte[]> pieces, long mostBytes)
            throws InterruptedException {
        Attack attack = new Attack(client);
        Thread reader = new Thread(attack::read, "attack");
        reader.setDaemon(true);
        if (isReading) {
            reader.start();
        }
        long bytes = attack.send(pieces, mostBytes);
        boolean isEnded = attack.isOver.get();
        if (!isReading) {
            reader.start();
        }
        attack.isEnough.set(true);
        reader.join(PATIENCE_MS);
        return new Outcome(isEnded, bytes, ByteBuffer.wrap(attack.answer.toByteArray()));
    }

    private long send(IntFunction<byte[]> pieces, long mostBytes) {
        long bytes = 0;
        try {
            for (int i = 0; bytes < mostBytes && !isOver.get(); i++) {
                byte[] piece = pieces.apply(i);
                client.send(piece);
                bytes += piece.length;
            }
        } catch (IOException e) {
            isOver.set(true);
        }
        return bytes;
    }

    private void read() {
        byte[] some = new byte[1 << 16];
        while (true) {
            try {
                int read = client.read(some, LOOK_MS);
                if (read < 0) {
                    break;
                }
                if (answer.size() < KEPT_BYTES) {
                    answer.write(some, 0, read);
                }
            } catch (SocketTimeoutException e) {
                if (isEnough.get()) {
                    return;
                }
            } catch (IOException e) {
                break;
            }
        }
        isOver.set(true);
    }
}
