// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRules;
import io.medicloud.service.stream.SharedPort;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What strangers send as their stream id stands in the log as one line that hides nothing. */
class HostileStreamIdTest {
    private static final int MOST_SHOWN = 81;

    private final Logger logger = (Logger) LoggerFactory.getLogger(SharedPort.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "live\r\n2026-01-01 ERROR the disk is on fire",
                "\u001b[2J\u001b[31mred",
                "tab\tbell\u0007backspace\b\b\bdelete\u007f",
                "\u202egnirts desrever\u2066\u200b\ufeff",
                "one\u2028two\u2029three\u0085four",
                "#!::r=\n,m=\u001b",
                "long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-"
                        + "long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long-long"
            })
    void itIsOneTamedLine(String streamId) throws Exception {
        try (SrtStack stack = ServiceUnderTest.stack();
                SharedPort port = new SharedPort(
                        stack,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        new CallerGate(() -> CallerRules.NONE, System::nanoTime),
                        (why, peer) -> {})) {
            String uri = "srt://127.0.0.1:" + port.port() + "?mode=caller&passphrase=0123456789abcdef&streamid="
                    + URLEncoder.encode(streamId, StandardCharsets.UTF_8);
            try (TestEncoder stranger = new TestEncoder(stack, uri)) {
                assertThatThrownBy(stranger::connected).isInstanceOf(IOException.class);
            }
            assertThat(log.list).singleElement().satisfies(event -> {
                String line = event.getFormattedMessage();
                assertThat(line).contains("is turned away");
                assertThat(line.codePoints()
                                .filter(c -> Character.isISOControl(c)
                                        || Character.getType(c) == Character.FORMAT
                                        || Character.getType(c) == Character.LINE_SEPARATOR
                                        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR))
                        .isEmpty();
                String shown = line.substring(line.indexOf('\'') + 1, line.lastIndexOf('\''));
                assertThat(shown).hasSizeLessThanOrEqualTo(MOST_SHOWN);
            });
        }
    }
}
