// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.thumbnail.Thumbnail;
import io.medicloud.pipeline.thumbnail.ThumbnailLimits;
import io.medicloud.pipeline.thumbnail.Thumbnails;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Pictures of a stream, from its open segment to the store and out of it again. */
class ThumbnailsTest extends PipelineScene {
    private static final ThumbnailLimits LIMITS = ThumbnailLimits.DEFAULT.withRest(Duration.ZERO);
    private Thumbnails thumbnails;

    @Override
    Pipelines newPipelines(Limits limits) throws Exception {
        Pipelines made = super.newPipelines(limits);
        watch(made, LIMITS);
        return made;
    }

    private void watch(Pipelines made, ThumbnailLimits limits) throws IOException {
        if (thumbnails != null) {
            thumbnails.close();
        }
        thumbnails = new Thumbnails(folder.resolve("spool"), made.ledger(), store, limits, () -> Instant.EPOCH);
        made.setOpening(thumbnails);
    }

    @AfterEach
    void closeThumbnails() {
        thumbnails.close();
    }

    @Test
    void aPictureIsThereWhileItsSegmentStillGrows() throws Exception {
        start();
        source.connect();
        source.push(Arrays.copyOf(MEDIA, MEDIA.length / 8 / 188 * 188));
        await().until(() -> thumbnails.made() == 1);
        assertThat(spooled().resolve("segment_0001.ts.part")).exists();
        Thumbnail picture = thumbnails.latest("live");
        assertThat(picture.sequence()).isEqualTo(1);
        assertThat(picture.width()).isEqualTo(320);
        assertThat(picture.height()).isEqualTo(180);
        assertThat(ImageIO.read(new ByteArrayInputStream(picture.jpeg())).getWidth())
                .isEqualTo(320);
        assertThat(thumbnails.reason("live")).isEmpty();
        assertThat(stored().resolve("segment_0001.jpg")).doesNotExist();
    }

    @Test
    void picturesFollowTheirSegmentsToTheStoreAndStandInTheSprite() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        pushInParts();
        get(pipeline.stop("enough", PATIENCE));
        await().until(() -> text("sprite.vtt").contains("\n4\n"));
        for (int i = 1; i <= 4; i++) {
            assertThat(stored().resolve("segment_000" + i + ".jpg")).isNotEmptyFile();
        }
        assertThat(text("sprite.vtt")).startsWith("WEBVTT\n\n").contains("""

            1
            00:00:00.000 --> 00:00:02.000
            sprite_1.jpg#xywh=0,0,160,90
            """, """

            4
            00:00:06.000 --> 00:00:08.000
            sprite_1.jpg#xywh=480,0,160,90
            """);
        assertThat(ImageIO.read(stored().resolve("sprite_1.jpg").toFile()).getWidth())
                .isEqualTo(800);
        assertThat(thumbnails.fileInSpool("live", "sprite.vtt")).isNotEmpty();
        assertThat(thumbnails.fileInSpool("live", "../record.db")).isNull();
    }

    /** So that each segment's picture is made before the next one comes. */
    private void pushInParts() {
        for (int i = 0; i < 4; i++) {
            int made = i + 1;
            int from = i * MEDIA.length / 4 / 188 * 188;
            int to = (i + 1) * MEDIA.length / 4 / 188 * 188;
            source.push(Arrays.copyOfRange(MEDIA, from, to));
            await().until(() -> thumbnails.made() >= made);
        }
    }

    private String text(String name) throws IOException {
        Path file = stored().resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void whatWasNotStoredWhenTheProcessEndedIsStoredAfterTheNextStart() throws Exception {
        Pipeline pipeline = start();
        store.fail(Kind.UNREACHABLE);
        source.connect();
        pushInParts();
        get(pipeline.stop("enough", Duration.ofMillis(100)));
        await().until(() -> Files.exists(spooled().resolve("segment_0004.jpg")));
        pipelines.close(Duration.ZERO);
        store.fail(null);
        pipelines = newPipelines(Limits.DEFAULT);
        await().until(() -> Files.exists(stored().resolve("segment_0004.jpg")));
        assertThat(stored().resolve("segment_0001.jpg")).exists();
    }

    @Test
    void picturesGoWithTheirSegments() throws Exception {
        pipelines.close(Duration.ZERO);
        pipelines = newPipelines(
                Limits.DEFAULT.withRetention(new RetentionLimits(Duration.ZERO, 0, 1, Duration.ofMillis(100))));
        Pipeline pipeline = start();
        source.connect();
        pushInParts();
        get(pipeline.stop("enough", PATIENCE));
        await().until(() -> Files.exists(stored().resolve("segment_0004.jpg"))
                && !Files.exists(stored().resolve("segment_0003.ts"))
                && !Files.exists(stored().resolve("segment_0003.jpg"))
                && !Files.exists(stored().resolve("segment_0001.jpg"))
                && !Files.exists(spooled().resolve("segment_0003.jpg")));
        await().until(() -> !text("sprite.vtt").contains("\n3\n"));
    }

    @Test
    void aStreamThatIsNotDecodedSaysSoOnce() throws Exception {
        watch(pipelines, ThumbnailLimits.of(320, 100 * 100).withRest(Duration.ZERO));
        Logger logger = (Logger) LoggerFactory.getLogger("io.medicloud.pipeline.thumbnail.StreamPictures");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            Pipeline pipeline = start();
            source.connect();
            source.push(MEDIA);
            get(pipeline.stop("enough", PATIENCE));
            await().until(() -> thumbnails.reason("live").contains("thumbnails.maxPixels"));
            assertThat(thumbnails.latest("live")).isNull();
            assertThat(lines.list).hasSize(1);
            assertThat(lines.list.get(0).getFormattedMessage()).startsWith("live: no thumbnails: ");
        } finally {
            logger.detachAppender(lines);
        }
    }
}
