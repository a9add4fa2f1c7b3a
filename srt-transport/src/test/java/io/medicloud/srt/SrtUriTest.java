// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SrtUriTest {

    @Test
    void aHostAloneIsCalled() {
        SrtUri uri = SrtUri.parse("srt://media.example.org:9000");
        assertThat(uri.mode()).isEqualTo(SrtMode.CALLER);
        assertThat(uri.host()).isEqualTo("media.example.org");
        assertThat(uri.port()).isEqualTo(9000);
        assertThat(uri.localPort()).isZero();
        assertThat(uri.options()).isEqualTo(SrtOptions.STANDARD);
    }

    @ParameterizedTest
    @CsvSource({
        "srt://:9000, LISTENER",
        "srt://:0, LISTENER",
        "srt://:9000/?latency=20, LISTENER",
        "srt://10.0.0.1:9000?mode=listener, LISTENER",
        "srt://10.0.0.1:9000?mode=server, LISTENER",
        "srt://10.0.0.1:9000?mode=caller, CALLER",
        "srt://10.0.0.1:9000?mode=client, CALLER",
        "srt://10.0.0.1:9000?mode=default, CALLER",
        "SRT://10.0.0.1:9000/, CALLER",
        "srt://10.0.0.1:9000?adapter=10.0.0.2, RENDEZVOUS",
        "srt://10.0.0.1:9000?mode=rendezvous, RENDEZVOUS",
        "srt://10.0.0.1:9000?mode=caller&adapter=10.0.0.2&port=7000, CALLER",
    })
    void theModeIsSaidOrFollowsFromTheAddresses(String url, SrtMode mode) {
        assertThat(SrtUri.parse(url).mode()).isEqualTo(mode);
    }

    @Test
    void aListenerBindsItsHostOrItsAdapterOrAnything() throws UnknownHostException {
        assertThat(SrtUri.parse("srt://:9000").local()).isEqualTo(new InetSocketAddress(9000));
        assertThat(SrtUri.parse("srt://127.0.0.1:9000?mode=listener").local())
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9000));
        assertThat(SrtUri.parse("srt://:9000?adapter=127.0.0.1").local())
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9000));
    }

    @Test
    void aRendezvousUsesThePeersPortHereToo() throws UnknownHostException {
        SrtUri uri = SrtUri.parse("srt://127.0.0.1:9000?mode=rendezvous");
        assertThat(uri.local().getPort()).isEqualTo(9000);
        assertThat(uri.remote()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9000));
        assertThat(SrtUri.parse("srt://127.0.0.1:9000?mode=rendezvous&port=9001")
                        .local()
                        .getPort())
                .isEqualTo(9001);
    }

    @Test
    void ipv6StandsInBrackets() throws UnknownHostException {
        SrtUri uri = SrtUri.parse("srt://[::1]:9000?mode=caller");
        assertThat(uri.host()).isEqualTo("::1");
        assertThat(uri.remote().getAddress()).isEqualTo(io.netty.util.NetUtil.LOCALHOST6);
        assertThat(SrtUri.parse("srt://[::]:9000?mode=listener").local().getPort())
                .isEqualTo(9000);
        assertThat(uri.toUrl()).isEqualTo("srt://[::1]:9000?mode=caller");
    }

    @Test
    void theStreamIdMayStandThereAsItIsOrEncoded() {
        String wanted = "#!::r=live/cam-1,m=publish";
        assertThat(SrtUri.parse("srt://h:1?streamid=#!::r=live/cam-1,m=publish&latency=20")
                        .options()
                        .streamId())
                .isEqualTo(wanted);
        assertThat(SrtUri.parse("srt://h:1?streamid=%23%21%3A%3Ar%3Dlive%2Fcam-1%2cm%3Dpublish")
                        .options()
                        .streamId())
                .isEqualTo(wanted);
        assertThat(SrtUri.parse("srt://h:1?streamid=a+b%20%C3%A4").options().streamId())
                .isEqualTo("a+b ä");
    }

    @Test
    void everyOptionOfTheToolsIsKnown() {
        SrtOptions options = SrtUri.parse("srt://h:1?latency=200&rcvlatency=300&peerlatency=400&maxbw=1000000&inputbw=5"
                        + "&mininputbw=6&oheadbw=30&mss=1400&fc=9000&sndbuf=1000000&rcvbuf=2000000&payloadsize=1128"
                        + "&tlpktdrop=0&nakreport=no&lossmaxttl=40&conntimeo=5000&peeridletimeo=7000&minversion=1.4.2"
                        + "&enforcedencryption=false&kmrefreshrate=10000&kmpreannounce=1000&packetfilter=fec,cols:10,rows:5"
                        + "&cryptomode=1&transtype=live&ipttl=64&iptos=184&snddropdelay=-1&linger=2&tsbpd=on"
                        + "&drifttracer=off&retransmitalgo=0&ipv6only=1&bindtodevice=eth0&congestion=live&messageapi=1"
                        + "&pbkeylen=24&passphrase=0123456789&streamid=x&groupconnect=0&maxrexmitbw=9")
                .options();
        assertThat(options.number(SrtOption.LATENCY)).isEqualTo(200);
        assertThat(options.number(SrtOption.MAXBW)).isEqualTo(1_000_000);
        assertThat(options.number(SrtOption.MINVERSION)).isEqualTo(0x010402);
        assertThat(options.flag(SrtOption.TLPKTDROP)).isFalse();
        assertThat(options.flag(SrtOption.NAKREPORT)).isFalse();
        assertThat(options.flag(SrtOption.TSBPD)).isTrue();
        assertThat(options.text(SrtOption.PACKETFILTER)).isEqualTo("fec,cols:10,rows:5");
        assertThat(options.number(SrtOption.SNDDROPDELAY)).isEqualTo(-1);
        for (SrtOption option : SrtOption.values()) {
            boolean ours = option == SrtOption.UDPSNDBUF || option == SrtOption.UDPRCVBUF;
            assertThat(options.isSet(option)).as(option.key()).isEqualTo(!ours);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pkt_size=1316, PAYLOADSIZE, 1316",
        "payload_size=1316, PAYLOADSIZE, 1316",
        "ffs=8192, FC, 8192",
        "connect_timeout=900, CONNTIMEO, 900",
        "latency=250ms, LATENCY, 250",
        "latency=250000us, LATENCY, 250",
        "recv_buffer_size=65536, UDPRCVBUF, 65536",
        "minversion=0x010300, MINVERSION, 66304",
    })
    void ffmpegsNamesAndUnitsAreUnderstood(String query, SrtOption option, long value) {
        assertThat(SrtUri.parse("srt://h:1?" + query).options().number(option)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h:1 | must begin with srt://",
                "srt:/h:1 | must begin with srt://",
                "srt://h | port is missing",
                "srt:// | port is missing",
                "srt://h: | port must be 0 to 65535 (is '')",
                "srt://h:65536 | port must be 0 to 65535 (is '65536')",
                "srt://h:-1 | port must be 0 to 65535",
                "srt://h:0 | port 0 is nobody's",
                "srt://::1:9000 | IPv6 address stands in brackets",
                "srt://[::1 | host in brackets is not an IPv6 address",
                "srt://[::1]9000 | [ADDRESS]:PORT",
                "srt://a b:1 | host is not a host name or address",
                "srt://user@h:1 | no user or password in front of its host",
                "srt://user:secret@h | no user or password in front of its host",
                "srt://:1?mode=caller | host is missing: a caller",
                "srt://h:1?mode=both | mode must be listener, caller or rendezvous (is 'both')",
                "srt://h:1?latencyy=20 | unknown option latencyy, did you mean latency?",
                "srt://h:1?pasphrase=x | unknown option pasphrase, did you mean passphrase?",
                "srt://h:1?Latency=20 | unknown option Latency, did you mean latency?",
                "srt://h:1?whatever=1 | unknown option whatever",
                "srt://h:1?latency | option latency has no value",
                "srt://h:1?latency= | latency must be a whole number, 0 to 65535 (is '')",
                "srt://h:1?latency=-1 | latency must be 0 to 65535 (is -1)",
                "srt://h:1?latency=65536 | latency must be 0 to 65535 (is 65536)",
                "srt://h:1?latency=1500us | latency must be whole milliseconds",
                "srt://h:1?latency=20&latency=30 | option latency stands twice",
                "srt://h:1?fc=100&ffs=100 | option fc stands twice",
                "srt://h:1?fc=31 | fc must be at least 32 (is 31)",
                "srt://h:1?pbkeylen=20 | pbkeylen must be 0, 16, 24 or 32 (is 20)",
                "srt://h:1?tlpktdrop=maybe | tlpktdrop must be 1 or 0",
                "srt://h:1?transtype=file | transtype can only be live",
                "srt://h:1?messageapi=0 | messageapi can only be 1",
                "srt://h:1?minversion=1.3 | minversion must be a version as 1.3.0 (is '1.3')",
                "srt://h:1?ipttl=0 | ipttl must be -1 to 255",
                "srt://h:1?payloadsize=1457 | payloadsize must be 0 to 1456",
                "srt://h:1?mss=1300&payloadsize=1316 | payloadsize must be at most mss less 44, that is 1256 (is 1316)",
                "srt://h:1?payloadsize=1456&packetfilter=fec,cols:5 | payloadsize must be at most mss less 48",
                "srt://h:1?kmrefreshrate=100&kmpreannounce=50 | kmpreannounce must be less than half of kmrefreshrate",
                "srt://h:1?kmrefreshrate=2 | kmrefreshrate must be 0 or at least 3 (is 2)",
                "srt://h:1?tsbpd=0&tlpktdrop=1 | tlpktdrop needs tsbpd",
                "srt://h:1?streamid=%4 | option streamid has a % without two hexadecimal digits",
                "srt://h:1?streamid=%ff | option streamid does not decode to UTF-8",
                "srt://:1?port=3 | option port is for callers",
            })
    void whatIsWrongIsNamed(String url, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> SrtUri.parse(url)).withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "123456789", "%20%20%20"})
    void aPassphraseOfTheWrongLengthIsRefusedAndNotRepeated(String passphrase) {
        assertThatThrownBy(() -> SrtUri.parse("srt://h:1?passphrase=" + passphrase))
                .hasMessageContaining("passphrase must be of 10 to 79 characters")
                .message()
                .doesNotContain(passphrase);
        assertThatThrownBy(() -> SrtUri.parse("srt://h:1?passphrase=" + "x".repeat(80)))
                .hasMessageContaining("(is of 80)")
                .message()
                .doesNotContain("xxx");
    }

    @Test
    void anEmptyPassphraseMeansNone() {
        assertThat(SrtUri.parse("srt://h:1?passphrase=").options().passphrase()).isEmpty();
    }

    @Test
    void thePassphraseIsHiddenWherePeopleReadIt() {
        SrtUri uri = SrtUri.parse("srt://h:1?latency=20&passphrase=correct-horse&streamid=a%26b");
        assertThat(uri.toString()).isEqualTo("srt://h:1?mode=caller&latency=20&passphrase=***&streamid=a%26b");
        assertThat(uri.options().toString())
                .isEqualTo("SrtOptions[latency=20, passphrase=***, streamid=a&b]")
                .doesNotContain("horse");
        assertThat(uri.toUrl()).contains("passphrase=correct-horse");
        assertThat(SrtVerdict.accept(new NoSink(), "correct-horse").toString()).doesNotContain("horse");
    }

    @Test
    void anUnknownHostIsNamedWhenItIsNeeded() {
        SrtUri uri = SrtUri.parse("srt://no-such-host.invalid:9000");
        assertThatThrownBy(uri::remote)
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("host no-such-host.invalid is not known");
    }

    @Test
    void aListenerHasNobodyToCall() {
        assertThatThrownBy(() -> SrtUri.parse("srt://:9000").remote()).isInstanceOf(IllegalStateException.class);
    }

    private static final class NoSink implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {}

        @Override
        public void onPayload(io.netty.buffer.ByteBuf payload, long nowUs) {}

        @Override
        public void onClosed(SrtCloseReason why) {}
    }
}
