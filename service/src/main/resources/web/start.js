// Starts a stream, and says how an encoder gets to it.

import * as api from "./api.js";
import { copyButton, h, say } from "./dom.js";

const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

function newPassphrase() {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** The lines to copy for an encoder that calls us. */
export function connectLines(port, passphrase, streamId) {
  const query = new URLSearchParams({ mode: "caller" });
  if (streamId) query.set("streamid", streamId);
  if (passphrase) query.set("passphrase", passphrase);
  const url = `srt://${location.hostname}:${port}?${query}`;
  // OBS and ffmpeg have the latency in microseconds.
  const lines = [
    ["SRT address", url],
    ["ffmpeg, a file as it is", `ffmpeg -re -i input.mp4 -c copy -f mpegts '${url}'`],
    ["ffmpeg, a test picture", `ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=25 -f lavfi -i sine=frequency=440 -c:v libx264 -preset veryfast -tune zerolatency -g 50 -pix_fmt yuv420p -c:a aac -f mpegts '${url}'`],
    ["OBS: Settings, Stream, Service “Custom”, Server", `${url}&latency=120000`],
  ];
  return h("dl", { class: "connect" }, ...lines.flatMap(([label, line]) => [
    h("dt", {}, label),
    h("dd", {}, h("code", { tabindex: "0" }, line), copyButton(line, label)),
  ]));
}

const field = (label, input, hint) =>
  h("label", { class: "field" }, h("span", {}, label), input, hint ? h("small", {}, hint) : null);

/** Asks what the stream is to be, starts it, and shows where it is to be sent. */
export function openStartDialog() {
  const id = h("input", { name: "live_id", required: true, maxlength: 128, pattern: "[A-Za-z0-9_\\-][A-Za-z0-9._\\-]*", autocomplete: "off", spellcheck: "false" });
  const passphrase = h("input", { name: "passphrase", minlength: 10, maxlength: 79, autocomplete: "off", spellcheck: "false", value: newPassphrase() });
  const source = h("input", { name: "source_url", placeholder: "srt://host:port", autocomplete: "off", spellcheck: "false" });
  const length = h("input", { name: "segment", type: "number", min: 1, max: 3600, step: 1, placeholder: "as configured", inputmode: "numeric" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: "primary" }, "Start");
  const form = h("form", { method: "dialog" },
    h("h2", { id: "start-title" }, "Start a stream"),
    field("Name", id, "letters, digits, . _ -; the folder of its segments"),
    field("Passphrase", passphrase, "10 to 79 characters; empty: unencrypted"),
    field("Source to call", source, "empty: the encoder calls us"),
    field("Segment length in seconds", length),
    problem,
    h("div", { class: "buttons" },
      h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), go));
  const dialog = h("dialog", { class: "start", "aria-labelledby": "start-title" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    problem.hidden = true;
    try {
      const answer = await api.start({
        live_id: id.value,
        passphrase: passphrase.value,
        allow_unencrypted: passphrase.value === "",
        source_url: source.value,
        segment_duration_ms: Math.round(Number(length.value) * 1000),
      });
      dispatchEvent(new CustomEvent("started", { detail: answer.liveId }));
      say(`${answer.liveId} is started`);
      show(dialog, answer, source.value);
    } catch (failure) {
      problem.textContent = failure.message;
      problem.hidden = false;
      go.disabled = false;
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  id.focus();
}

function show(dialog, answer, source) {
  const link = h("a", { href: `#/streams/${encodeURIComponent(answer.liveId)}`, class: "primary button", onclick: () => dialog.close() }, "Go to the stream");
  dialog.replaceChildren(
    h("h2", { id: "start-title" }, `${answer.liveId} ${source ? "is being called" : "waits for its encoder"}`),
    source ? h("p", {}, source) : connectLines(answer.port, answer.passphrase, ""),
    h("div", { class: "buttons" }, h("button", { type: "button", onclick: () => dialog.close() }, "Close"), link));
  link.focus();
}
