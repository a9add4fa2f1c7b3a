// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.linecorp.armeria.server.ServiceRequestContext;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** By what somebody is told apart from others: what it proves to be, else where it calls from. */
public final class ClientAddress {
    private static final int NETWORK_BYTES = 8;

    private ClientAddress() {}

    /** Of whoever made a request over HTTP; what a proxy in front may say is not believed. */
    public static String of(ServiceRequestContext context) {
        InetSocketAddress remote = context.remoteAddress();
        return remote.getAddress() == null ? "unknown" : of(remote.getAddress());
    }

    /** An address; of IPv6 the first 64 bits, all of which one subscriber has. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES)) + "/64"
                : address.getHostAddress();
    }
}
