// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An SRT URL as srt-live-transmit and ffmpeg take it: {@code srt://HOST:PORT?mode=caller&latency=200}. Options are
 * {@link SrtOption}'s, and {@code mode}, {@code adapter} (local address), {@code port} (local port). Times are in
 * milliseconds, as srt-live-transmit has them. Values are percent-decoded.
 *
 * @param mode said by {@code mode}; if it is absent, no host means listener, a host with an adapter rendezvous, a host
 *     alone caller
 * @param host the peer, or for a listener the address to bind; empty: any. IPv6 without brackets
 * @param port the peer's port, or for a listener its own, where 0 means any free one
 * @param adapter the local address, empty: any
 * @param localPort the local port of a caller (0: any) or of a rendezvous
 * @param options all others
 */
public record SrtUri(SrtMode mode, String host, int port, String adapter, int localPort, SrtOptions options) {

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException with one line that says what is wrong with which part. It repeats no passphrase
     */
    public static SrtUri parse(String url) {
        return SrtUriParser.parse(url);
    }

    /** Where to bind, resolved. */
    public InetSocketAddress local() throws UnknownHostException {
        boolean listener = mode == SrtMode.LISTENER;
        String name = listener && adapter.isEmpty() ? host : adapter;
        int number = listener ? port : localPort;
        return name.isEmpty() ? new InetSocketAddress(number) : new InetSocketAddress(resolve(name), number);
    }

    /** The peer, resolved. Only a listener has none. */
    public InetSocketAddress remote() throws UnknownHostException {
        if (mode == SrtMode.LISTENER) {
            throw new IllegalStateException("a listener has no remote address");
        }
        return new InetSocketAddress(resolve(host), port);
    }

    private static InetAddress resolve(String name) throws UnknownHostException {
        try {
            return InetAddress.getByName(name);
        } catch (UnknownHostException e) {
            UnknownHostException said = new UnknownHostException("host " + name + " is not known");
            said.initCause(e);
            throw said;
        }
    }

    /** The whole URL, with the passphrase. */
    public String toUrl() {
        return format(false);
    }

    /** The URL with the passphrase hidden. */
    @Override
    public String toString() {
        return format(true);
    }

    private String format(boolean hiding) {
        StringBuilder url = new StringBuilder("srt://");
        url.append(host.indexOf(':') >= 0 ? "[" + host + "]" : host).append(':').append(port);
        url.append("?mode=").append(mode.name().toLowerCase(java.util.Locale.ROOT));
        if (!adapter.isEmpty()) {
            url.append("&adapter=").append(PercentCoding.encode(adapter));
        }
        if (localPort != 0) {
            url.append("&port=").append(localPort);
        }
        String rest = options.texts().entrySet().stream()
                .map(e -> "&" + e.getKey().key() + "=" + value(e, hiding))
                .collect(Collectors.joining());
        return url.append(rest).toString();
    }

    private static String value(Map.Entry<SrtOption, String> entry, boolean hiding) {
        boolean secret =
                entry.getKey() == SrtOption.PASSPHRASE && !entry.getValue().isEmpty();
        return secret && hiding ? "***" : PercentCoding.encode(entry.getValue());
    }
}
