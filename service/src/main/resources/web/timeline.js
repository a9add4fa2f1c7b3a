// The segments in the order of time, each with its picture and where it is on its way to the bucket. A piece is chosen by dragging, or with the keys, and replayed.

import * as api from "./api.js";
import { attribute, h, keyed, say, text } from "./dom.js";
import { bytes, clock, number } from "./format.js";
import { segmentPictures } from "./picture.js";

const SHOWN = 60;
const MORE = 120;
const STATES = {
  OPEN: "growing", SEALED: "on its way", STORED: "in the bucket", REJECTED: "refused by the bucket", LOST: "lost", EXPIRED: "deleted, past its time", UNKNOWN: "unknown",
};
const AFTER = { SEGMENT_SEALED: "SEALED", SEGMENT_UPLOADED: "STORED", SEGMENT_LOST: "LOST", SEGMENT_EXPIRED: "EXPIRED" };
const PLAYABLE = new Set(["SEALED", "STORED"]);

export function timeline(liveId, on) {
  const list = h("div", { class: "strip", role: "listbox", "aria-label": "Segments, oldest first", "aria-multiselectable": true, "aria-describedby": "strip-help" });
  const help = h("p", { class: "sub", id: "strip-help" }, "Drag over segments to replay them; with keys: arrows, Shift to choose several, Enter to play.");
  const facts = h("p", { class: "facts", "aria-live": "polite" });
  const older = h("button", { type: "button", hidden: true, onclick: () => load(SHOWN + MORE) }, "Older");
  const replay = h("button", { type: "button", hidden: true, onclick: play }, "Replay");
  const fetchLink = h("button", { type: "button", hidden: true, onclick: open }, "Open the file");
  const element = h("div", {}, list, h("div", { class: "under" }, facts, h("span", { class: "grow" }), older, fetchLink, replay), help);

  const pictures = segmentPictures(liveId);
  const segments = new Map();
  let most = SHOWN;
  let anchor;
  let head;
  let dragging = false;
  let closed = false;
  let pending;

  const ordered = () => [...segments.values()].sort((a, b) => a.sequence - b.sequence).slice(-most);

  async function load(count = most) {
    most = count;
    try {
      const answer = await api.segments(liveId, most);
      if (closed) return;
      for (const segment of answer.segments ?? []) take(segment);
      older.hidden = most > SHOWN || (answer.segments ?? []).length < most;
      render();
      if (anchor === undefined) list.scrollLeft = list.scrollWidth;
    } catch (failure) {
      // The banner tells of the service.
      if (!(failure instanceof api.ApiError)) throw failure;
    }
  }

  function take(segment) {
    const sequence = number(segment.sequence);
    const durationMs = number(segment.durationMs);
    const startMs = number(segment.startedAtMs) || segment.startMs || number(segment.changedAtMs) - durationMs;
    segments.set(sequence, { ...segments.get(sequence), ...segment, sequence, durationMs, startMs, state: segment.state ?? "UNKNOWN" });
    for (const old of segments.keys()) {
      if (segments.size <= most + 8) break;
      segments.delete(old);
    }
  }

  /** Many events come at once when the page is opened: what they change is shown once. */
  function renderSoon() {
    pending ??= requestAnimationFrame(() => {
      pending = undefined;
      const atEnd = list.scrollLeft + list.clientWidth > list.scrollWidth - 60;
      render();
      if (atEnd && !dragging) list.scrollLeft = list.scrollWidth;
    });
  }

  function render() {
    const shown = ordered();
    if (!shown.some((segment) => segment.sequence === head)) head = undefined;
    keyed(list, shown, (segment) => segment.sequence, make, update);
    text(facts, describe());
  }

  function make(segment) {
    const frame = pictures.frame();
    const element = h("div", { role: "option", class: "cell", id: `segment-${segment.sequence}`, tabindex: "-1" },
      frame.element, h("span", { class: "bar" }), h("span", { class: "no" }), h("span", { class: "at" }), h("span", { class: "unseen" }));
    element.frame = frame;
    return element;
  }

  function update(element, segment) {
    const [, , no, at, more] = element.children;
    attribute(element, "data-state", segment.state);
    attribute(element, "data-break", segment.discontinuity ? "" : false);
    attribute(element, "aria-selected", isChosen(segment.sequence));
    attribute(element, "tabindex", segment.sequence === (head ?? ordered().at(-1)?.sequence) ? "0" : "-1");
    text(no, segment.sequence);
    text(at, segment.state === "OPEN" ? "now" : clock(segment.startMs));
    text(more, `, ${STATES[segment.state]}${segment.durationMs ? `, ${(segment.durationMs / 1000).toFixed(1)} s` : ""}`);
    if (PLAYABLE.has(segment.state)) element.frame.show(segment.sequence);
  }

  const isChosen = (sequence) =>
    anchor !== undefined && head !== undefined && sequence >= Math.min(anchor, head) && sequence <= Math.max(anchor, head);

  const chosen = () => ordered().filter((segment) => isChosen(segment.sequence));

  function describe() {
    const some = chosen();
    const playable = some.filter((segment) => PLAYABLE.has(segment.state));
    replay.hidden = !playable.length;
    fetchLink.hidden = !(some.length === 1 && some[0].state === "STORED");
    if (some.length === 1) {
      const [one] = some;
      const errors = number(one.continuityErrors);
      return [`Segment ${one.sequence}: ${STATES[one.state]}`, one.durationMs && `${(one.durationMs / 1000).toFixed(3)} s`, number(one.bytes) && bytes(one.bytes),
        one.independent === false && one.state !== "OPEN" && "begins without a keyframe", one.discontinuity && "after a break", one.incomplete && "incomplete",
        errors && `${errors} continuity errors`].filter(Boolean).join(", ");
    }
    if (some.length) {
      const total = some.reduce((sum, segment) => sum + segment.durationMs, 0);
      return `Segments ${some[0].sequence} to ${some.at(-1).sequence}: ${(total / 1000).toFixed(1)} s`;
    }
    const waiting = ordered().filter((segment) => segment.state === "SEALED").length;
    return segments.size ? `${ordered().length} shown, ${waiting} on the way to the bucket` : "No segments yet.";
  }

  function choose(sequence, extend) {
    if (!extend || anchor === undefined) anchor = sequence;
    head = sequence;
    render();
  }

  function play() {
    const pieces = chosen().filter((segment) => PLAYABLE.has(segment.state));
    if (!pieces.length) return;
    const [first] = pieces;
    const last = pieces.at(-1);
    // Well within them: when a segment began is known to a moment only.
    on.replay(first.startMs + first.durationMs / 10, last.startMs + 0.9 * last.durationMs);
  }

  async function open() {
    try {
      const { url } = await api.segmentUrl(liveId, chosen()[0].sequence);
      window.open(url, "_blank", "noopener");
    } catch (failure) {
      say(failure.message);
      text(facts, failure.message);
    }
  }

  const sequenceAt = (target) => {
    const cell = target instanceof Element ? target.closest(".cell") : null;
    return cell ? number(cell.id.slice("segment-".length)) : undefined;
  };

  list.addEventListener("pointerdown", (event) => {
    const sequence = sequenceAt(event.target);
    if (sequence === undefined || event.button) return;
    dragging = true;
    choose(sequence, event.shiftKey);
  });
  list.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const sequence = sequenceAt(document.elementFromPoint(event.clientX, event.clientY));
    if (sequence !== undefined && sequence !== head) choose(sequence, true);
  });
  const onUp = () => {
    if (!dragging) return;
    dragging = false;
    if (anchor !== head) play();
  };
  addEventListener("pointerup", onUp);
  list.addEventListener("dblclick", play);
  list.addEventListener("dragstart", (event) => event.preventDefault());
  list.addEventListener("keydown", (event) => {
    const shown = ordered();
    const at = shown.findIndex((segment) => segment.sequence === head);
    const from = at < 0 ? shown.length - 1 : at;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: shown.length - 1 }[event.key];
    if (to !== undefined && shown.length) {
      event.preventDefault();
      const next = shown[Math.max(0, Math.min(shown.length - 1, to))];
      choose(next.sequence, event.shiftKey);
      document.getElementById(`segment-${next.sequence}`)?.focus();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (anchor === undefined && shown.length) choose(shown[from].sequence, false);
      play();
    } else if (event.key === "Escape") {
      anchor = undefined;
      render();
    }
  });

  load();
  return {
    element,
    load,
    onEvent(event) {
      const state = AFTER[event.type];
      if (!state) return;
      const sequence = number(event.sequence);
      if (event.type === "SEGMENT_SEALED") {
        const before = segments.get(sequence);
        if (before && before.state !== "OPEN" && before.state !== "UNKNOWN") return;
        take({ ...event.segment, state, changedAtMs: event.atMs });
        const next = segments.get(sequence + 1);
        if (!next) take({ sequence: sequence + 1, state: "OPEN", changedAtMs: event.atMs });
      } else if (segments.has(sequence)) {
        take({ ...segments.get(sequence), sequence, state, key: event.key || segments.get(sequence).key });
      }
      renderSoon();
    },
    close() {
      closed = true;
      cancelAnimationFrame(pending);
      removeEventListener("pointerup", onUp);
    },
  };
}
