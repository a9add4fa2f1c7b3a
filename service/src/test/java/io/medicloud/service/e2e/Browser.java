// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.medicloud.service.Http1;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Chromium without a window, driven by its own driver over the WebDriver protocol (W3C). */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
    /** Of what asks the world by itself nothing is on; a container has neither a sandbox nor much shared memory. */
    private static final List<String> ARGUMENTS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--mute-audio",
            "--hide-scrollbars",
            "--autoplay-policy=no-user-gesture-required");

    private final PeerProgram driver;
    private final HttpClient http = Http1.client();
    private final String base;
    private final String session;

    private Browser(PeerProgram driver, String server) throws Exception {
        this.driver = driver;
        ObjectNode options = JSON.createObjectNode();
        ArrayNode arguments = options.putArray("args");
        ARGUMENTS.forEach(arguments::add);
        ObjectNode body = JSON.createObjectNode();
        ObjectNode wanted = body.putObject("capabilities").putObject("alwaysMatch");
        wanted.put("browserName", "chrome").set("goog:chromeOptions", options);
        wanted.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
        this.base = server + "/session";
        this.session = "/" + send("POST", "", body).get("sessionId").asText();
    }

    static Browser start() throws Exception {
        Peers.require("chromium", "chromedriver");
        PeerProgram driver = PeerProgram.start("chromedriver", "--port=0", "--log-level=WARNING");
        try {
            Matcher[] port = new Matcher[1];
            Awaitility.await("the browser's driver").atMost(PATIENCE).until(() -> {
                port[0] = STARTED.matcher(driver.out());
                return port[0].find();
            });
            return new Browser(driver, "http://127.0.0.1:" + port[0].group(1));
        } catch (Exception e) {
            driver.close();
            throw e;
        }
    }

    void open(String address) throws Exception {
        send("POST", session + "/url", JSON.createObjectNode().put("url", address));
    }

    /** Runs a script's text in the page; what it returns. */
    JsonNode run(String script) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("script", script);
        body.putArray("args");
        return send("POST", session + "/execute/sync", body);
    }

    /** Runs a script that calls {@code done(answer)} when it is done. */
    JsonNode runAndWait(String script) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("script", "const done = arguments[0]; " + script);
        body.putArray("args");
        return send("POST", session + "/execute/async", body);
    }

    boolean is(String expression) throws Exception {
        return run("return Boolean(" + expression + ")").asBoolean();
    }

    void await(String what, String expression) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> is(expression));
    }

    /** Clicks in the middle of an element, with the mouse. */
    void click(String selector) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("using", "css selector").put("value", selector);
        String element = send("POST", session + "/element", body).get(ELEMENT).asText();
        send("POST", session + "/element/" + element + "/click", JSON.createObjectNode());
    }

    /** Drags the mouse from the middle of one element to that of another. */
    void drag(String from, String to) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode mouse =
                body.putArray("actions").addObject().put("type", "pointer").put("id", "mouse");
        ArrayNode actions = mouse.putArray("actions");
        move(actions, from);
        actions.addObject().put("type", "pointerDown").put("button", 0);
        move(actions, to);
        actions.addObject().put("type", "pointerUp").put("button", 0);
        send("POST", session + "/actions", body);
    }

    private void move(ArrayNode actions, String selector) throws Exception {
        JsonNode at = run(
                "const box = document.querySelector('" + selector
                        + "').getBoundingClientRect(); return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]");
        actions.addObject()
                .put("type", "pointerMove")
                .put("duration", 50)
                .put("x", at.get(0).asInt())
                .put("y", at.get(1).asInt());
    }

    /** Presses keys one after the other on whatever has the focus; those without a sign as WebDriver numbers them. */
    void press(String keys) throws Exception {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode actions = body.putArray("actions")
                .addObject()
                .put("type", "key")
                .put("id", "keys")
                .putArray("actions");
        keys.codePoints().mapToObj(Character::toString).forEach(key -> {
            actions.addObject().put("type", "keyDown").put("value", key);
            actions.addObject().put("type", "keyUp").put("value", key);
        });
        send("POST", session + "/actions", body);
    }

    /** Looks like a screen of that size, dark or light. */
    void look(int width, int height, boolean isPhone, boolean isDark) throws Exception {
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", isDark ? "dark" : "light");
        devTools("Emulation.setEmulatedMedia", media);
        devTools(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", isPhone));
    }

    /** Writes a picture of the page. */
    void picture(Path file) throws Exception {
        String picture = send("GET", session + "/screenshot", null).asText();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(picture));
    }

    /** What the page has written to the console, warnings and errors, since this was asked last. */
    List<String> complaints() throws Exception {
        List<String> lines = new ArrayList<>();
        for (JsonNode entry : log("browser")) {
            if (!entry.get("level").asText().equals("INFO")
                    && !entry.get("level").asText().equals("DEBUG")) {
                lines.add(entry.get("message").asText());
            }
        }
        return lines;
    }

    /** What the network did since this was asked last: events of Chromium's DevTools. */
    List<JsonNode> network() throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (JsonNode entry : log("performance")) {
            events.add(JSON.readTree(entry.get("message").asText()).get("message"));
        }
        return events;
    }

    private JsonNode log(String type) throws Exception {
        return send("POST", session + "/se/log", JSON.createObjectNode().put("type", type));
    }

    private void devTools(String command, ObjectNode parameters) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("cmd", command);
        body.set("params", parameters);
        send("POST", session + "/goog/cdp/execute", body);
    }

    private JsonNode send(String method, String path, ObjectNode body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()))
                .timeout(PATIENCE)
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode value = JSON.readTree(answer.body()).get("value");
        if (answer.statusCode() != 200) {
            throw new AssertionError(
                    method + " " + path + ": " + value.path("message").asText());
        }
        return value;
    }

    @Override
    public void close() {
        try (driver) {
            send("DELETE", session, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
