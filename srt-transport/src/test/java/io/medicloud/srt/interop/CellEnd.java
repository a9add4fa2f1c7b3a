// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import java.io.IOException;

/** One end of a {@link Cell}: sends what it is given, or keeps what it receives. */
interface CellEnd extends AutoCloseable {
    /** Whether its connection stands; false too where nobody can tell. */
    boolean isConnected();

    /** Why it has ended by itself, or an empty text. */
    String trouble();

    /** What it says of itself that may explain a loss, or an empty text. */
    default String account() {
        return "";
    }

    /** How many messages it was given before it would connect. */
    default int sentAhead() {
        return 0;
    }

    void send(byte[] message) throws IOException;

    /** How many bytes it has received. */
    int received();

    /** Says good-bye, and waits until all that it received is there. */
    byte[] finish() throws IOException, InterruptedException;

    /** Ends it whatever it does. */
    @Override
    void close();
}
