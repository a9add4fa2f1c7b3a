// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.medicloud.mpegts.monitor.MonitorReport;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.pipeline.SegmentFigures;
import io.medicloud.pipeline.StreamMeasures;
import io.medicloud.service.proto.ClockReferences;
import io.medicloud.service.proto.ElementaryStream;
import io.medicloud.service.proto.Indicator;
import io.medicloud.service.proto.Pictures;
import io.medicloud.service.proto.SegmentCounts;
import io.medicloud.service.proto.SrtConnectionStats;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.StreamSummary;
import io.medicloud.service.proto.TransportStreamStats;
import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.SrtLink;
import io.medicloud.service.stream.StreamDetail;
import io.medicloud.srt.SrtStats;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells in the API's messages what is measured of streams. */
final class StatsMessages {
    private static final double MEGA = 1e6;

    private StatsMessages() {}

    /**
     * @param kernelDrops datagrams that the kernel discarded at its port; null if that is not known
     * @param nowUs monotonic time in microseconds
     * @param nowMs milliseconds since 1970
     */
    static StreamStats of(StreamDetail stream, @Nullable Long kernelDrops, long nowUs, long nowMs) {
        StreamMeasures measures = stream.measures();
        StreamStats.Builder message = StreamStats.newBuilder()
                .setLiveId(stream.info().liveId())
                .setAtMs(nowMs)
                .setState(stream.info().state())
                .setPeer(stream.pipeline().peer())
                .setStartedAtMs(stream.startedAtMs())
                .setConnections(stream.pipeline().connections())
                .setReceivedBytes(stream.info().receivedBytes())
                .setDroppedBytes(stream.info().droppedBytes())
                .setBitsPerSecond(measures.bitsPerSecond(nowUs))
                .setRejectedCallers(stream.info().rejectedCallers())
                .setLastFailure(stream.info().lastFailure())
                .setTs(transportStream(measures, stream.isMonitored()))
                .setSegments(segments(stream));
        if (measures.lastDataUs() != StreamMeasures.NEVER) {
            message.setIdleMs(idleMs(measures, nowUs));
        }
        SrtLink link = stream.link();
        if (link != null) {
            SrtConnectionStats.Builder srt = srt(link);
            ifKnown(kernelDrops, srt::setKernelDrops);
            message.setSrt(srt);
        }
        for (ProbeReport.Program program : measures.programs()) {
            program.streams().forEach(track -> message.addTracks(track(program.number(), track)));
        }
        return message.build();
    }

    private static SegmentCounts.Builder segments(StreamDetail stream) {
        SegmentFigures figures = stream.segments();
        SegmentCounts.Builder message = SegmentCounts.newBuilder()
                .setSealed(stream.pipeline().segmentsSealed())
                .setStored(stream.pipeline().segmentsUploaded())
                .setWaiting(stream.pipeline().pendingUploads())
                .setQueuedBytes(stream.pipeline().queuedBytes())
                .setOldestWaitingMs(figures.waitingUs() / 1000)
                .setTargetSeconds(figures.targetSeconds())
                .setNewestAgeMs(figures.newestUs() / 1000)
                .setNewestSeconds(figures.seconds())
                .setNewestBytes(figures.bytes())
                .setLost(stream.segmentFaults().lost())
                .setRejected(stream.segmentFaults().rejected())
                .setUploadFailures(stream.segmentFaults().uploadFailures());
        if (figures.spoolUs() != SegmentFigures.NOT_KNOWN) {
            message.setSpoolMs(figures.spoolUs() / 1e3);
        }
        if (figures.storeUs() != SegmentFigures.NOT_KNOWN) {
            message.setStoreMs(figures.storeUs() / 1e3);
        }
        return message;
    }

    /** @param newest the number of the newest segment, 0 if there is none */
    static StreamSummary summary(StreamDetail stream, long newest, long nowUs) {
        StreamMeasures measures = stream.measures();
        StreamSummary.Builder message = StreamSummary.newBuilder()
                .setLiveId(stream.info().liveId())
                .setState(stream.info().state())
                .setStartedAtMs(stream.startedAtMs())
                .setPort(stream.info().port())
                .setPeer(stream.pipeline().peer())
                .setBitsPerSecond(measures.bitsPerSecond(nowUs))
                .setReceivedBytes(stream.info().receivedBytes())
                .setDroppedBytes(stream.info().droppedBytes())
                .setContinuityErrors(measures.count(TsFault.CONTINUITY))
                .setNewestSequence(newest)
                .setWaitingSegments(stream.pipeline().pendingUploads())
                .setVideo(video(measures));
        if (stream.info().ingress() instanceof Ingress.Pull pull) {
            message.setSourceUrl(pull.uri().toString());
        } else if (stream.info().ingress() instanceof Ingress.Shared place) {
            message.setStreamId(place.resource());
        }
        if (measures.lastDataUs() != StreamMeasures.NEVER) {
            message.setIdleMs(idleMs(measures, nowUs));
        }
        SrtLink link = stream.link();
        if (link != null) {
            message.setLostPackets(link.stats().total().pktRcvLoss());
            message.setDroppedPackets(link.stats().total().pktRcvDrop());
        }
        return message.build();
    }

    /** While it is measured, what was so then. */
    private static long idleMs(StreamMeasures measures, long nowUs) {
        long atUs = measures.isCurrent(nowUs) ? measures.atUs() : nowUs;
        return Math.max(0, atUs - measures.lastDataUs()) / 1000;
    }

    private static String video(StreamMeasures measures) {
        return measures.programs().stream()
                .flatMap(program -> program.streams().stream())
                .filter(track -> track.width() != null && track.codec() != null)
                .findFirst()
                .map(track -> track.codec() + " " + track.width() + "x" + track.height()
                        + (track.frameRate() == null
                                ? ""
                                : String.format(Locale.ROOT, " %.4g fps", track.frameRate())
                                        .replaceFirst("\\.?0+ fps", " fps")))
                .orElse("");
    }

    private static SrtConnectionStats.Builder srt(SrtLink link) {
        SrtStats.Counters total = link.stats().total();
        SrtStats.Instant now = link.stats().instant();
        return SrtConnectionStats.newBuilder()
                .setConnected(link.isConnected())
                .setConnectedAtMs(link.connectedAtMs())
                .setRttMs(now.msRtt())
                .setBandwidthBitsPerSecond((long) (now.mbpsBandwidth() * MEGA))
                .setReceivedPackets(total.pktRecv())
                .setReceivedBytes(total.byteRecv())
                .setLostPackets(total.pktRcvLoss())
                // Of the interval, which nobody ends: since the connection was made.
                .setRetransmittedPackets(now.pktRcvRetrans())
                .setDroppedPackets(total.pktRcvDrop())
                .setBelatedPackets(now.pktRcvBelated())
                .setUndecryptedPackets(total.pktRcvUndecrypt())
                .setBufferMs(now.msRcvBuf())
                .setBufferPackets(now.pktRcvBuf())
                .setLatencyMs(now.msRcvTsbPdDelay())
                .setLossReports(total.pktSentNak())
                .setRebuiltPackets(total.pktRcvFilterSupply())
                .setEncrypted(link.isEncrypted())
                .setAcknowledgements(total.pktSentAck())
                .setBufferFreeBytes(now.byteAvailRcvBuf());
    }

    private static TransportStreamStats transportStream(StreamMeasures measures, boolean isMonitored) {
        TransportStreamStats.Builder message = TransportStreamStats.newBuilder()
                .setPackets(measures.packets())
                .setSyncLosses(measures.count(TsFault.SYNC_LOSS) + measures.count(TsFault.SYNC_BYTE))
                .setTransportErrors(measures.count(TsFault.TRANSPORT_ERROR))
                .setContinuityErrors(measures.count(TsFault.CONTINUITY))
                .setCrcErrors(measures.count(TsFault.CRC))
                .setPesErrors(measures.count(TsFault.PES))
                .setMonitored(isMonitored);
        for (TsFault fault : TsFault.values()) {
            message.putFaults(fault.name().toLowerCase(Locale.ROOT), measures.count(fault));
        }
        MonitorReport report = measures.monitor();
        if (report != null) {
            report.indicators().forEach(found -> message.addIndicators(indicator(found)));
            report.clocks().forEach(found -> message.addClocks(clock(found)));
            report.videos().forEach(found -> message.addPictures(pictures(found)));
        }
        return message.build();
    }

    private static Indicator.Builder indicator(MonitorReport.IndicatorReport found) {
        return Indicator.newBuilder()
                .setNumber(found.indicator().number())
                .setName(found.indicator().title())
                .setPriority(found.indicator().priority())
                .setCount(found.count())
                .setState(
                        switch (found.state()) {
                            case NOT_MEASURED -> Indicator.State.NOT_MEASURED;
                            case OK -> Indicator.State.OK;
                            case ACTIVE -> Indicator.State.ACTIVE;
                            case CLEARED -> Indicator.State.CLEARED;
                        });
    }

    private static ClockReferences.Builder clock(MonitorReport.PcrReport found) {
        ClockReferences.Builder message = ClockReferences.newBuilder()
                .setPid(found.pid())
                .setCount(found.count())
                .setDiscontinuities(found.discontinuities());
        ifKnown(found.leastIntervalMs(), message::setLeastIntervalMs);
        ifKnown(found.meanIntervalMs(), message::setMeanIntervalMs);
        ifKnown(found.mostIntervalMs(), message::setMostIntervalMs);
        ifKnown(found.jitterUs(), message::setJitterUs);
        ifKnown(found.frequencyOffsetPpm(), message::setFrequencyOffsetPpm);
        return message;
    }

    private static Pictures.Builder pictures(MonitorReport.VideoReport found) {
        Pictures.Builder message = Pictures.newBuilder()
                .setPid(found.pid())
                .setPictures(found.pictures())
                .setRandomAccessPoints(found.randomAccessPoints())
                .setMissing(found.missing())
                .setDamaged(found.damaged());
        if (found.buffers() != null) {
            message.setBufferOverflows(found.buffers().overflows());
            message.setBufferUnderflows(found.buffers().underflows());
        }
        ifKnown(found.frameRate(), message::setFrameRate);
        ifKnown(found.lastGop(), message::setGopPictures);
        ifKnown(found.leastGop(), message::setLeastGopPictures);
        ifKnown(found.mostGop(), message::setMostGopPictures);
        Double seconds = found.lastGopSeconds();
        if (seconds != null) {
            message.setGopMs(seconds * 1000);
        }
        return message;
    }

    private static ElementaryStream.Builder track(int program, ProbeReport.Stream track) {
        ElementaryStream.Builder message =
                ElementaryStream.newBuilder().setProgram(program).setPid(track.pid());
        ifKnown(track.codec(), message::setCodec);
        ifKnown(track.profile(), message::setProfile);
        ifKnown(track.level(), message::setLevel);
        ifKnown(track.width(), message::setWidth);
        ifKnown(track.height(), message::setHeight);
        ifKnown(track.frameRate(), message::setFrameRate);
        ifKnown(track.interlaced(), message::setInterlaced);
        ifKnown(track.sampleRate(), message::setSampleRate);
        ifKnown(track.channels(), message::setChannels);
        ifKnown(track.language(), message::setLanguage);
        return message;
    }

    private static <T> void ifKnown(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
