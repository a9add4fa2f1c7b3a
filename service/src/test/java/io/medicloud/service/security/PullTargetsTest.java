// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PullTargetsTest {

    /** Each is either not looked up to anything, or seen for what it is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "127.0.1",
                "127.255.255.254",
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "127.0.0.1.",
                "10.0.0.1.",
                "0x0a.0.0.1",
                "0300.0250.0.1",
                "0xc0.0xa8.0x0.0x1",
                "::ffff:169.254.169.254",
                "[::ffff:a9fe:a9fe]",
                "[::ffff:100.64.0.1]",
                "2002:a00:1::1",
                "2002:a9fe:a9fe::",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::a00:1",
                "fe80::1%eth0",
                "::ffff:0:127.0.0.1",
                "0.0.0.0",
                "0",
                "[::1]",
                "::1",
                "0:0:0:0:0:0:0:1",
                "[::]",
                "::ffff:127.0.0.1",
                "[::ffff:7f00:1]",
                "::127.0.0.1",
                "[0:0:0:0:0:ffff:10.0.0.1]",
                "10.0.0.1",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "3232235521",
                "169.254.169.254",
                "2852039166",
                "0xA9FEA9FE",
                "169.254.0.1",
                "fe80::1",
                "[fe80::1%lo]",
                "fe80::1%1",
                "fd00::1",
                "fc00::1",
                "[fd00:ec2::254]",
                "100.64.0.1",
                "100.127.255.255",
                "198.18.0.1",
                "192.0.0.8",
                "192.0.2.1",
                "203.0.113.5",
                "224.0.0.1",
                "239.1.1.1",
                "255.255.255.255",
                "240.0.0.1",
                "ff02::1",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "2002:7f00:1::",
                "2001::1",
                "fec0::1",
                "2001:db8::1",
                "168.63.129.16",
                "3fff::1",
                "5f00::1",
                "192.88.99.1",
                "198.19.255.255",
                "198.51.100.255",
                "64:ff9b:1:ffff::1",
                "100::1"
            })
    void whatIsNotPublicIsRefusedHoweverItIsWritten(String host) {
        try {
            String address = PullTargets.PUBLIC.resolve(host, 9000).getAddress().getHostAddress();
            // Java takes leading zeros for decimal digits; that is another, public, address.
            assertThat(address).isEqualTo("177.0.0.1");
        } catch (PullTargets.RefusedException e) {
            assertThat(e).hasMessageContaining("pull.allow");
        } catch (UnknownHostException e) {
            assertThat(e).isNotNull();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anAnswerThatChangesBetweenTheLookAndTheCallDoesNotMatter() throws Exception {
        List<String> asked = new ArrayList<>();
        PullTargets.NameService changing = name -> {
            asked.add(name);
            return new InetAddress[] {address(asked.size() == 1 ? "8.8.8.8" : "127.0.0.1")};
        };

        InetSocketAddress called = PullTargets.PUBLIC.resolve("rebind.example", 9000, changing);

        assertThat(asked).containsExactly("rebind.example");
        assertThat(called).isEqualTo(new InetSocketAddress(address("8.8.8.8"), 9000));
        // Nothing is left that would be looked up when it is connected to.
        assertThat(called.isUnresolved()).isFalse();
        // The next call is judged by what is answered then.
        assertThatThrownBy(() -> PullTargets.PUBLIC.resolve("rebind.example", 9000, changing))
                .isInstanceOf(PullTargets.RefusedException.class)
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void aNameWithOneAddressThatIsNotPublicIsRefused() {
        for (String inside : List.of("127.0.0.1", "169.254.169.254", "::1", "100.64.0.1", "64:ff9b::7f00:1")) {
            assertThatThrownBy(() -> PullTargets.PUBLIC.resolve(
                            "mixed.example", 9000, name -> new InetAddress[] {address("8.8.8.8"), address(inside)}))
                    .isInstanceOf(PullTargets.RefusedException.class);
        }
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1", "[2a00:1450::1]"})
    void whatIsPublicMayBeCalled(String host) throws Exception {
        assertThat(PullTargets.PUBLIC.resolve(host, 9000).getPort()).isEqualTo(9000);
    }

    @Test
    void whatTheOperatorNamesMayBeCalledAndNothingBeside() throws Exception {
        PullTargets some = PullTargets.of("10.1.0.0/16, 192.168.5.5, localhost, fd00::/8");

        assertThat(some.resolve("10.1.2.3", 1).getAddress().getHostAddress()).isEqualTo("10.1.2.3");
        assertThat(some.resolve("192.168.5.5", 1).isUnresolved()).isFalse();
        assertThat(some.resolve("localhost", 1).getAddress().isLoopbackAddress())
                .isTrue();
        assertThat(some.resolve("[fd00::7]", 1).isUnresolved()).isFalse();
        for (String host : new String[] {"10.2.0.1", "192.168.5.6", "127.0.0.1", "fe80::1"}) {
            assertThatThrownBy(() -> some.resolve(host, 1)).isInstanceOf(PullTargets.RefusedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/x", "/8", "a b", "10.0.0.0/8,,", "host/8", "10.0.0.0/-1"})
    void whatIsIllFormedIsRefused(String text) {
        assertThatThrownBy(() -> PullTargets.of(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
