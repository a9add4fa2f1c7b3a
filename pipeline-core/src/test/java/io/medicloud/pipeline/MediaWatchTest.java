// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is told of the media itself. */
class MediaWatchTest extends PipelineScene {
    private static final int PMT = 0x1000;
    private static final int VIDEO = 0x100;
    private static final long SECOND_US = 1_000_000;

    private static byte[] tables(int version, Sections.Stream... streams) {
        return new TsWriter()
                .pat(1, new Sections.Program(1, PMT))
                .section(PMT, Sections.pmt(1, version, VIDEO, new byte[0], Arrays.asList(streams)))
                .toByteArray();
    }

    @Test
    void aProgramThatChangesIsTold() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        TsWriter writer = new TsWriter();
        writer.pat(1, new Sections.Program(1, PMT));
        writer.pmt(PMT, 1, VIDEO, new Sections.Stream(0x1B, VIDEO));
        source.push(writer.toByteArray());
        source.push(MEDIA);
        source.advance(2 * SECOND_US);
        source.push(tables(3, new Sections.Stream(0x24, VIDEO), new Sections.Stream(0x0F, 0x101)));
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.of(StreamEvent.ProgramChanged.class))
                .extracting(StreamEvent.ProgramChanged::reason)
                .last()
                .asString()
                .startsWith("program 1: PID 256 of type 36 (video), PID 257 of type 15 (audio); before: program 1: ");
    }

    /** Twenty changes within a moment. */
    @Test
    void aProgramThatChangesAllTheTimeIsToldOfNowAndThen() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        for (int i = 0; i < 20; i++) {
            source.push(tables(i, new Sections.Stream(i % 2 == 0 ? 0x1B : 0x24, VIDEO)));
        }
        get(pipeline.stop("stopped", PATIENCE));
        assertThat(events.of(StreamEvent.ProgramChanged.class)).isEmpty();
    }

    @Test
    void thatNoKeyframeComesIsToldOnce() throws Exception {
        Pipeline pipeline = start(PipelineConfig.of(
                "live",
                new SegmentPolicy(Duration.ofSeconds(1), Duration.ofSeconds(2), SegmentPolicy.DEFAULT_MOST_BYTES)));
        source.connect();
        TsWriter writer = new TsWriter();
        writer.pat(1, new Sections.Program(1, PMT));
        writer.pmt(PMT, 1, VIDEO, new Sections.Stream(0x1B, VIDEO));
        byte[] slice = {0, 0, 0, 1, 9, (byte) 0xF0, 0, 0, 0, 1, 0x41, (byte) 0x9A, 0, 1, 2, 3, 4, 5, 6, 7};
        for (int i = 0; i < 25 * 10; i++) {
            writer.pes(
                    VIDEO,
                    PesBuilder.of(PesBuilder.VIDEO).pts(3600L * i).unbounded().payload(slice));
        }
        source.push(writer.toByteArray());
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.sealed()).hasSizeGreaterThan(3);
        assertThat(events.of(StreamEvent.Stalled.class))
                .singleElement()
                .extracting(StreamEvent.Stalled::reason)
                .asString()
                .contains("no keyframe");
    }

    @Test
    void errorsAreToldWhenTheyBeginAndWhenTheyHaveEnded() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        assertThat(events.of(StreamEvent.QualityAlarm.class)).isEmpty();
        byte[] damaged = MEDIA.clone();
        for (int packet = 400; packet < 500; packet += 10) {
            damaged[packet * 188 + 1] |= (byte) 0x80;
        }
        source.push(damaged);
        source.advance(11 * SECOND_US);
        source.push(new TsWriter()
                .packet(PacketBuilder.of(0x1FFF).payload(new byte[184]))
                .toByteArray());
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.of(StreamEvent.QualityAlarm.class))
                .extracting(StreamEvent.QualityAlarm::raised)
                .containsExactly(true, false);
        assertThat(events.of(StreamEvent.QualityAlarm.class).get(0).reason()).startsWith("errors begin: ");
        assertThat(events.of(StreamEvent.QualityAlarm.class).get(1).reason())
                .startsWith("no errors any more; in ")
                .contains("TRANSPORT_ERROR 10");
    }
}
