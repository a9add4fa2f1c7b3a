// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtVerdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A program that listens with one of our stacks: takes its name and a passphrase ("-": none), prints its port, and after each line of its input how many messages of
 * the stream "live" have arrived whole.
 */
final class FloodedListener {
    static final String LIVE = "live";

    private FloodedListener() {}

    public static void main(String[] arguments) throws IOException {
        SrtOptions options =
                arguments[1].equals("-") ? SrtOptions.STANDARD : SrtOptions.STANDARD.withPassphrase(arguments[1]);
        LongEnd live = new LongEnd();
        try (SrtStack stack = SrtStacks.select(arguments[0]).stack()) {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            SrtListener listener = stack.listen(any, options, request -> decide(request, live));
            System.out.println(listener.localAddress().getPort());
            while (System.in.read() == '\n') {
                System.out.println(live.arrived() - live.wrong());
            }
        }
    }

    private static SrtVerdict decide(SrtRequest request, LongEnd live) {
        return SrtVerdict.accept(request.streamId().equals(LIVE) ? live : new LongEnd());
    }
}
