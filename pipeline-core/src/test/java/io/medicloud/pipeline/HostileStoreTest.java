// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.store.SegmentObject;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.store.StoreHealth;
import io.medicloud.pipeline.support.HostileStore;
import io.medicloud.pipeline.support.HostileStore.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A store that answers what no store should: it costs us no memory, no thread, no file's content and no segment. */
final class HostileStoreTest extends PipelineScene {
    private static final String CANARY = "canary-0f3a9d";
    /** Shorter than what the client waits for the next. */
    private static final Duration BETWEEN_DROPS = Duration.ofMillis(100);

    private static final long FEW_MIB = 24 << 20;

    /** What a store may do to who asks it. */
    @SuppressWarnings("ImmutableEnumChecker") // an answer keeps nothing
    enum Hostility {
        ENDLESS_XML(caller -> {
            caller.write("HTTP/1.1 500 No\r\nContent-Type: application/xml\r\n\r\n<Error><Code>X</Code><Message>");
            while (true) {
                caller.write("x".repeat(64 << 10));
            }
        }),
        ENDLESS_LIST(caller -> {
            caller.write("HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n<ListBucketResult>");
            while (true) {
                caller.write("<Contents><Key>live/a</Key><Size>1</Size></Contents>".repeat(1000));
            }
        }),
        LONG_AS_TOLD(caller -> caller.write(
                "HTTP/1.1 500 No\r\nContent-Type: application/xml\r\nContent-Length: 99999999999\r\n\r\n<Error>")),
        BILLION_LAUGHS(caller -> caller.xml("500 No", bomb())),
        LOCAL_FILE(caller -> caller.xml(
                "400 No",
                "<?xml version=\"1.0\"?><!DOCTYPE e [<!ENTITY x SYSTEM \""
                        + canaryFile().toUri() + "\">]><Error><Code>&x;</Code><Message>&x;</Message></Error>")),
        NESTED(caller -> caller.xml("500 No", "<Error>" + "<a>".repeat(1_000_000))),
        TAG_AFTER_TAG(caller -> caller.xml("500 No", "<Error>" + "<a</".repeat(1_000_000))),
        ENDLESS_HEADERS(caller -> {
            caller.write("HTTP/1.1 200 OK\r\n");
            while (true) {
                caller.write("X-More: " + "x".repeat(1000) + "\r\n");
            }
        }),
        ENDLESS_HEADER(caller -> {
            caller.write("HTTP/1.1 200 OK\r\nETag: ");
            while (true) {
                caller.write("x".repeat(64 << 10));
            }
        }),
        GOES_ON_FOR_EVER(caller -> {
            while (true) {
                caller.write("HTTP/1.1 100 Continue\r\n\r\n");
            }
        }),
        DROP_BY_DROP(caller -> {
            caller.write("HTTP/1.1 500 No\r\nContent-Type: application/xml\r\n\r\n");
            while (true) {
                caller.write(" ");
                caller.rest(BETWEEN_DROPS);
            }
        }),
        GARBAGE(caller ->
                caller.answer("200 OK", "", "<html>Welcome to the hotel".getBytes(StandardCharsets.US_ASCII))),
        NOT_HTTP(caller -> caller.write("220 mail.example ESMTP\r\n")),
        LONG_TAG(caller -> caller.answer("200 OK", "ETag: " + "x".repeat(10_000) + "\r\n", new byte[0])),
        OTHER_CHECKSUM(
                caller -> caller.answer("200 OK", "ETag: \"a\"\r\nx-amz-checksum-crc32c: AAAAAA==\r\n", new byte[0])),
        TRUNCATED_GZIP(caller -> caller.answer(
                "500 No", "Content-Type: application/xml\r\nContent-Encoding: gzip\r\n", truncatedGzip())),
        LONG_MESSAGE(caller -> caller.xml(
                "500 No", "<Error><Code>Slow</Code><Message>" + "x".repeat(3_000_000) + "</Message></Error>"));

        private final Answer answer;

        Hostility(Answer answer) {
            this.answer = answer;
        }
    }

    private static String bomb() {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE e [<!ENTITY l0 \"lol\">");
        for (int i = 1; i < 10; i++) {
            text.append("<!ENTITY l").append(i).append(" \"");
            text.append(("&l" + (i - 1) + ";").repeat(10)).append("\">");
        }
        return text + "]><Error><Code>X</Code><Message>&l9;</Message></Error>";
    }

    private static Path canaryFile() throws IOException {
        Path file = Files.createTempFile("canary", ".txt");
        file.toFile().deleteOnExit();
        return Files.writeString(file, CANARY);
    }

    private static byte[] truncatedGzip() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(whole)) {
            gzip.write("<Error><Code>AccessDenied</Code></Error>".repeat(100).getBytes(StandardCharsets.US_ASCII));
        }
        return Arrays.copyOf(whole.toByteArray(), whole.size() / 2);
    }

    private SegmentObject segment() throws IOException {
        Path file = Files.write(folder.resolve("segment"), FIRST_HALF);
        return new SegmentObject("live/segment_0001.ts", file, FIRST_HALF.length, SegmentObject.MP2T, Map.of());
    }

    private static void assertHeals(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.UNREACHABLE))
                .message()
                .hasSizeLessThan(500)
                .doesNotContain(CANARY);
    }

    @ParameterizedTest
    @EnumSource
    void whateverAStoreAnswersEndsSoonTakesLittleAndHeals(Hostility hostility) throws Exception {
        try (HostileStore hostile = HostileStore.answering(hostility.answer);
                MinioStore client = new MinioStore(hostile.config())) {
            SegmentObject segment = segment();

            assertHeals(() -> client.put(segment));
            assertThat(hostile.sent()).isLessThan(FEW_MIB);
            assertThat(hostile.requests()).as("one request an attempt").hasSize(1);
        }
    }

    /** The parser behind has bounds of its own, which are not ours to rely on. */
    @ParameterizedTest
    @CsvSource({
        "BILLION_LAUGHS, declares a document type or entities",
        "LOCAL_FILE, declares a document type or entities",
        "NESTED, nested deeper than",
        "ENDLESS_XML, is longer than",
    })
    void noParserSeesWhatIsUnfitForIt(Hostility hostility, String why) throws Exception {
        try (HostileStore hostile = HostileStore.answering(hostility.answer);
                MinioStore client = new MinioStore(hostile.config())) {
            SegmentObject segment = segment();
            assertThatThrownBy(() -> client.put(segment)).hasMessageContaining(why);
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"LONG_TAG", "OTHER_CHECKSUM"},
            mode = EnumSource.Mode.EXCLUDE) // as good as no list at all
    void aListOfItIsNone(Hostility hostility) throws Exception {
        try (HostileStore hostile = HostileStore.answering(hostility.answer);
                MinioStore client = new MinioStore(hostile.config())) {
            assertHeals(() -> client.list("live/", object -> {}));
            assertThat(hostile.sent()).isLessThan(FEW_MIB);
        }
    }

    @Test
    void aRedirectionIsNotFollowedAndTakesNoCredentialsAlong() throws Exception {
        try (HostileStore other =
                HostileStore.answering(caller -> caller.answer("200 OK", "ETag: \"a\"\r\n", new byte[0]))) {
            for (String status : List.of("301 Moved", "302 Found", "303 See Other", "307 There", "308 There")) {
                Answer elsewhere = caller ->
                        caller.answer(status, "Location: http://127.0.0.1:" + other.port() + "/\r\n", new byte[0]);
                try (HostileStore hostile = HostileStore.answering(elsewhere);
                        MinioStore client = new MinioStore(hostile.config())) {
                    SegmentObject segment = segment();
                    assertThatThrownBy(() -> client.put(segment)).isInstanceOf(StoreException.class);
                    assertThat(client.check().isOk()).isFalse();
                }
            }
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void aListOfOthersNamesIsGivenUp() throws Exception {
        Answer list = caller -> caller.xml(
                "200 OK",
                "<ListBucketResult><Name>videos</Name><Prefix/><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys>"
                        + "<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>"
                        + "<Contents><Key>../etc/passwd</Key><Size>1</Size></Contents></ListBucketResult>");
        try (HostileStore hostile = HostileStore.answering(list);
                MinioStore client = new MinioStore(hostile.config())) {
            assertHeals(() -> client.list("live/", object -> {}));
        }
    }

    @Test
    void anObjectIsReadNoFurtherThanItsReaderWants() throws Exception {
        Answer endless = caller -> {
            caller.write("HTTP/1.1 200 OK\r\nContent-Type: video/mp2t\r\n\r\n");
            while (true) {
                caller.write(new byte[64 << 10]);
            }
        };
        Answer takenThenEndless = caller -> {
            if (caller.method().equals("PUT")) {
                caller.xml("412 Taken", "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>");
            } else {
                endless.write(caller);
            }
        };
        try (HostileStore hostile = HostileStore.answering(takenThenEndless);
                MinioStore client = new MinioStore(hostile.config())) {
            SegmentObject segment = segment();
            assertThatThrownBy(() -> client.put(segment))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.CONFLICT));
            assertThat(hostile.sent()).isLessThan(FEW_MIB);
        }
    }

    @Test
    void theHealthThatIsToldIsAShortLine() throws Exception {
        try (HostileStore hostile = HostileStore.answering(Hostility.LONG_MESSAGE.answer);
                MinioStore client = new MinioStore(hostile.config())) {
            StoreHealth health = client.check();

            assertThat(health.isOk()).isFalse();
            assertThat(health.reason()).hasSizeLessThan(500);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ENDLESS_XML", "BILLION_LAUGHS", "LOCAL_FILE", "GARBAGE", "OTHER_CHECKSUM", "LONG_MESSAGE"})
    void whatIsReceivedMeanwhileStaysInTheSpoolAndGoesUpLater(Hostility hostility) throws Exception {
        pipelines.close();
        try (HostileStore hostile = HostileStore.answering(hostility.answer);
                SegmentStore client = new MinioStore(hostile.config())) {
            pipelines = new Pipelines(
                    SpoolAccess.open(folder.resolve("spool"), Limits.DEFAULT.spool(), disk),
                    client,
                    Limits.DEFAULT,
                    events,
                    () -> Instant.EPOCH);
            Pipeline pipeline = start();
            source.connect();
            source.push(MEDIA);
            source.disconnect();
            await().until(() -> pipeline.stats().segmentsSealed() == 4
                    && !events.of(StreamEvent.UploadFailed.class).isEmpty());

            assertThat(get(pipeline.stop("stopped", Duration.ZERO)).leftInSpool())
                    .isEqualTo(4);
            assertThat(events.of(StreamEvent.UploadFailed.class)).allMatch(StreamEvent.UploadFailed::retried);
            for (int i : IntStream.rangeClosed(1, 4).toArray()) {
                assertThat(spooled().resolve("segment_000" + i + ".ts")).exists();
            }
            restart();
        }
        await().until(() -> events.of(StreamEvent.SegmentUploaded.class).size() == 4);
        assertThat(events.joined(stored())).isEqualTo(MEDIA);
    }
}
