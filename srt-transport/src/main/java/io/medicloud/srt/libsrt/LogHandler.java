// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.libsrt.binding.LibSrt;
import io.medicloud.srt.libsrt.binding.SRT_LOG_HANDLER_FN;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes libsrt's own log, which would go to standard error, and passes its warnings on for debugging. It is also the
 * only place where libsrt says why it turned away a caller whom the admission let in: the socket is gone before anyone
 * could ask it.
 */
final class LogHandler extends SRT_LOG_HANDLER_FN {

    private static final Logger LOG = LoggerFactory.getLogger("io.medicloud.srt.libsrt");
    private static final int WARNING = 4;
    private static final Pattern REJECTED = Pattern.compile("@(\\d+).*connection rejected due to: .*ERROR:(\\w+)");
    private static final int PROTOCOL_CODES = 18;

    // libsrt keeps the bare address: the object must stay reachable for good.
    private static final LogHandler INSTANCE = new LogHandler();

    private static final Map<Integer, RejectReason> REASONS = new ConcurrentHashMap<>();

    private LogHandler() {}

    static void install() {
        LibSrt.srt_setlogflags(LibSrt.SRT_LOGF_DISABLE_TIME
                | LibSrt.SRT_LOGF_DISABLE_THREADNAME
                | LibSrt.SRT_LOGF_DISABLE_SEVERITY
                | LibSrt.SRT_LOGF_DISABLE_EOL);
        LibSrt.srt_setloglevel(WARNING);
        int[] areas = {LibSrt.SRT_LOGFA_CONN};
        LibSrt.srt_resetlogfa(areas, areas.length);
        LibSrt.srt_setloghandler(null, INSTANCE);
    }

    /** A rejection of this socket is of interest. */
    static void expect(int socket) {
        REASONS.put(socket, RejectReason.UNKNOWN);
    }

    /** What became known; the socket is of interest no more. */
    static RejectReason takeReason(int socket) {
        RejectReason reason = REASONS.remove(socket);
        return reason == null ? RejectReason.UNKNOWN : reason;
    }

    @Override
    public void call(Pointer opaque, int level, BytePointer file, int line, BytePointer area, BytePointer message) {
        try {
            String text = message.getString();
            if (LOG.isDebugEnabled()) {
                LOG.debug("{}", text.strip());
            }
            if (!REASONS.isEmpty()) {
                noteRejection(text);
            }
        } catch (Throwable e) {
            // Nothing may be thrown into libsrt's thread.
            LOG.debug("a log line of libsrt could not be read", e);
        }
    }

    private static void noteRejection(String text) {
        Matcher matcher = REJECTED.matcher(text);
        if (matcher.find()) {
            RejectReason reason = byName(matcher.group(2));
            REASONS.computeIfPresent(Integer.valueOf(matcher.group(1)), (socket, unknown) -> reason);
        }
    }

    private static RejectReason byName(String name) {
        for (int code = 0; code < PROTOCOL_CODES; code++) {
            RejectReason reason = new RejectReason(code);
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return RejectReason.UNKNOWN;
    }
}
