// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The options of SRT live mode, by the names, units and ranges of libsrt's socket options, which srt-live-transmit's and
 * ffmpeg's URLs use too. Bandwidths are bytes per second, buffers bytes.
 */
public enum SrtOption {
    /** {@code live}; file mode is not supported. */
    TRANSTYPE("transtype", "live"),
    /** Largest IP packet, in bytes; with the handshake the smaller one of both ends counts. Limits {@link #PAYLOADSIZE} where that is not set. */
    MSS("mss", Kind.NUMBER, 232, 65_536, 1500),
    /** Flow window, in packets. */
    FC("fc", Kind.NUMBER, 32, Integer.MAX_VALUE, 25_600, "ffs"),
    /** Send buffer, in bytes. */
    SNDBUF("sndbuf", Kind.NUMBER, 1, Integer.MAX_VALUE, 8192 * 1456),
    /** Receive buffer, in bytes; the flow window limits it. */
    RCVBUF("rcvbuf", Kind.NUMBER, 1, Integer.MAX_VALUE, 8192 * 1456),
    /** The system's send buffer of the UDP socket, in bytes. */
    UDPSNDBUF("udpsndbuf", Kind.NUMBER, 1500, Integer.MAX_VALUE, 65_536, "send_buffer_size"),
    /** The system's receive buffer of the UDP socket, in bytes; the system may grant less. */
    UDPRCVBUF("udprcvbuf", Kind.NUMBER, 1500, Integer.MAX_VALUE, 8192 * 1500, "recv_buffer_size"),
    /** Longest payload of one packet, in bytes; 0: as long as a packet takes. */
    PAYLOADSIZE("payloadsize", Kind.NUMBER, 0, 1456, 1316, "payload_size", "pkt_size"),
    /** Sets both {@link #RCVLATENCY} and {@link #PEERLATENCY}, where these are not set themselves. */
    LATENCY("latency", Kind.MILLISECONDS, 0, 65_535, 120),
    /** Time from sending to delivery here, at least. */
    RCVLATENCY("rcvlatency", Kind.MILLISECONDS, 0, 65_535, 120),
    /** Time from sending to delivery at the peer, at least. */
    PEERLATENCY("peerlatency", Kind.MILLISECONDS, 0, 65_535, 0),
    /** Delivery by timestamp. */
    TSBPD("tsbpd", true, "tsbpdmode"),
    /** Packets that come too late are skipped. */
    TLPKTDROP("tlpktdrop", true),
    /** What the sender waits beyond the latency before it drops; −1: it does not drop. */
    SNDDROPDELAY("snddropdelay", Kind.MILLISECONDS, -1, Integer.MAX_VALUE, 0),
    /** Losses are reported again and again. */
    NAKREPORT("nakreport", true),
    /** Longest reorder tolerance, in packets. The stack {@code java} measures its own, in time (up to a quarter of the latency): 0 turns it off, any other value says no more. */
    LOSSMAXTTL("lossmaxttl", Kind.NUMBER, 0, Integer.MAX_VALUE, 0),
    /** The clocks' drift is followed. */
    DRIFTTRACER("drifttracer", true),
    /** 0: retransmits at every report; 1: not before a round trip has passed. */
    RETRANSMITALGO("retransmitalgo", Kind.NUMBER, 0, 1, 1),
    /** Bandwidth limit; −1: none, 0: from the input's. */
    MAXBW("maxbw", Kind.NUMBER, -1, Long.MAX_VALUE, -1),
    /** The input's bandwidth; 0: measured. */
    INPUTBW("inputbw", Kind.NUMBER, 0, Long.MAX_VALUE, 0),
    /** Lowest estimate of the input's bandwidth. */
    MININPUTBW("mininputbw", Kind.NUMBER, 0, Long.MAX_VALUE, 0),
    /** What retransmission may take beyond the input's bandwidth, in percent. */
    OHEADBW("oheadbw", Kind.NUMBER, 5, 100, 25),
    /** Limit on what retransmissions take; −1: none. */
    MAXREXMITBW("maxrexmitbw", Kind.NUMBER, -1, Long.MAX_VALUE, -1),
    /** 10 to 79 bytes; empty: not encrypted. */
    PASSPHRASE("passphrase", Kind.TEXT, 10, 79, ""),
    /** Key length in bytes; 0: as the peer has it, or 16. */
    PBKEYLEN("pbkeylen", Kind.NUMBER, 0, 32, 0),
    /** A peer whose encryption does not fit is rejected. */
    ENFORCEDENCRYPTION("enforcedencryption", true, "enforced_encryption"),
    /** A new key after so many packets, at least 3; 0: 2^24. */
    KMREFRESHRATE("kmrefreshrate", Kind.NUMBER, 0, Integer.MAX_VALUE, 0),
    /** The new key is announced so many packets ahead, less than half of {@link #KMREFRESHRATE}; 0: 2^12, or as many as that allows. */
    KMPREANNOUNCE("kmpreannounce", Kind.NUMBER, 0, Integer.MAX_VALUE, 0),
    /** 0: as the peer has it, 1: AES-CTR, 2: AES-GCM. */
    CRYPTOMODE("cryptomode", Kind.NUMBER, 0, 2, 0),
    /** What the caller wants; at most 512 bytes. See {@link SrtStreamId}, also for bytes that are not UTF-8. */
    STREAMID("streamid", Kind.TEXT, 1, 512, "", "srt_streamid"),
    /** Forward error correction, as {@code fec,cols:10,rows:5}. See {@link SrtPacketFilter}. */
    PACKETFILTER("packetfilter", Kind.TEXT, 1, 64, ""),
    /** {@code live}, the congestion control of live mode. */
    CONGESTION("congestion", "live"),
    /** True: live mode sends messages. */
    MESSAGEAPI("messageapi", true),
    /** Oldest version of SRT that a peer may have, as {@code 1.3.0}; older ones do not negotiate encryption. */
    MINVERSION("minversion", Kind.VERSION, 0, 0xFFFFFF, 0x010300),
    /** How long a caller tries. */
    CONNTIMEO("conntimeo", Kind.MILLISECONDS, 1, Integer.MAX_VALUE, 3000, "connect_timeout"),
    /** A peer silent for so long is gone. */
    PEERIDLETIMEO("peeridletimeo", Kind.MILLISECONDS, 1, Integer.MAX_VALUE, 5000),
    /** How long closing waits for what was sent to arrive, in seconds. */
    LINGER("linger", Kind.NUMBER, 0, 180, 3),
    /** Time to live of IP packets; −1: the system's. */
    IPTTL("ipttl", Kind.NUMBER, -1, 255, -1),
    /** Type of service of IP packets; −1: the system's. */
    IPTOS("iptos", Kind.NUMBER, -1, 255, -1),
    /** An IPv6 wildcard takes IPv6 only (1), IPv4 too (0), or as the system has it (−1). */
    IPV6ONLY("ipv6only", Kind.NUMBER, -1, 1, -1),
    /** Network device that packets must come from and go to. */
    BINDTODEVICE("bindtodevice", Kind.TEXT, 1, 15, ""),
    /** 0: links are not bonded. */
    GROUPCONNECT("groupconnect", Kind.NUMBER, 0, 0, 0);

    /** How a value is written. */
    enum Kind {
        TEXT,
        WORD,
        FLAG,
        NUMBER,
        MILLISECONDS,
        VERSION
    }

    private final String key;
    private final Kind kind;
    private final long least;
    private final long most;

    @SuppressWarnings("ImmutableEnumChecker") // a Long, Boolean or String
    private final Object standard;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> aliases;

    SrtOption(String key, boolean standard, String... aliases) {
        this(standard, key, Kind.FLAG, 0, 1, List.of(aliases));
    }

    SrtOption(String key, Kind kind, long least, long most, long standard, String... aliases) {
        this(standard, key, kind, least, most, List.of(aliases));
    }

    SrtOption(String key, Kind kind, long least, long most, String standard, String... aliases) {
        this(standard, key, kind, least, most, List.of(aliases));
    }

    SrtOption(String key, String word) {
        this(word, key, Kind.WORD, 0, 0, List.of());
    }

    SrtOption(Object standard, String key, Kind kind, long least, long most, List<String> aliases) {
        this.key = key;
        this.kind = kind;
        this.least = least;
        this.most = most;
        this.standard = standard;
        this.aliases = aliases;
    }

    /** Its name in a URL. */
    public String key() {
        return key;
    }

    /** Other names that ffmpeg and older tools have for it. */
    public List<String> aliases() {
        return aliases;
    }

    /** Its value where none is set: a Long, Boolean or String. */
    Object standard() {
        return standard;
    }

    Kind kind() {
        return kind;
    }

    /** The value that a URL's text stands for. */
    Object parse(String text) {
        return switch (kind) {
            case TEXT, WORD -> check(text);
            case FLAG -> check(parseFlag(text));
            case NUMBER -> check(parseNumber(text));
            case MILLISECONDS -> check(parseMilliseconds(text));
            case VERSION -> check(parseVersion(text));
        };
    }

    /** The value as a URL would write it. */
    String format(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? "1" : "0";
        }
        if (kind == Kind.VERSION) {
            long v = (Long) value;
            return (v >> 16) + "." + (v >> 8 & 0xFF) + "." + (v & 0xFF);
        }
        return value.toString();
    }

    /**
     * The value itself, if it may be one of this option's.
     *
     * @throws IllegalArgumentException naming the option and what it takes
     */
    Object check(Object value) {
        return switch (kind) {
            case TEXT -> checkText((String) cast(String.class, value));
            case WORD -> {
                if (!value.equals(standard)) {
                    throw wrong("can only be " + standard);
                }
                yield value;
            }
            case FLAG -> checkFlag((Boolean) cast(Boolean.class, value));
            case NUMBER, MILLISECONDS, VERSION -> checkNumber((Long) cast(Long.class, value));
        };
    }

    private Object cast(Class<?> type, Object value) {
        if (!type.isInstance(value)) {
            throw wrong("takes a " + type.getSimpleName());
        }
        return value;
    }

    private String checkText(String text) {
        byte[] bytes = SrtStreamId.encode(text);
        int length = bytes.length;
        if (length == 0) {
            return text;
        }
        if (length < least || length > most) {
            throw wrong("must be of " + least + " to " + most + " characters (is of " + length + ")");
        }
        if (text.indexOf('\0') >= 0) {
            throw wrong("must not contain NUL");
        }
        boolean mayBeOtherBytes = this == STREAMID && SrtStreamId.decode(bytes).equals(text);
        if (!mayBeOtherBytes && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw wrong("is not valid Unicode");
        }
        if (this == PACKETFILTER) {
            checkPacketFilter(text);
        }
        return text;
    }

    private void checkPacketFilter(String text) {
        try {
            SrtPacketFilter.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Boolean checkFlag(Boolean flag) {
        if (this == MESSAGEAPI && !flag) {
            throw wrong("can only be 1 in live mode");
        }
        return flag;
    }

    private Long checkNumber(Long number) {
        boolean odd = this == PBKEYLEN && number != 0 && number != 16 && number != 24 && number != 32;
        if (odd) {
            throw wrong("must be 0, 16, 24 or 32 (is " + number + ")");
        }
        if (this == KMREFRESHRATE && (number == 1 || number == 2)) {
            throw wrong("must be 0 or at least 3 (is " + number + ")");
        }
        if (number < least || number > most || (this == IPTTL && number == 0)) {
            throw wrong("must be " + range() + " (is " + format(number) + ")");
        }
        return number;
    }

    private String range() {
        if (least == most) {
            return String.valueOf(least);
        }
        return most >= Integer.MAX_VALUE ? "at least " + least : format(least) + " to " + format(most);
    }

    private Boolean parseFlag(String text) {
        return switch (text) {
            case "1", "yes", "on", "true" -> true;
            case "0", "no", "off", "false" -> false;
            default -> throw wrong("must be 1 or 0, yes or no, on or off, true or false (is '" + text + "')");
        };
    }

    private Long parseNumber(String text) {
        try {
            return Long.decode(text.startsWith("0") && !text.startsWith("0x") ? trimZeros(text) : text);
        } catch (NumberFormatException e) {
            throw wrong("must be a whole number, " + range() + " (is '" + text + "')");
        }
    }

    private static String trimZeros(String text) {
        String trimmed = text.replaceFirst("^0+", "");
        return trimmed.isEmpty() ? "0" : trimmed;
    }

    private Long parseMilliseconds(String text) {
        if (text.endsWith("us")) {
            long us = parseNumber(text.substring(0, text.length() - 2));
            if (us % 1000 != 0) {
                throw wrong("must be whole milliseconds (is '" + text + "')");
            }
            return us / 1000;
        }
        return parseNumber(text.endsWith("ms") ? text.substring(0, text.length() - 2) : text);
    }

    private Long parseVersion(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length == 1) {
            return parseNumber(text);
        }
        try {
            long version = 0;
            for (String part : parts) {
                int n = Integer.parseInt(part);
                if (n < 0 || n > 255) {
                    throw new NumberFormatException(part);
                }
                version = version << 8 | n;
            }
            if (parts.length == 3) {
                return version;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("must be a version as 1.3.0 (is '" + text + "')");
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException(key + " " + what);
    }
}
