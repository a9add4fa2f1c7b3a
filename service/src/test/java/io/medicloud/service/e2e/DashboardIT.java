// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.testdata.PeerProgram;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The dashboard in Chromium, while the demo runs, with signed addresses. The long form is run with {@code -Dmedicloud.dashboard.seconds=60}: above 10 s nothing may stall, latency stays below 3 s, and
 * addresses are open, as they are by default. {@code -Dmedicloud.dashboard.pictures=DIR} keeps a picture of every page.
 */
@Tag("heavy")
@Isolated
class DashboardIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Above this the player is held to play without a stall, which a machine that does much else at once cannot promise. */
    private static final int SHORT = 10;

    private static final int PLAY_SECONDS = Integer.getInteger("medicloud.dashboard.seconds", 5);
    private static final String PICTURES = System.getProperty("medicloud.dashboard.pictures", "");
    private static final int MOST_WEIGHT = 300_000;
    private static final double MOST_LATENCY_S = 3;
    private static final String TAB = "\uE004";
    private static final String ENTER = "\uE007";

    @TempDir
    private Path directory;

    @Test
    void whoRunsAStreamSeesIt() throws Exception {
        Peers.require("chromium", "chromedriver", "node", "npm");
        String axe = Files.readString(NodeClient.installed().resolve("node_modules/axe-core/axe.min.js"));
        Path folder = Files.createDirectories(directory.resolve("demo"));
        if (PLAY_SECONDS <= SHORT) {
            Files.writeString(folder.resolve("medicloud.yaml"), "playback.secret: sixteen-or-more-characters\n");
        }
        ProcessBuilder command = new ProcessBuilder(
                "env",
                "--default-signal=INT",
                Path.of("..", "medicloud").toAbsolutePath().normalize().toString(),
                "demo",
                "--json",
                "--dir",
                folder.toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try (PeerProgram demo = PeerProgram.start(command);
                Browser browser = Browser.start()) {
            Awaitility.await("the demo")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> demo.out().contains("\n"));
            JsonNode where =
                    new ObjectMapper().readTree(demo.out().lines().findFirst().orElseThrow());
            String dashboard = where.get("dashboard").asText();
            assertThat(dashboard)
                    .isEqualTo("http://127.0.0.1:" + where.get("httpPort").asInt() + "/");
            browser.look(1440, 900, false, true);
            browser.open(dashboard);
            browser.await("the demo in the list", "document.querySelector('tbody')?.innerText.includes('On air')");
            assertAccessible(browser, axe);
            startsAndStopsByMouse(browser);
            startsAndStopsByKeyboard(browser);
            browser.await("a picture", "document.querySelector('.picture[data-there]')");
            picture(browser, "streams-dark");

            browser.click("tbody a[href='#/streams/demo']");
            List<JsonNode> network = new ArrayList<>(watchesTheStream(browser));
            assertAccessible(browser, axe);
            browser.look(1440, 1560, false, true);
            nearPicture(browser, "stream-dark");
            browser.look(1440, 1560, false, false);
            assertAccessible(browser, axe);
            nearPicture(browser, "stream-light");
            browser.look(390, 844, true, false);
            assertThat(browser.is("document.documentElement.scrollWidth <= 390"))
                    .isTrue();
            nearPicture(browser, "stream-phone");

            browser.look(1440, 900, false, false);
            browser.open(dashboard + "api/");
            browser.await("the API's page", "document.querySelectorAll('.operation').length > 10");
            assertAccessible(browser, axe);
            picture(browser, "api-light");
            browser.look(1440, 900, false, true);
            assertAccessible(browser, axe);
            picture(browser, "api-dark");
            browser.look(390, 844, true, false);
            assertThat(browser.is("document.documentElement.scrollWidth <= 390"))
                    .isTrue();
            picture(browser, "api-phone");
            browser.look(1440, 900, false, false);
            browser.open(dashboard);
            browser.await("the list", "document.querySelector('tbody')?.innerText.includes('On air')");
            picture(browser, "streams-light");
            browser.look(390, 844, true, true);
            assertThat(browser.is("document.documentElement.scrollWidth <= 390"))
                    .isTrue();
            picture(browser, "streams-phone");
            assertThat(browser.complaints()).isEmpty();
            network.addAll(browser.network());
            assertStaysHereAndIsLight(network, dashboard);

            demo.signal("INT");
            PeerProgram.Result end = demo.await(LIMIT);
            if (PLAY_SECONDS > SHORT) {
                // It finds what was sent and stored to be the same, which takes a machine that keeps up.
                assertThat(end.exitStatus()).as(end.err()).isZero();
            }
            browser.await("it says that the service is gone", "!document.getElementById('lost').hidden");
            assertThat(browser.run("return document.getElementById('lost').textContent")
                            .asText())
                    .contains("does not answer");
        }
    }

    private static void startsAndStopsByMouse(Browser browser) throws Exception {
        browser.click("#start");
        browser.click("dialog input[name=live_id]");
        browser.press("by-mouse");
        browser.click("dialog button[type=submit]");
        browser.await(
                "where to send", "document.querySelector('dialog code')?.textContent.startsWith('srt://127.0.0.1:')");
        assertThat(browser.run("return document.querySelector('dialog').innerText")
                        .asText())
                .contains("ffmpeg -re", "passphrase=", "OBS");
        browser.click("dialog .buttons button");
        browser.await("it waits", "document.querySelector('tbody').innerText.includes('by-mouse')");
        browser.click("button[aria-label='Stop by-mouse']");
        browser.await("it is over", "document.querySelector('button[aria-label=\"Stop by-mouse\"]').hidden");
    }

    private static void startsAndStopsByKeyboard(Browser browser) throws Exception {
        browser.run("document.getElementById('start').focus()");
        browser.press(ENTER);
        browser.press("by-keys" + ENTER);
        browser.await("where to send", "document.querySelector('dialog code')");
        browser.press(ENTER);
        browser.await("its page", "document.querySelector('h1')?.textContent === 'by-keys'");
        browser.await("it waits", "document.querySelector('.head .chip').textContent === 'Waiting'");
        for (int i = 0; i < 20 && !browser.is("document.activeElement.textContent === 'Stop'"); i++) {
            browser.press(TAB);
        }
        browser.press(ENTER);
        browser.await("it is over", "document.querySelector('.head .chip').textContent === 'Ended'");
        browser.run("document.querySelector('nav a').click()");
        browser.await("the list", "document.querySelector('tbody a[href=\"#/streams/demo\"]')");
    }

    private static List<JsonNode> watchesTheStream(Browser browser) throws Exception {
        browser.await("figures", "document.querySelector('.figures')?.innerText.includes('b/s')");
        browser.await("lamps", "document.querySelectorAll('.lamps li').length > 15");
        browser.await("plots", "document.querySelectorAll('.chart canvas').length === 6");
        browser.await("segments", "document.querySelectorAll('.cell[data-state=STORED]').length >= 2");
        browser.await("events", "document.querySelectorAll('.log li').length > 3");
        List<JsonNode> network = new ArrayList<>(plays(browser));
        browser.await("pictures", "document.querySelectorAll('.cell .frame[data-there]').length >= 2");
        assertThat(browser.run(
                                "return new Set([...document.querySelectorAll('.cell .frame[data-there] img')].map(image => image.src)).size")
                        .asInt())
                .as("different pictures")
                .isGreaterThan(1);
        JsonNode before = drawn(browser);
        Awaitility.await("the plots move")
                .atMost(LIMIT)
                .until(() -> !drawn(browser).equals(before));
        network.addAll(browser.network());
        return network;
    }

    private static List<JsonNode> plays(Browser browser) throws Exception {
        browser.await(
                "the picture",
                "document.querySelector('video').currentTime > 0 && document.querySelector('.cover').hidden");
        browser.await("it is near", latency() + " < " + MOST_LATENCY_S);
        browser.run(
                "const video = document.querySelector('video'); window.stalls = []; window.from = video.currentTime;"
                        + " window.farthest = 0; video.addEventListener('waiting', () => window.stalls.push({at: video.currentTime,"
                        + " ranges: Array.from({length: video.buffered.length}, (none, i) => [video.buffered.start(i), video.buffered.end(i)]),"
                        + " rate: video.playbackRate, seeking: video.seeking, behind: " + latency() + "}));"
                        + " setInterval(() => { if (!video.seeking) window.farthest = Math.max(window.farthest, "
                        + latency()
                        + ") }, 250)");
        Awaitility.await("it plays on")
                .atMost(LIMIT.plusSeconds(PLAY_SECONDS))
                .until(() -> browser.is("document.querySelector('video').currentTime - window.from > " + PLAY_SECONDS));
        List<JsonNode> network = browser.network();
        if (PLAY_SECONDS > SHORT) {
            assertThat(browser.run("return window.stalls"))
                    .as(() -> "stalls; " + HlsLoads.of(network))
                    .isEmpty();
            assertThat(browser.run("return window.farthest").asDouble())
                    .as(() -> "latency, s; " + HlsLoads.of(network))
                    .isBetween(0.5, MOST_LATENCY_S);
        }
        browser.run("document.querySelector('.strip').scrollLeft = 0");
        browser.drag(".cell:nth-child(1)", ".cell:nth-child(2)");
        browser.await("the replay", "document.querySelector('.under .chip').textContent === 'Replay'");
        browser.await(
                "it plays",
                "document.querySelector('video').currentTime > 1 && document.querySelector('.cover').hidden");
        browser.run(
                "[...document.querySelectorAll('.player button')].find(one => one.textContent === 'Back to live').click()");
        browser.await(
                "live again",
                "document.querySelector('.under .chip').textContent === 'Live'"
                        + " && document.querySelector('video').currentTime > 1 && document.querySelector('.cover').hidden");
        return network;
    }

    private static String latency() {
        return "parseFloat(document.querySelector('output').textContent)";
    }

    private static JsonNode drawn(Browser browser) throws Exception {
        return browser.run("return document.querySelector('.chart canvas').toDataURL()");
    }

    /** Neither serious nor critical findings of axe-core. */
    private static void assertAccessible(Browser browser, String axe) throws Exception {
        browser.run(axe);
        JsonNode findings = browser.runAndWait(
                "axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations"
                        + ".filter(one => one.impact === 'serious' || one.impact === 'critical')"
                        + ".map(one => one.id + ': ' + one.nodes.map(node => node.html + ' ' + node.failureSummary).join(' | '))))");
        assertThat(findings).isEmpty();
    }

    private static void assertStaysHereAndIsLight(List<JsonNode> network, String dashboard) {
        Map<String, String> addresses = new HashMap<>();
        long weight = 0;
        for (JsonNode event : network) {
            JsonNode about = event.get("params");
            if (event.get("method").asText().equals("Network.requestWillBeSent")) {
                String address = about.at("/request/url").asText();
                if (!address.startsWith("data:") && !address.startsWith("blob:")) {
                    assertThat(address).startsWith(dashboard);
                }
                addresses.put(about.get("requestId").asText(), address);
            } else if (event.get("method").asText().equals("Network.loadingFinished")) {
                String address = addresses.getOrDefault(about.get("requestId").asText(), dashboard + "hls/");
                // What is no address, such as data, has no path.
                String path = String.valueOf(URI.create(address).getPath());
                if (path.equals("/") || path.startsWith("/web/") || path.startsWith("/lib/")) {
                    weight += about.get("encodedDataLength").asLong();
                }
            }
        }
        assertThat(weight).isBetween(50_000L, (long) MOST_WEIGHT);
    }

    /** Of a stream's page: the checks before it hold the page up, and the player comes back from that. */
    private static void nearPicture(Browser browser, String name) throws Exception {
        if (!PICTURES.isEmpty()) {
            browser.await("it is near", latency() + " < " + MOST_LATENCY_S);
            picture(browser, name);
        }
    }

    private static void picture(Browser browser, String name) throws Exception {
        if (!PICTURES.isEmpty()) {
            browser.picture(Path.of(PICTURES, name + ".png"));
        }
    }
}
