// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FormatProbeTest {
    /** A player that is told of the sound alone would not play the picture. */
    @Test
    void aVideoWhoseSizeIsNotKnownYetIsNotLeftOut() throws IOException {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(1));
        int behindTheKeyframe = stream.length / TsPacket.SIZE / 2 * TsPacket.SIZE;

        assertThat(probe(stream).codecs()).contains("avc1.", "mp4a.");
        assertThat(probe(Arrays.copyOfRange(stream, behindTheKeyframe, stream.length)))
                .isEqualTo(MediaFormat.UNKNOWN);
    }

    private static MediaFormat probe(byte[] stream) throws IOException {
        return FormatProbe.probe(new ByteArrayInputStream(stream));
    }
}
