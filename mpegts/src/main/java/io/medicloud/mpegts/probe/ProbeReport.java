// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Sdt;
import io.medicloud.mpegts.psi.SpliceInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in a transport stream. Null is what the stream does not say. Immutable.
 *
 * @param bytes how many bytes were given
 * @param packetSize 188, 192 or 204; 0 if no packets were found
 * @param firstPacketOffset bytes before the first packet's sync byte
 * @param packets how many packets there are; 0 if it is no transport stream
 * @param durationSeconds from the first presentation time to the end of the last, of the longest program
 * @param bitrate bits a second, of all that was given over the duration
 * @param tables what the tables say of the whole stream
 * @param programs in the order of the tables
 * @param randomAccessPoints of the video streams, by packet
 * @param splices splice information (SCTE 35), repetitions included, in order
 * @param errors what is wrong with it
 */
public record ProbeReport(
        long bytes,
        int packetSize,
        long firstPacketOffset,
        long packets,
        @Nullable Double durationSeconds,
        @Nullable Long bitrate,
        Tables tables,
        List<Program> programs,
        List<RandomAccessPoint> randomAccessPoints,
        List<Splice> splices,
        Errors errors) {
    public ProbeReport {
        splices = List.copyOf(splices);
        programs = List.copyOf(programs);
        randomAccessPoints = List.copyOf(randomAccessPoints);
    }

    /**
     * What the tables say of the whole stream.
     *
     * @param names of the tables that were found: PAT, CAT, NIT, SDT, PMT
     * @param transportStreamId of the PAT
     * @param network the name of the network, of the NIT
     * @param caSystems of the CAT
     */
    public record Tables(
            List<String> names,
            @Nullable Integer transportStreamId,
            @Nullable String network,
            List<Cat.CaSystem> caSystems) {
        public Tables {
            names = List.copyOf(names);
            caSystems = List.copyOf(caSystems);
        }
    }

    /**
     * A program.
     *
     * @param number program_number
     * @param pmtPid the PID of its map
     * @param pcrPid the PID of its clock; null without a map, and if the map names none
     * @param service what the SDT calls it; null if it does not
     * @param streams all that its maps named
     */
    public record Program(
            int number, int pmtPid, @Nullable Integer pcrPid, Sdt.@Nullable Service service, List<Stream> streams) {
        public Program {
            streams = List.copyOf(streams);
        }
    }

    /**
     * An elementary stream.
     *
     * @param pid elementary_PID
     * @param streamType stream_type
     * @param codec as ffprobe names it
     * @param profile of video and of AAC, as ffprobe names it
     * @param level of video, as the standard writes it ("4.0")
     * @param width in pixels
     * @param height in pixels, of frames
     * @param frameRate frames a second
     * @param interlaced of video
     * @param sampleRate of audio, samples a second
     * @param channels of audio
     * @param language codes of ISO 639-2, separated by commas
     * @param descriptors what the descriptors of its map are called, in order
     */
    public record Stream(
            int pid,
            int streamType,
            @Nullable String codec,
            @Nullable String profile,
            @Nullable String level,
            @Nullable Integer width,
            @Nullable Integer height,
            @Nullable Double frameRate,
            @Nullable Boolean interlaced,
            @Nullable Integer sampleRate,
            @Nullable Integer channels,
            @Nullable String language,
            List<String> descriptors) {
        public Stream {
            descriptors = List.copyOf(descriptors);
        }
    }

    /**
     * A splice information section.
     *
     * @param pid where it came
     * @param packet number, from 0, of the packet in which it begins
     * @param info what it says
     */
    public record Splice(int pid, long packet, SpliceInfo info) {}

    /**
     * An access unit at which a decoder can start.
     *
     * @param pid of its stream
     * @param packet number, from 0, of the packet with the start of the PES packet in which it commences
     * @param pts as sent, 33 bits of 90 kHz; null if it has none of its own
     * @param dts as sent
     * @param kind never {@link RandomAccess#NONE}
     */
    public record RandomAccessPoint(
            int pid,
            long packet,
            @Nullable Long pts,
            @Nullable Long dts,
            RandomAccess kind) {}

    /**
     * Errors by kind.
     *
     * @param syncLoss times that packets had to be searched for
     * @param continuity packets whose continuity_counter is wrong
     * @param transport packets with transport_error_indicator
     * @param crc sections whose CRC is wrong
     * @param pes PES packets without a sound header
     */
    public record Errors(long syncLoss, long continuity, long transport, long crc, long pes) {}
}
