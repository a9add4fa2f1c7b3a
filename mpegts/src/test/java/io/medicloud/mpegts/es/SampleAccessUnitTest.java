// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.StreamType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** In real streams, what the front of a PES packet tells is what reading all of the stream tells. */
class SampleAccessUnitTest {
    /** Probes and detectors of all video PIDs. */
    private static final class Both implements DemuxSink {
        private final Map<Integer, AccessUnitProbe> probes = new HashMap<>();
        private final Map<Integer, AccessUnitDetector> detectors = new HashMap<>();
        private final Map<Integer, Long> packets = new HashMap<>();
        private final List<String> probed = new ArrayList<>();
        private final List<String> detected = new ArrayList<>();
        private int pieces;
        private int pesPackets;

        @Override
        public void onProgram(Program program) {
            program.streams().forEach(stream -> {
                switch (stream.streamType()) {
                    case StreamType.H264 -> add(stream.pid(), VideoCodec.H264);
                    case StreamType.HEVC -> add(stream.pid(), VideoCodec.HEVC);
                    case StreamType.MPEG2_VIDEO -> add(stream.pid(), VideoCodec.MPEG2);
                    default -> {}
                }
            });
        }

        private void add(int pid, VideoCodec codec) {
            probes.putIfAbsent(pid, AccessUnitProbe.of(codec));
            detectors.putIfAbsent(pid, new AccessUnitDetector(codec, unit -> {
                if (unit.isAligned() && unit.kind() != RandomAccess.NONE) {
                    detected.add(say(pid, unit.packet(), unit.kind(), unit.hasParameterSets()));
                }
            }));
        }

        private static String say(int pid, long packet, RandomAccess kind, boolean parameterSets) {
            return pid + " " + packet + " " + kind + (parameterSets ? " with parameter sets" : "");
        }

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            if (probes.containsKey(pid)) {
                end(pid);
                packets.put(pid, packet);
                pesPackets++;
                probes.get(pid).begin();
                detectors.get(pid).onPesStart(packet, header.pts(), header.dts());
            }
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            if (packets.containsKey(pid)) {
                AccessUnitProbe probe = probes.get(pid);
                pieces += probe.isDecided() ? 0 : 1;
                probe.scan(data, from, to);
                detectors.get(pid).onPesData(data, from, to);
            }
        }

        @Override
        public void onPesBroken(int pid) {
            if (packets.containsKey(pid)) {
                end(pid);
                detectors.get(pid).onGap();
            }
        }

        private void end(int pid) {
            AccessUnitProbe probe = probes.get(pid);
            if (packets.containsKey(pid) && !probe.isDecided()) {
                probe.end();
            }
            if (packets.containsKey(pid) && probe.kind() != RandomAccess.NONE) {
                probed.add(say(pid, packets.get(pid), probe.kind(), probe.hasParameterSets()));
            }
            packets.remove(pid);
        }
    }

    @TestFactory
    Stream<DynamicTest> theFrontOfAPesTellsWhatTheWholeStreamTells() throws IOException {
        String folder = System.getenv("MEDICLOUD_SAMPLES");
        assumeTrue(folder != null, "MEDICLOUD_SAMPLES is not set");
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            List<Path> samples = files.filter(file -> file.toString().matches(".*\\.(ts|m2ts)"))
                    .sorted()
                    .toList();
            assertThat(samples).isNotEmpty();
            return samples.stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
        }
    }

    private static void compare(Path file) throws IOException {
        Both both = new Both();
        TsDemuxer demuxer = new TsDemuxer(both);
        demuxer.onData(Unpooled.wrappedBuffer(Files.readAllBytes(file)));
        demuxer.finish();
        both.detectors.values().forEach(AccessUnitDetector::finish);
        both.probes.keySet().forEach(both::end);
        assertThat(both.probed).containsExactlyInAnyOrderElementsOf(both.detected);
        assertThat(both.pieces).as("packets looked into").isLessThanOrEqualTo(3 * both.pesPackets);
    }
}
