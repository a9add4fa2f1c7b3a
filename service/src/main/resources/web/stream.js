// The page of one stream: picture, figures, plots, segments, events.

import * as api from "./api.js";
import { connectLines } from "./start.js";
import { attribute, h, say, text } from "./dom.js";
import { duration, number, seconds, state } from "./format.js";
import { eventLog } from "./events.js";
import { figures, tracks } from "./figures.js";
import { lamps } from "./lamps.js";
import { player } from "./player.js";
import { plots } from "./plots.js";
import { timeline } from "./timeline.js";

const panel = (title, className, ...content) => {
  const id = `p-${className}`;
  return h("section", { class: `panel ${className}`, "aria-labelledby": id }, h("h2", { id }, title), ...content);
};

export function streamPage(main, liveId) {
  const chip = h("span", { class: "chip" });
  const running = h("span", { class: "sub" });
  const stopButton = h("button", { type: "button", onclick: stop }, "Stop");
  const connect = h("details", { class: "panel", hidden: true }, h("summary", {}, "Connect an encoder"));
  const note = h("p", { class: "note", role: "status", hidden: true });

  const video = player(liveId);
  const numbers = figures();
  const content = tracks();
  const lights = lamps();
  const charts = plots();
  const segments = timeline(liveId, { replay: video.replay });
  const log = eventLog();

  main.append(
    h("div", { class: "head" },
      h("h1", {}, liveId), chip, running, h("span", { class: "grow" }), stopButton),
    note,
    connect,
    h("div", { class: "board" },
      h("div", { class: "left" },
        panel("Picture", "video", video.element),
        panel("Segments", "segments", segments.element)),
      h("div", { class: "right" },
        panel("Signal", "signal", numbers.element, content.element),
        panel("Transport stream, by TR 101 290", "health-ts", lights.element),
        panel("Events", "events", log.element))),
    panel("Last five minutes", "plots", charts.element));

  let ended = false;
  const endStats = api.watchStats(liveId, {
    answer(stats) {
      show(stats);
    },
    end: () => over("This stream has ended."),
    failure: () => over("This stream is not open."),
  });
  const endEvents = api.watchEvents(liveId, {
    answer(event) {
      log.add(event);
      segments.onEvent(event);
      if (event.type === "STREAM_STARTED" && ended) location.reload();
    },
    failure: (failure) => log.problem(failure.message),
  });

  function show(stats) {
    const now = state(stats.state, stats.idleMs);
    text(chip, now.word);
    attribute(chip, "data-tone", now.tone);
    text(running, `for ${duration(number(stats.atMs) - number(stats.startedAtMs))}${stats.srt?.connected ? `, from ${stats.peer.replace(/^\//, "")}${stats.srt.encrypted ? ", encrypted" : ", not encrypted"}` : ""}`);
    document.title = `${now.word}: ${liveId} – Medicloud Streaming`;
    const silent = number(stats.idleMs) > 2500;
    attribute(main, "data-silent", silent ? "" : false);
    note.hidden = !(stats.lastFailure && stats.state === "WAITING") && !silent;
    text(note, silent
      ? `Nothing has come for ${seconds(number(stats.idleMs))}.`
      : stats.lastFailure ? `The last connection did not come about: ${stats.lastFailure}` : "");
    numbers.show(stats);
    content.show(stats.tracks ?? []);
    lights.show(stats.ts ?? {}, silent);
    charts.add(stats);
    video.onStats(stats);
    if (connect.hidden && stats.state === "WAITING") showConnect();
  }

  async function showConnect() {
    connect.hidden = false;
    try {
      const info = await api.info(liveId);
      connect.append(info.sourceUrl
        ? h("p", {}, `The service calls ${info.sourceUrl}.`)
        : connectLines(info.port, info.passphrase, info.streamId));
      connect.open = true;
    } catch {
      connect.hidden = true;
    }
  }

  function over(why) {
    ended = true;
    endStats();
    text(chip, "Ended");
    attribute(chip, "data-tone", "idle");
    text(running, "");
    stopButton.hidden = true;
    text(note, `${why} Its segments can be played from the timeline.`);
    note.hidden = false;
    video.onEnded();
    document.title = `Ended: ${liveId} – Medicloud Streaming`;
    segments.load();
  }

  async function stop() {
    stopButton.disabled = true;
    text(stopButton, "Stopping …");
    try {
      await api.stop(liveId);
      say(`${liveId} is stopped`);
    } catch (failure) {
      text(note, `Could not be stopped: ${failure.message}`);
      note.hidden = false;
    }
    stopButton.disabled = false;
    text(stopButton, "Stop");
  }

  return () => {
    endStats();
    endEvents();
    video.close();
    charts.close();
    segments.close();
    main.removeAttribute("data-silent");
  };
}
