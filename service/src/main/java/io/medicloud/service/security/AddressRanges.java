// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Ranges of addresses. Immutable. */
public final class AddressRanges {
    /** Names are not looked up. */
    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final List<IpSubnetFilterRule> ranges;
    private final String text;

    private AddressRanges(List<IpSubnetFilterRule> ranges, String text) {
        this.ranges = ranges;
        this.text = text;
    }

    /**
     * Reads them.
     *
     * @param text ranges such as {@code 10.1.0.0/16} and addresses, joined by commas; empty: none
     * @throws IllegalArgumentException if one is ill-formed
     */
    public static AddressRanges of(String text) {
        if (text.isBlank()) {
            return new AddressRanges(List.of(), "");
        }
        return new AddressRanges(
                Stream.of(text.split(",", -1))
                        .map(one -> rangeOrAddress(one.strip()))
                        .toList(),
                text.strip());
    }

    private static IpSubnetFilterRule rangeOrAddress(String text) {
        int slash = text.indexOf('/');
        if (!ADDRESS.matcher(slash < 0 ? text : text.substring(0, slash)).matches()) {
            throw new IllegalArgumentException(text);
        }
        return slash < 0 ? range(text + (text.indexOf(':') < 0 ? "/32" : "/128")) : range(text);
    }

    static IpSubnetFilterRule range(String text) {
        int slash = text.indexOf('/');
        try {
            return new IpSubnetFilterRule(
                    text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)), IpFilterRuleType.ACCEPT);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** How many there are. */
    public int count() {
        return ranges.size();
    }

    /** Whether an address is in one of them. */
    public boolean contains(InetSocketAddress address) {
        return ranges.stream().anyMatch(range -> range.matches(address));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressRanges same && text.equals(same.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
