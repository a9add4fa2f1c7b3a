// The page with all streams.

import * as api from "./api.js";
import { attribute, h, keyed, say, text } from "./dom.js";
import { bitrate, count, duration, number, seconds, state } from "./format.js";
import { openStartDialog } from "./start.js";
import { picture } from "./picture.js";

const EVERY_MS = 1000;

export function streamsPage(main) {
  const summary = h("p", { class: "summary" });
  const body = h("tbody");
  const table = h("table", { class: "streams" },
    h("caption", { class: "unseen" }, "Streams"),
    h("thead", {}, h("tr", {},
      ...["Picture", "Stream", "State", "Bitrate", "Running", "Lost", "Segments", "Action"].map((name) =>
        h("th", { scope: "col", class: `c-${name.toLowerCase()}` }, name)))),
    body);
  const empty = h("div", { class: "empty", hidden: true },
    h("p", {}, "No streams yet."),
    h("p", {}, "Start one, and send it to the SRT address that is shown then; or run ",
      h("code", {}, "./medicloud demo"), "."),
    h("button", { type: "button", class: "primary", onclick: () => openStartDialog() }, "Start a stream"));
  main.append(h("div", { class: "head" }, h("h1", {}, "Streams"), summary), table, empty);

  let timer;
  let gone = false;
  let offsetMs = 0;

  async function look() {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        const { streams = [] } = await api.streams();
        if (gone) return;
        show(streams);
      } catch (failure) {
        // The banner tells of the service.
        if (!(failure instanceof api.ApiError)) throw failure;
      }
    }
    if (!gone) timer = setTimeout(look, EVERY_MS);
  }

  function show(streams) {
    const order = (stream) => (stream.state === "ENDED" ? 1 : 0);
    streams.sort((a, b) => order(a) - order(b) || a.liveId.localeCompare(b.liveId));
    const open = streams.filter((stream) => stream.state !== "ENDED");
    const onAir = open.filter((stream) => stream.state === "STREAMING");
    const total = onAir.reduce((sum, stream) => sum + number(stream.bitsPerSecond), 0);
    text(summary, streams.length ? `${onAir.length} of ${open.length} on air, ${bitrate(total)} in all` : "");
    table.hidden = !streams.length;
    empty.hidden = streams.length > 0;
    keyed(body, streams, (stream) => stream.liveId, row, update);
  }

  function row(stream) {
    const cell = (name, ...content) => h("td", { class: `c-${name}` }, ...content);
    const element = h("tr", {},
      cell("picture"),
      cell("stream"),
      cell("state"), cell("bitrate"), cell("running"), cell("lost"), cell("segments"), cell("action"));
    const part = Object.fromEntries([...element.children].map((child) => [child.className.slice(2), child]));
    part.frame = picture(stream.liveId);
    part.picture.append(part.frame.element);
    part.video = h("span", { class: "sub" });
    part.stream.append(h("a", { href: `#/streams/${encodeURIComponent(stream.liveId)}` }, stream.liveId), part.video);
    part.chip = h("span", { class: "chip" });
    part.peer = h("span", { class: "sub" });
    part.state.append(part.chip, part.peer);
    part.rate = h("span", { class: "figure" });
    part.idle = h("span", { class: "sub" });
    part.bitrate.append(part.rate, part.idle);
    part.loss = h("span", { class: "figure" });
    part.errors = h("span", { class: "sub" });
    part.lost.append(part.loss, part.errors);
    part.number = h("span", { class: "figure" });
    part.waiting = h("span", { class: "sub" });
    part.segments.append(part.number, part.waiting);
    part.stop = h("button", { type: "button", "aria-label": `Stop ${stream.liveId}`, onclick: () => stop(stream.liveId, part) }, "Stop");
    part.action.append(part.stop);
    element.parts = part;
    return element;
  }

  function update({ parts: part }, stream) {
    const ended = stream.state === "ENDED";
    const now = state(stream.state, stream.idleMs);
    text(part.video, stream.video || (stream.sourceUrl ? `calls ${stream.sourceUrl}` : ended ? (number(stream.newestSequence) ? "recorded" : "nothing came") : `port ${stream.port}`));
    text(part.chip, now.word);
    attribute(part.chip, "data-tone", now.tone);
    text(part.peer, (stream.peer ?? "").replace(/^\//, ""));
    text(part.rate, ended || !number(stream.receivedBytes) ? "–" : bitrate(stream.bitsPerSecond));
    text(part.idle, number(stream.idleMs) > 2500 && !ended ? `silent for ${seconds(number(stream.idleMs))}` : "");
    text(part.running, ended ? "–" : duration(Date.now() - offsetMs - number(stream.startedAtMs)));
    text(part.loss, ended ? "–" : count(stream.lostPackets));
    const dropped = number(stream.droppedPackets);
    const broken = number(stream.continuityErrors);
    text(part.errors, [dropped && `${count(dropped)} never came`, broken && `${count(broken)} continuity`].filter(Boolean).join(", "));
    attribute(part.lost, "data-tone", dropped || broken ? "warn" : false);
    text(part.number, count(stream.newestSequence));
    text(part.waiting, number(stream.waitingSegments) ? `${stream.waitingSegments} waiting` : "");
    attribute(part.waiting, "data-tone", number(stream.waitingSegments) > 2 ? "warn" : false);
    part.stop.hidden = ended;
    // The newest segment grows while the stream is on air; the picture is asked for once one is whole.
    part.frame.follow(number(stream.newestSequence) - (ended ? 0 : 1));
  }

  async function stop(liveId, part) {
    part.stop.disabled = true;
    text(part.stop, "Stopping …");
    try {
      await api.stop(liveId);
      say(`${liveId} is stopped`);
    } catch (failure) {
      say(`${liveId} could not be stopped: ${failure.message}`);
    }
    part.stop.disabled = false;
    text(part.stop, "Stop");
    look();
  }

  const onStarted = () => look();
  addEventListener("started", onStarted);
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    gone = true;
    clearTimeout(timer);
    removeEventListener("started", onStarted);
    document.removeEventListener("visibilitychange", look);
  };
}
