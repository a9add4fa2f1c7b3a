// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An encoder without a camera: H.264 (320x180, 25 frames/s) and AAC in a transport stream, pulled in chunks of seven
 * packets that each say when they are due. The same settings give the same bytes. Encodes when it is asked for a chunk,
 * a few milliseconds per 40 ms of stream. Not thread-safe.
 */
public final class SyntheticEncoder {
    /** Bytes of a chunk: seven packets, what one SRT message carries. */
    public static final int CHUNK = 7 * PacketBuilder.SIZE;

    private static final int CHUNK_PACKETS = CHUNK / PacketBuilder.SIZE;

    public static final int PMT_PID = 0x1000;
    public static final int VIDEO_PID = 0x100;
    public static final int AUDIO_PID = 0x101;

    static final int FRAMES_PER_SECOND = 25;
    static final int FRAME_MS = 1000 / FRAMES_PER_SECOND;

    private static final long FRAME_US = FRAME_MS * 1000L;
    private static final int FRAME_TICKS = 90_000 / FRAMES_PER_SECOND;
    private static final int PROGRAM = 1;
    /** Pictures arrive so long before they are decoded. */
    private static final int VIDEO_DELAY_TICKS = 18_000;
    /** The first sample of an audio PES is played so long after its arrival. */
    private static final int AUDIO_DELAY_TICKS = 13_500;

    private static final int AUDIO_FRAMES_PER_PES = 3;
    private static final long AUDIO_PACKET_US = 1_000;
    /** PAT and PMT every 80 ms, and before an IDR picture. */
    private static final int PSI_FRAMES = 2;

    private static final int SDT_FRAMES = 25;
    /** A start code, and a NAL unit of type 31: unspecified. */
    private static final byte[] FILL_HEADER = {0, 0, 1, 31};

    private final SyntheticStream settings;
    private final AvcEncoder video;
    private final ClockPicture picture = new ClockPicture();
    private final AdtsLoop sound = new AdtsLoop();
    private final TsWriter writer = new TsWriter();
    private final TimedPackets packets = new TimedPackets();
    private final SplittableRandom noise = new SplittableRandom(1);
    private long frames;
    private long audioFrames;

    public SyntheticEncoder(SyntheticStream settings) {
        this.settings = settings;
        this.video = new AvcEncoder(ClockPicture.WIDTH, ClockPicture.HEIGHT, FRAMES_PER_SECOND, settings.gopFrames());
    }

    /** When the next chunk is due, in microseconds from the stream's start: the time of its last packet. */
    public long nextDueUs() {
        while (packets.size() < CHUNK_PACKETS) {
            encodeFrame();
        }
        return packets.dueUs(CHUNK_PACKETS - 1);
    }

    /** Writes the next {@link #CHUNK} bytes into {@code out}, which stays the caller's. */
    public void next(ByteBuf out) {
        nextDueUs();
        packets.take(CHUNK_PACKETS, out::writeBytes);
    }

    /**
     * Ends the stream with a whole picture: writes up to {@link #CHUNK} bytes of what is left of those begun, and
     * returns whether there was any.
     */
    public boolean drain(ByteBuf out) {
        int count = Math.min(CHUNK_PACKETS, packets.size());
        packets.take(count, out::writeBytes);
        return count > 0;
    }

    /** The packets of the pictures of the next {@code length} (whole frames) of stream, for files. */
    public byte[] generate(Duration length) {
        for (long end = frames + length.toMillis() / FRAME_MS; frames < end; ) {
            encodeFrame();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        packets.take(packets.size(), out::writeBytes);
        return out.toByteArray();
    }

    /** Makes the packets of the 40 ms in which the next picture is sent. */
    private void encodeFrame() {
        long fromUs = frames * FRAME_US;
        addTables(fromUs);
        addVideo(fromUs);
        if (settings.audio()) {
            addAudio(fromUs);
        }
        packets.closeInterval();
        frames++;
    }

    private void addTables(long fromUs) {
        if (frames % SDT_FRAMES == 0) {
            writer.section(TsWriter.SDT_PID, Sections.sdt(1, 0, PROGRAM, "Medicloud", "Synthetic encoder"));
        }
        if (frames % PSI_FRAMES == 0 || video.isIdr(frames)) {
            writer.pat(1, new Sections.Program(PROGRAM, PMT_PID));
            List<Sections.Stream> streams = new ArrayList<>();
            streams.add(new Sections.Stream(0x1B, VIDEO_PID));
            if (settings.audio()) {
                streams.add(new Sections.Stream(0x0F, AUDIO_PID, Sections.language("und")));
            }
            writer.section(PMT_PID, Sections.pmt(PROGRAM, 0, VIDEO_PID, new byte[0], streams));
        }
        packets.add(writer.drain(), fromUs, 0);
    }

    private void addVideo(long fromUs) {
        long number = settings.firstFrame() + frames;
        long clockMs = settings.startClock().toNanoOfDay() / 1_000_000 + frames * FRAME_MS;
        byte[] accessUnit = filled(video.encode(picture.draw(number, clockMs), frames));
        // Every picture is shown when it is decoded, so that the PTS stands alone (2.4.3.7).
        PesBuilder pes = PesBuilder.of(PesBuilder.VIDEO)
                .pts(settings.startPts() + frames * FRAME_TICKS)
                .aligned()
                .unbounded()
                .payload(accessUnit);
        AdaptationField first = new AdaptationField().pcr(pcr(fromUs));
        writer.pes(VIDEO_PID, pes, video.isIdr(frames) ? first.randomAccess() : first);
        byte[] bytes = writer.drain();
        packets.add(bytes, fromUs, FRAME_US / 2 / (bytes.length / PacketBuilder.SIZE + 1));
        writer.pcr(VIDEO_PID, pcr(fromUs + FRAME_US / 2));
        packets.add(writer.drain(), fromUs + FRAME_US / 2, 0);
    }

    /** Behind its slice a picture may have NAL units of types that the standard leaves to applications, which decoders pass over (14496-10, 7.4.1). */
    private byte[] filled(byte[] accessUnit) {
        int missing = settings.pictureBytes() - accessUnit.length;
        if (missing <= FILL_HEADER.length) {
            return accessUnit;
        }
        byte[] whole = Arrays.copyOf(accessUnit, settings.pictureBytes());
        System.arraycopy(FILL_HEADER, 0, whole, accessUnit.length, FILL_HEADER.length);
        for (int i = accessUnit.length + FILL_HEADER.length; i < whole.length; i++) {
            // Never zero: so there is no start code in it.
            whole[i] = (byte) (0x80 | noise.nextInt());
        }
        return whole;
    }

    private void addAudio(long fromUs) {
        while (true) {
            long pts = settings.startPts() + audioFrames * AdtsLoop.FRAME_TICKS;
            long dueUs = (pts - AUDIO_DELAY_TICKS - firstPcrTicks()) * 100 / 9;
            if (dueUs >= fromUs + FRAME_US) {
                return;
            }
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            for (int i = 0; i < AUDIO_FRAMES_PER_PES; i++) {
                payload.writeBytes(sound.frame(audioFrames++));
            }
            writer.pes(
                    AUDIO_PID,
                    PesBuilder.of(PesBuilder.AUDIO).pts(pts).aligned().payload(payload.toByteArray()));
            byte[] bytes = writer.drain();
            long latest = fromUs + FRAME_US - AUDIO_PACKET_US * (bytes.length / PacketBuilder.SIZE);
            packets.add(bytes, Math.min(dueUs, latest), AUDIO_PACKET_US);
        }
    }

    private long firstPcrTicks() {
        return settings.startPts() - VIDEO_DELAY_TICKS;
    }

    private long pcr(long us) {
        return firstPcrTicks() * 300 + us * 27;
    }
}
