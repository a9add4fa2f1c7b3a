// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * A healthy stream in virtual time, one program of picture and sound, whose periods a test can change and to which it can add: every packet is handed
 * to a monitor at its time.
 */
final class Broadcast {
    static final int PMT = 0x100;
    static final int VIDEO = 0x101;
    static final int AUDIO = 0x102;
    static final byte[] IDR = HexFormat.of()
            .parseHex("0000000109100000000167640014acb20a4fde02d418181a94000003000400000300ca3c50a920"
                    + "00000168ebe3cb00000165888400");
    static final byte[] NON_IDR = HexFormat.of().parseHex("000000010930000001419a0055");
    static final long SECOND = 1_000_000;

    /** How far presentation times are ahead of the clock. */
    long leadUs = 500_000;

    final TsWriter writer = new TsWriter();
    final TsMonitor monitor;
    private final List<Event> events = new ArrayList<>();
    private long nowUs;
    private long pictures;

    /** Something that happens every so often; a period of 0 is never. */
    static final class Event {
        private final Consumer<Broadcast> action;
        private long periodUs;
        private long dueUs;

        Event(long periodUs, Consumer<Broadcast> action) {
            this.periodUs = periodUs;
            this.action = action;
        }

        /** From the next time on. */
        void every(long us) {
            periodUs = us;
        }
    }

    final Event pat = every(100_000, b -> b.writer.pat(1, new Sections.Program(1, PMT)));
    final Event pmt = every(100_000, b -> b.writer.pmt(PMT, 1, VIDEO, streams()));
    final Event pcr = every(40_000, b -> b.writer.pcr(VIDEO, b.nowUs * 27));
    final Event video = every(40_000, Broadcast::picture);
    final Event audio = every(40_000, Broadcast::sound);

    Broadcast() {
        this(MonitorPolicy.DEFAULT, MonitorSink.NONE);
    }

    Broadcast(MonitorPolicy policy, MonitorSink sink) {
        monitor = new TsMonitor(policy, sink);
        // The framer begins with five sync bytes in a row.
        for (int i = 0; i < 6; i++) {
            writer.nullPacket();
        }
        feed();
    }

    static Sections.Stream[] streams() {
        return new Sections.Stream[] {new Sections.Stream(0x1B, VIDEO), new Sections.Stream(0x0F, AUDIO)};
    }

    long nowUs() {
        return nowUs;
    }

    /** Adds something that happens now, and then every so often. */
    Event every(long periodUs, Consumer<Broadcast> action) {
        Event event = new Event(periodUs, action);
        event.dueUs = nowUs;
        events.add(event);
        return event;
    }

    /** Adds a section that comes now, and then every so often. */
    Event section(long periodUs, int pid, byte[] section) {
        return every(periodUs, b -> b.writer.section(pid, section));
    }

    /** Lets so much time pass, with all that happens in it. */
    Broadcast run(long us) {
        long endUs = nowUs + us;
        while (true) {
            Event next = null;
            for (Event event : events) {
                if (event.periodUs > 0 && event.dueUs <= endUs && (next == null || event.dueUs < next.dueUs)) {
                    next = event;
                }
            }
            if (next == null) {
                break;
            }
            nowUs = Math.max(nowUs, next.dueUs);
            next.dueUs += next.periodUs;
            next.action.accept(this);
            feed();
        }
        nowUs = endUs;
        return this;
    }

    /** Writes something now. */
    Broadcast send(Consumer<TsWriter> packets) {
        packets.accept(writer);
        feed();
        return this;
    }

    /** Time passes in which nothing comes. */
    Broadcast silence(long us) {
        nowUs += us;
        for (Event event : events) {
            event.dueUs = Math.max(event.dueUs, nowUs);
        }
        monitor.onTime(nowUs);
        return this;
    }

    long count(Indicator indicator) {
        return monitor.report().of(indicator).count();
    }

    IndicatorState state(Indicator indicator) {
        return monitor.report().of(indicator).state();
    }

    /** All indicators with errors. */
    List<Indicator> raised() {
        return monitor.report().indicators().stream()
                .filter(report -> report.count() > 0)
                .map(MonitorReport.IndicatorReport::indicator)
                .toList();
    }

    private void picture() {
        long pts = (nowUs + leadUs) * 9 / 100;
        byte[] data = pictures++ % 25 == 0 ? IDR : NON_IDR;
        writer.pes(VIDEO, PesBuilder.of(PesBuilder.VIDEO).pts(pts).payload(data));
    }

    private void sound() {
        long pts = (nowUs + leadUs) * 9 / 100;
        writer.pes(AUDIO, PesBuilder.of(PesBuilder.AUDIO).pts(pts).payload(new byte[100]));
    }

    void feed() {
        monitor.onData(Unpooled.wrappedBuffer(writer.drain()), nowUs);
    }

    /** A packet of the picture PID with a clock reference of this value, and nothing else. */
    static Consumer<TsWriter> reference(long ticks, boolean discontinuity) {
        AdaptationField field = new AdaptationField().pcr(ticks);
        return w -> w.packet(PacketBuilder.of(VIDEO).adaptationField(discontinuity ? field.discontinuity() : field));
    }
}
