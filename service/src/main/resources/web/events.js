// What happened, newest first.

import { h } from "./dom.js";
import { bytes, clock, number } from "./format.js";

const MOST = 200;
const QUIET = new Set(["SEGMENT_UPLOADED"]);
const TONES = {
  STREAM_FAILED: "bad", UPLOAD_FAILED: "warn", SEGMENT_LOST: "bad", BYTES_DROPPED: "bad", DISCONNECTED: "warn", RECONNECTING: "warn",
  STALLED: "warn", LIMIT_REACHED: "warn", RECORD_REBUILT: "bad", CLOCK_JUMPED: "warn", LAGGED: "warn", CALLERS_REFUSED: "warn",
  MEDIA_FLOWING: "good", CONNECTED: "good",
};

function describe(event) {
  const segment = event.segment;
  switch (event.type) {
    case "STREAM_STARTED": return "Started; waits for its source";
    case "CONNECTED": return `Connected: ${event.peer}`;
    case "MEDIA_FLOWING": return "Media flows";
    case "DISCONNECTED": return `Disconnected: ${event.reason}`;
    case "SEGMENT_SEALED": return `Segment ${event.sequence}: ${(number(segment?.durationMs) / 1000).toFixed(3)} s, ${bytes(event.bytes)}${segment?.discontinuity ? ", discontinuity" : ""}${segment?.incomplete ? ", incomplete" : ""}`;
    case "UPLOAD_FAILED": return `Segment ${event.sequence} could not be stored: ${event.reason}`;
    case "SEGMENT_LOST": return `Segment ${event.sequence} is lost: ${event.reason}`;
    case "SEGMENT_EXPIRED": return `Segment ${event.sequence} is deleted, past its time`;
    case "BYTES_DROPPED": return `${bytes(event.bytes)} dropped: ${event.reason}`;
    case "LIMIT_REACHED": return `${event.limit}: ${event.reason}`;
    case "STREAM_ENDED": return `Ended: ${event.reason}`;
    case "STREAM_FAILED": return `Failed: ${event.reason}`;
    case "RECONNECTING": return `Calls the source again: ${event.reason}`;
    case "STREAM_UPDATED": return `Changed: ${event.reason}`;
    case "CALLERS_REFUSED": return `Callers turned away: ${event.reason}; the last one at ${event.peer}`;
    case "QUALITY_ALARM": return event.reason;
    case "LAGGED": return `${event.missed} events are not kept any more`;
    default: return event.reason || event.type;
  }
}

export function eventLog() {
  const list = h("ol");
  const element = h("div", { class: "log", role: "log", "aria-label": "Events", tabindex: "0" }, list);
  const add = (atMs, words, tone) => {
    list.prepend(h("li", { "data-tone": tone }, h("time", { datetime: new Date(atMs).toISOString() }, clock(atMs)), h("span", {}, words)));
    if (list.children.length > MOST) list.lastChild.remove();
  };
  return {
    element,
    add(event) {
      if (QUIET.has(event.type)) return;
      const tone = event.type === "QUALITY_ALARM" ? (event.raised ? "bad" : "good") : TONES[event.type];
      add(number(event.atMs) || Date.now(), describe(event), tone);
    },
    problem: (words) => add(Date.now(), words, "bad"),
  };
}
