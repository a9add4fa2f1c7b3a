// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStreamId;
import io.medicloud.srt.libsrt.binding.LibSrt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;

/** Sets {@link SrtOptions} on a libsrt socket. */
final class SocketOptions {

    // Known from libsrt 1.5.2 and 1.5.4 on; not in the headers of older ones.
    private static final int SRTO_CRYPTOMODE = 62;
    private static final int SRTO_MAXREXMITBW = 63;
    private static final int AES_GCM = 2;
    // What libsrt takes at its own refresh rate of 2^24.
    private static final long MOST_ANNOUNCED = (1 << 23) - 1;

    /** Options that stand for one of libsrt's 32-bit ones, in the order in which libsrt wants them. */
    private static final List<Map.Entry<SrtOption, Integer>> INTS = List.of(
            Map.entry(SrtOption.MSS, LibSrt.SRTO_MSS),
            Map.entry(SrtOption.FC, LibSrt.SRTO_FC),
            Map.entry(SrtOption.SNDBUF, LibSrt.SRTO_SNDBUF),
            Map.entry(SrtOption.RCVBUF, LibSrt.SRTO_RCVBUF),
            Map.entry(SrtOption.UDPSNDBUF, LibSrt.SRTO_UDP_SNDBUF),
            Map.entry(SrtOption.UDPRCVBUF, LibSrt.SRTO_UDP_RCVBUF),
            Map.entry(SrtOption.LATENCY, LibSrt.SRTO_LATENCY),
            Map.entry(SrtOption.RCVLATENCY, LibSrt.SRTO_RCVLATENCY),
            Map.entry(SrtOption.PEERLATENCY, LibSrt.SRTO_PEERLATENCY),
            Map.entry(SrtOption.SNDDROPDELAY, LibSrt.SRTO_SNDDROPDELAY),
            Map.entry(SrtOption.LOSSMAXTTL, LibSrt.SRTO_LOSSMAXTTL),
            Map.entry(SrtOption.RETRANSMITALGO, LibSrt.SRTO_RETRANSMITALGO),
            Map.entry(SrtOption.OHEADBW, LibSrt.SRTO_OHEADBW),
            Map.entry(SrtOption.PBKEYLEN, LibSrt.SRTO_PBKEYLEN),
            Map.entry(SrtOption.CONNTIMEO, LibSrt.SRTO_CONNTIMEO),
            Map.entry(SrtOption.PEERIDLETIMEO, LibSrt.SRTO_PEERIDLETIMEO),
            Map.entry(SrtOption.IPV6ONLY, LibSrt.SRTO_IPV6ONLY),
            Map.entry(SrtOption.PAYLOADSIZE, LibSrt.SRTO_PAYLOADSIZE));

    private static final List<Map.Entry<SrtOption, Integer>> FLAGS = List.of(
            Map.entry(SrtOption.TSBPD, LibSrt.SRTO_TSBPDMODE),
            Map.entry(SrtOption.TLPKTDROP, LibSrt.SRTO_TLPKTDROP),
            Map.entry(SrtOption.NAKREPORT, LibSrt.SRTO_NAKREPORT),
            Map.entry(SrtOption.DRIFTTRACER, LibSrt.SRTO_DRIFTTRACER),
            Map.entry(SrtOption.ENFORCEDENCRYPTION, LibSrt.SRTO_ENFORCEDENCRYPTION));

    private static final List<Map.Entry<SrtOption, Integer>> LONGS = List.of(
            Map.entry(SrtOption.MAXBW, LibSrt.SRTO_MAXBW),
            Map.entry(SrtOption.INPUTBW, LibSrt.SRTO_INPUTBW),
            Map.entry(SrtOption.MININPUTBW, LibSrt.SRTO_MININPUTBW));

    private static final List<Map.Entry<SrtOption, Integer>> TEXTS = List.of(
            Map.entry(SrtOption.PASSPHRASE, LibSrt.SRTO_PASSPHRASE),
            Map.entry(SrtOption.STREAMID, LibSrt.SRTO_STREAMID),
            Map.entry(SrtOption.BINDTODEVICE, LibSrt.SRTO_BINDTODEVICE),
            Map.entry(SrtOption.PACKETFILTER, LibSrt.SRTO_PACKETFILTER));

    private SocketOptions() {}

    /** Live mode, non-blocking, and what is asked for. Linger is the connection's own business. */
    static void apply(int socket, SrtOptions options) throws IOException {
        setInt(socket, LibSrt.SRTO_TRANSTYPE, LibSrt.SRTT_LIVE, "transtype");
        setInt(socket, LibSrt.SRTO_SNDSYN, 0, "sndsyn");
        setInt(socket, LibSrt.SRTO_RCVSYN, 0, "rcvsyn");
        setInt(socket, LibSrt.SRTO_MINVERSION, (int) options.number(SrtOption.MINVERSION), "minversion");
        for (Map.Entry<SrtOption, Integer> each : INTS) {
            if (options.isSet(each.getKey())) {
                setInt(
                        socket,
                        each.getValue(),
                        (int) options.number(each.getKey()),
                        each.getKey().key());
            }
        }
        for (Map.Entry<SrtOption, Integer> each : FLAGS) {
            if (options.isSet(each.getKey())) {
                setInt(
                        socket,
                        each.getValue(),
                        options.flag(each.getKey()) ? 1 : 0,
                        each.getKey().key());
            }
        }
        setIfNotSystems(socket, LibSrt.SRTO_IPTTL, options, SrtOption.IPTTL);
        setIfNotSystems(socket, LibSrt.SRTO_IPTOS, options, SrtOption.IPTOS);
        for (Map.Entry<SrtOption, Integer> each : LONGS) {
            if (options.isSet(each.getKey())) {
                setLong(
                        socket,
                        each.getValue(),
                        options.number(each.getKey()),
                        each.getKey().key());
            }
        }
        for (Map.Entry<SrtOption, Integer> each : TEXTS) {
            String text = options.text(each.getKey());
            if (!text.isEmpty()) {
                setText(socket, each.getValue(), text, each.getKey().key());
            }
        }
        applyKeyRefresh(socket, options);
        applyNewer(socket, options);
    }

    // The rate first: by itself it limits the announcement. An old libsrt takes 0 at its word.
    private static void applyKeyRefresh(int socket, SrtOptions options) throws IOException {
        long rate = options.number(SrtOption.KMREFRESHRATE);
        long announced = options.number(SrtOption.KMPREANNOUNCE);
        if (rate > 0) {
            setInt(socket, LibSrt.SRTO_KMREFRESHRATE, (int) rate, "kmrefreshrate");
        }
        if (announced > 0) {
            long allowed = rate > 0 ? announced : Math.min(announced, MOST_ANNOUNCED);
            setInt(socket, LibSrt.SRTO_KMPREANNOUNCE, (int) allowed, "kmpreannounce");
        }
    }

    // An old libsrt does by itself what these ask for at their standard values.
    private static void applyNewer(int socket, SrtOptions options) throws IOException {
        if (options.number(SrtOption.CRYPTOMODE) == AES_GCM) {
            setInt(socket, SRTO_CRYPTOMODE, AES_GCM, "cryptomode");
        }
        long most = options.number(SrtOption.MAXREXMITBW);
        if (most >= 0) {
            setLong(socket, SRTO_MAXREXMITBW, most, "maxrexmitbw");
        }
    }

    private static void setIfNotSystems(int socket, int number, SrtOptions options, SrtOption option)
            throws IOException {
        if (options.number(option) >= 0) {
            setInt(socket, number, (int) options.number(option), option.key());
        }
    }

    static void setPassphrase(int socket, String passphrase) throws IOException {
        setText(socket, LibSrt.SRTO_PASSPHRASE, passphrase, "passphrase");
    }

    /** In both directions. */
    static void setLatency(int socket, int latencyMs) throws IOException {
        setInt(socket, LibSrt.SRTO_LATENCY, latencyMs, "latency");
    }

    static void setInt(int socket, int number, int value, String name) throws IOException {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
        set(socket, number, bytes, name);
    }

    private static void setLong(int socket, int number, long value, String name) throws IOException {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(value)
                .array();
        set(socket, number, bytes, name);
    }

    private static void setText(int socket, int number, String value, String name) throws IOException {
        set(socket, number, SrtStreamId.encode(value), name);
    }

    private static void set(int socket, int number, byte[] value, String name) throws IOException {
        try (BytePointer pointer = new BytePointer(value)) {
            if (LibSrt.srt_setsockflag(socket, number, pointer, value.length) != 0) {
                throw failure("libsrt " + NativeLibrary.version() + " refuses option " + name);
            }
        }
    }

    /** What libsrt last complained of on this thread. */
    static IOException failure(String what) {
        return new IOException(what + ": " + LibSrt.srt_getlasterror_str().getString());
    }
}
