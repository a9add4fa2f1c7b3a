// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.util.Map;

/**
 * Why a handshake was rejected: the code as SRT's API gives it. On the wire it is 1000 more (draft-sharabayko-srt,
 * 4.3). Codes below 1000 are the protocol's own, 1000–1999 are predefined for servers (many are HTTP's plus 1000),
 * from 2000 on they are the application's.
 *
 * @param code 0 or more
 */
public record RejectReason(int code) {
    /** No reason given. */
    public static final RejectReason UNKNOWN = new RejectReason(0);
    /** A system call failed. */
    public static final RejectReason SYSTEM = new RejectReason(1);
    /** The peer rejected without detail. */
    public static final RejectReason PEER = new RejectReason(2);
    /** Resources are short. */
    public static final RejectReason RESOURCE = new RejectReason(3);
    /** The handshake is malformed. */
    public static final RejectReason ROGUE = new RejectReason(4);
    /** Too many callers wait to be accepted. */
    public static final RejectReason BACKLOG = new RejectReason(5);
    /** The socket is closing. */
    public static final RejectReason CLOSE = new RejectReason(7);
    /** The peer is older than {@link SrtOption#MINVERSION}. */
    public static final RejectReason VERSION = new RejectReason(8);
    /** The passphrases differ. */
    public static final RejectReason BAD_SECRET = new RejectReason(10);
    /** Only one side has a passphrase. */
    public static final RejectReason UNSECURE = new RejectReason(11);
    /** Nobody answered in time. */
    public static final RejectReason TIMEOUT = new RejectReason(16);
    /** The request is ill-formed. */
    public static final RejectReason BAD_REQUEST = new RejectReason(1400);
    /** The user is known, but not proven. */
    public static final RejectReason UNAUTHORIZED = new RejectReason(1401);
    /** The server or the user's share of it is used up. */
    public static final RejectReason OVERLOAD = new RejectReason(1402);
    /** Access is denied. */
    public static final RejectReason FORBIDDEN = new RejectReason(1403);
    /** There is no such resource now. */
    public static final RejectReason NOT_FOUND = new RejectReason(1404);
    /** The mode (publish, request) is not supported for this resource. */
    public static final RejectReason BAD_MODE = new RejectReason(1405);
    /** The parameters cannot be satisfied. */
    public static final RejectReason UNACCEPTABLE = new RejectReason(1406);
    /** Somebody publishes to this resource already. */
    public static final RejectReason CONFLICT = new RejectReason(1409);
    /** The resource is locked. */
    public static final RejectReason LOCKED = new RejectReason(1423);
    /** The server failed. */
    public static final RejectReason INTERNAL_SERVER_ERROR = new RejectReason(1500);
    /** The server is down for maintenance. */
    public static final RejectReason DOWN = new RejectReason(1503);
    /** There is no room to store the stream. */
    public static final RejectReason NO_ROOM = new RejectReason(1507);

    private static final int FIRST_OF_APPLICATION = 1000;
    private static final int FIRST_USER_DEFINED = 2000;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "UNKNOWN"),
            Map.entry(1, "SYSTEM"),
            Map.entry(2, "PEER"),
            Map.entry(3, "RESOURCE"),
            Map.entry(4, "ROGUE"),
            Map.entry(5, "BACKLOG"),
            Map.entry(6, "IPE"),
            Map.entry(7, "CLOSE"),
            Map.entry(8, "VERSION"),
            Map.entry(9, "RDVCOOKIE"),
            Map.entry(10, "BADSECRET"),
            Map.entry(11, "UNSECURE"),
            Map.entry(12, "MESSAGEAPI"),
            Map.entry(13, "CONGESTION"),
            Map.entry(14, "FILTER"),
            Map.entry(15, "GROUP"),
            Map.entry(16, "TIMEOUT"),
            Map.entry(17, "CRYPTO"),
            Map.entry(1000, "FALLBACK"),
            Map.entry(1001, "KEY_NOTSUP"),
            Map.entry(1002, "FILEPATH"),
            Map.entry(1003, "HOSTNOTFOUND"),
            Map.entry(1400, "BAD_REQUEST"),
            Map.entry(1401, "UNAUTHORIZED"),
            Map.entry(1402, "OVERLOAD"),
            Map.entry(1403, "FORBIDDEN"),
            Map.entry(1404, "NOTFOUND"),
            Map.entry(1405, "BAD_MODE"),
            Map.entry(1406, "UNACCEPTABLE"),
            Map.entry(1409, "CONFLICT"),
            Map.entry(1415, "NOTSUP_MEDIA"),
            Map.entry(1423, "LOCKED"),
            Map.entry(1424, "FAILED_DEPEND"),
            Map.entry(1500, "ISE"),
            Map.entry(1501, "UNIMPLEMENTED"),
            Map.entry(1502, "GW"),
            Map.entry(1503, "DOWN"),
            Map.entry(1505, "VERSION"),
            Map.entry(1507, "NOROOM"));

    /** Checks the code. */
    public RejectReason {
        if (code < 0) {
            throw new IllegalArgumentException("a reject code is not negative: " + code);
        }
    }

    /** SRT's name for the code, {@code USER} from 2000 on, or {@code UNDEFINED}. */
    public String name() {
        String name = NAMES.get(code);
        if (name != null) {
            return name;
        }
        return code >= FIRST_USER_DEFINED ? "USER" : "UNDEFINED";
    }

    /** True if it is for applications to give. */
    public boolean isFromApplication() {
        return code >= FIRST_OF_APPLICATION;
    }

    @Override
    public String toString() {
        return name() + " (" + code + ")";
    }
}
