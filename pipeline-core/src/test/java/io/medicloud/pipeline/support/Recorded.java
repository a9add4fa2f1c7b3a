// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.SegmentName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down the events of a stream, and puts its segments together again by them. */
public final class Recorded implements EventSink {
    private final List<StreamEvent> events = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(StreamEvent event) {
        events.add(event);
    }

    public <E extends StreamEvent> List<E> of(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The simple names of the events, in order. */
    public List<String> names() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    public List<SegmentFacts> sealed() {
        return of(StreamEvent.SegmentSealed.class).stream()
                .map(StreamEvent.SegmentSealed::facts)
                .toList();
    }

    /** The segments in a folder one behind the other, without the packets that were put in front of each. */
    public byte[] joined(Path folder) throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (SegmentFacts facts : sealed()) {
            byte[] bytes = Files.readAllBytes(folder.resolve(SegmentName.of(facts.sequence())));
            assertThat(bytes).hasSize((int) facts.bytes());
            int injected = facts.injectedPackets() * 188;
            joined.write(bytes, injected, bytes.length - injected);
        }
        return joined.toByteArray();
    }

    /** Every segment was sealed before it was uploaded, in the order of the numbers, without a hole. */
    public void checkOrder() {
        List<Long> sealed = sealed().stream().map(SegmentFacts::sequence).toList();
        List<Long> uploaded = of(StreamEvent.SegmentUploaded.class).stream()
                .map(StreamEvent.SegmentUploaded::sequence)
                .toList();
        assertThat(uploaded).isEqualTo(sealed);
        for (int i = 1; i < sealed.size(); i++) {
            assertThat(sealed.get(i)).isEqualTo(sealed.get(i - 1) + 1);
        }
        for (StreamEvent.SegmentUploaded upload : of(StreamEvent.SegmentUploaded.class)) {
            int at = events.indexOf(upload);
            assertThat(events.subList(0, at))
                    .anyMatch(event -> event instanceof StreamEvent.SegmentSealed seal
                            && seal.facts().sequence() == upload.sequence());
        }
    }
}
