// One lamp an indicator of ETSI TR 101 290, in its three priorities. A lamp says with a word, and with a shape, what it says with a colour.

import { attribute, h, keyed, text } from "./dom.js";
import { count, number } from "./format.js";

const WORDS = { OK: "ok", ACTIVE: "error now", CLEARED: "was wrong", NOT_MEASURED: "not measured" };

export function lamps() {
  const groups = [1, 2, 3].map((priority) => {
    const list = h("ul", { class: "lamps", "aria-label": `Priority ${priority}` });
    return { priority, list, element: h("div", { class: "priority" }, h("h3", {}, `Priority ${priority}`), list) };
  });
  const note = h("p", { class: "note" });
  const counters = h("p", { class: "sub" });
  const element = h("div", {}, ...groups.map((group) => group.element), counters, note);

  const make = () => {
    const lamp = h("li", {});
    lamp.append(h("i", { "aria-hidden": "true" }), h("span", { class: "no" }), h("span", { class: "name" }), h("span", { class: "n" }), h("span", { class: "unseen" }));
    return lamp;
  };
  const update = (lamp, indicator) => {
    const [, no, name, times, word] = lamp.children;
    attribute(lamp, "data-state", indicator.state ?? "NOT_MEASURED");
    text(no, indicator.number);
    text(name, indicator.name.replaceAll("_", " "));
    text(times, number(indicator.count) ? count(indicator.count) : "");
    text(word, `: ${WORDS[indicator.state] ?? WORDS.NOT_MEASURED}`);
    attribute(lamp, "title", `${indicator.number} ${indicator.name}: ${WORDS[indicator.state] ?? WORDS.NOT_MEASURED}`);
  };

  return {
    element,
    show(ts, silent) {
      attribute(element, "data-stale", silent ? "" : false);
      const all = ts.indicators ?? [];
      for (const group of groups) {
        const measured = all.filter((one) => number(one.priority) === group.priority
          && (one.state !== "NOT_MEASURED" || group.priority < 3));
        keyed(group.list, measured, (one) => one.number, make, update);
        group.element.hidden = !measured.length;
      }
      text(counters, `${count(ts.packets)} packets; errors: continuity ${count(ts.continuityErrors)}, sync ${count(ts.syncLosses)}, `
        + `transport ${count(ts.transportErrors)}, CRC ${count(ts.crcErrors)}, PES ${count(ts.pesErrors)}`);
      note.hidden = all.length > 0;
      text(note, ts.monitored ? "Nothing was measured yet." : "Not measured: stream.monitored allows no more streams.");
    },
  };
}
