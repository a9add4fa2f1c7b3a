// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtStreamId;
import io.medicloud.srt.libsrt.binding.LibSrt;
import io.medicloud.srt.libsrt.binding.srt_listen_callback_fn;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** libsrt's question before it accepts a caller (srt_listen_callback): one object for all listeners. */
final class AdmissionHook extends srt_listen_callback_fn {

    private static final int ACCEPT = 0;
    private static final int REJECT = -1;

    private static final Logger LOG = LoggerFactory.getLogger(AdmissionHook.class);

    // libsrt keeps the bare address: the object must stay reachable for good.
    private static final AdmissionHook INSTANCE = new AdmissionHook();

    private static final Map<Long, LibSrtListener> LISTENERS = new ConcurrentHashMap<>();

    private AdmissionHook() {}

    static void install(int socket, LibSrtListener listener) {
        LISTENERS.put((long) socket, listener);
        // The opaque pointer is no pointer: it says which listener is asked.
        LibSrt.srt_listen_callback(socket, INSTANCE, new Memory().at(socket));
    }

    static void remove(int socket) {
        LISTENERS.remove((long) socket);
    }

    @Override
    public int call(Pointer opaque, int caller, int handshakeVersion, Pointer peer, BytePointer streamId) {
        try {
            LibSrtListener listener = LISTENERS.get(opaque.address());
            RejectReason why = listener == null
                    ? RejectReason.DOWN
                    : listener.admit(
                            caller, SocketAddresses.fromNative(peer), SrtStreamId.decode(streamId.getStringBytes()));
            if (why == null) {
                return ACCEPT;
            }
            LibSrt.srt_setrejectreason(caller, why.code());
        } catch (Throwable e) {
            // Nothing may be thrown into libsrt's thread.
            LOG.error("a caller could not be decided on", e);
        }
        return REJECT;
    }
}
