// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.monitor.Indicator;
import io.medicloud.mpegts.monitor.MonitorPolicy;
import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.mpegts.monitor.MonitorSink;
import io.medicloud.mpegts.monitor.TsMonitor;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An example, run: monitor a stream that comes over UDP, seven packets a datagram. */
class MonitorUdpTest {
    private static final int DATAGRAM = 7 * 188;

    /** Prints what goes wrong as it happens. */
    private static final class Lamps implements MonitorSink {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void onAlarm(Indicator indicator, int pid, long nowUs) {
            lines.add(indicator.number() + " " + indicator.title() + " on PID " + pid);
        }

        @Override
        public void onAlarmEnd(Indicator indicator, long nowUs) {
            lines.add(indicator.number() + " " + indicator.title() + " is over");
        }
    }

    /** Receives until nothing has come for a second. */
    private static MonitorReport monitor(DatagramChannel channel, MonitorSink sink) throws IOException {
        TsMonitor monitor = new TsMonitor(MonitorPolicy.DEFAULT, sink);
        ByteBuffer datagram = ByteBuffer.allocateDirect(65_536);
        long deadlineUs = nowUs() + 10_000_000;
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            long lastUs = Long.MAX_VALUE;
            while (nowUs() - lastUs < 1_000_000) {
                selector.select(100);
                selector.selectedKeys().clear();
                while (channel.receive(datagram.clear()) != null) {
                    ByteBuf data = Unpooled.wrappedBuffer(datagram.flip());
                    lastUs = nowUs();
                    monitor.onData(data, lastUs);
                    data.release();
                }
                monitor.onTime(nowUs()); // What does not come is missed, too.
                if (nowUs() > deadlineUs) {
                    throw new SocketTimeoutException("nothing came");
                }
            }
        }
        return monitor.report();
    }

    private static long nowUs() {
        return System.nanoTime() / 1000;
    }

    @Test
    void aStreamOverUdpIsMonitored() throws IOException {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(2));
        Lamps lamps = new Lamps();
        MonitorReport report;
        try (DatagramChannel in =
                        DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                DatagramChannel out = DatagramChannel.open()) {
            out.connect(in.getLocalAddress());
            for (int at = 0; at < stream.length && at < 40 * DATAGRAM; at += DATAGRAM) {
                if (at != 20 * DATAGRAM) { // One datagram is lost.
                    out.write(ByteBuffer.wrap(stream, at, Math.min(DATAGRAM, stream.length - at)));
                }
            }
            report = monitor(in, lamps);
        }
        assertThat(report.packets()).isEqualTo(39 * 7);
        assertThat(report.of(Indicator.CONTINUITY_COUNT_ERROR).count()).isPositive();
        assertThat(lamps.lines)
                .anyMatch(line -> line.startsWith("1.4 Continuity_count_error on PID"))
                .contains("1.3.a PAT_error_2 on PID 0"); // For a second nothing came.
    }
}
