// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom a client of the API may have called: public addresses, and what the operator names. Else whoever may start a stream could reach what the service's machine can reach and
 * the client cannot (server-side request forgery). A name is looked up once, judged by the address it has, and that address is called. Immutable.
 */
public final class PullTargets {
    /** IANA's special-purpose address registries (RFC 6890), and what carries such addresses within (NAT64, 6to4, Teredo). */
    private static final List<IpSubnetFilterRule> NOT_PUBLIC = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "168.63.129.16/32", // a cloud's own services, metadata among them
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/8", // reserved: loopback, and IPv4 in several spellings (RFC 4291, RFC 7915)
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20",
                    "5f00::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "fec0::/10",
                    "ff00::/8")
            .map(AddressRanges::range)
            .toList();

    /** Only public addresses. */
    public static final PullTargets PUBLIC = new PullTargets(List.of(), Set.of(), "");

    private final List<IpSubnetFilterRule> ranges;
    private final Set<String> hosts;
    private final String text;

    private PullTargets(List<IpSubnetFilterRule> ranges, Set<String> hosts, String text) {
        this.ranges = ranges;
        this.hosts = hosts;
        this.text = text;
    }

    /**
     * Public addresses and those named.
     *
     * @param allowed ranges such as {@code 10.1.0.0/16}, addresses and host names, joined by commas
     * @throws IllegalArgumentException if one is ill-formed
     */
    public static PullTargets of(String allowed) {
        List<IpSubnetFilterRule> ranges = new ArrayList<>();
        Set<String> hosts = new HashSet<>();
        for (String one : allowed.split(",", -1)) {
            String name = one.strip();
            if (name.indexOf('/') > 0) {
                ranges.add(AddressRanges.range(name));
            } else if (name.matches("[A-Za-z0-9.:_-]{1,253}")) {
                hosts.add(name.toLowerCase(Locale.ROOT));
            } else if (!allowed.isBlank()) {
                throw new IllegalArgumentException(name);
            }
        }
        return new PullTargets(List.copyOf(ranges), Set.copyOf(hosts), allowed.strip());
    }

    /**
     * Looks a host up.
     *
     * @return what may be called, and is to be called: not looked up again
     * @throws RefusedException if it may not be called
     * @throws UnknownHostException if it is not found
     */
    public InetSocketAddress resolve(String host, int port) throws IOException {
        return resolve(host, port, InetAddress::getAllByName);
    }

    /** Who knows the addresses of names. */
    interface NameService {
        InetAddress[] lookUp(String name) throws UnknownHostException;
    }

    InetSocketAddress resolve(String host, int port, NameService names) throws IOException {
        String name = host.toLowerCase(Locale.ROOT);
        InetAddress[] addresses =
                lookUp(name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name, names);
        if (hosts.contains(name)) {
            return new InetSocketAddress(addresses[0], port);
        }
        for (InetAddress address : addresses) {
            InetSocketAddress target = new InetSocketAddress(address, port);
            boolean isNamed = ranges.stream().anyMatch(range -> range.matches(target))
                    || hosts.contains(address.getHostAddress());
            if (!isNamed && NOT_PUBLIC.stream().anyMatch(range -> range.matches(target))) {
                throw new RefusedException(host + " is " + address.getHostAddress()
                        + ", which is not public and not among those in pull.allow");
            }
        }
        return new InetSocketAddress(addresses[0], port);
    }

    private static InetAddress[] lookUp(String name, NameService names) throws UnknownHostException {
        try {
            return names.lookUp(name);
        } catch (UnknownHostException e) {
            // Its message may be the name alone; where there is more, it tells a resolver that is away from a name that
            // nobody has.
            UnknownHostException told = new UnknownHostException("the host is not found: " + e.getMessage());
            told.initCause(e);
            throw told;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PullTargets targets && text.equals(targets.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    /** The host may not be called. */
    public static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }
}
