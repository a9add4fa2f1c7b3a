// Plots over the last five minutes. The library stands at window.uPlot, from /lib/uplot.js.

import { h, text } from "./dom.js";
import { bitrate, number } from "./format.js";
import { script } from "./script.js";

const SECONDS = 300;
const HEIGHT = 132;

/** Each: title, axis, lines (label, colour, what it is of an answer), and what is said of the last value. */
const CHARTS = [
  {
    title: "Bitrate", unit: (value) => bitrate(value).replace(" ", "\u202f"),
    lines: [["Received", "--line-1", (stats) => number(stats.bitsPerSecond)]],
  },
  {
    title: "Delay", unit: (value) => `${+value.toFixed(1)}\u202fms`,
    lines: [
      ["Round trip", "--line-1", (stats) => (stats.srt ? number(stats.srt.rttMs) : null)],
      ["Buffer", "--line-2", (stats) => (stats.srt ? number(stats.srt.bufferMs) : null)],
    ],
  },
  {
    title: "Packets a second", unit: (value) => String(+value.toFixed(1)),
    lines: [
      ["Lost", "--line-3", rateOf((stats) => stats.srt?.lostPackets)],
      ["Sent again", "--line-2", rateOf((stats) => stats.srt?.retransmittedPackets)],
      ["Never came", "--line-4", rateOf((stats) => stats.srt?.droppedPackets)],
    ],
  },
  {
    title: "Link, estimated", unit: (value) => bitrate(value).replace(" ", "\u202f"),
    lines: [["Link", "--line-2", (stats) => number(stats.srt?.bandwidthBitsPerSecond) || null]],
  },
  {
    title: "Group of pictures", unit: (value) => `${+value.toFixed(2)}\u202fs`,
    lines: [["Length", "--line-1", (stats) => (stats.ts?.pictures?.[0]?.gopMs == null ? null : stats.ts.pictures[0].gopMs / 1000)]],
  },
  {
    title: "Continuity errors a second", unit: (value) => String(+value.toFixed(1)),
    lines: [["Continuity", "--line-3", rateOf((stats) => stats.ts?.continuityErrors)]],
  },
];

/** A counter's growth a second; null where it has no predecessor, or began anew. */
function rateOf(counter) {
  return (stats, before) => {
    if (!before || counter(stats) == null || counter(before) == null) return null;
    const passed = (number(stats.atMs) - number(before.atMs)) / 1000;
    const grown = number(counter(stats)) - number(counter(before));
    return passed > 0 && grown >= 0 ? grown / passed : null;
  };
}

export function plots() {
  const element = h("div", { class: "charts" });
  const charts = CHARTS.map((chart) => {
    const value = h("span", { class: "figure" });
    const box = h("div", { class: "chart", "aria-hidden": "true" });
    const figure = h("figure", {}, h("figcaption", {}, h("span", {}, chart.title), value), box);
    element.append(figure);
    return { ...chart, figure, value, box, values: chart.lines.map(() => []) };
  });
  const times = [];
  let before;
  let closed = false;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const ready = script("/lib/uplot.js").then(() => build());
  const resizes = new ResizeObserver(() => charts.forEach(fit));
  const onScheme = () => build();
  dark.addEventListener("change", onScheme);

  function fit(chart) {
    if (chart.plot && chart.box.clientWidth) chart.plot.setSize({ width: chart.box.clientWidth, height: HEIGHT });
  }

  function build() {
    if (closed || !window.uPlot) return;
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    for (const chart of charts) {
      chart.plot?.destroy();
      chart.plot = new window.uPlot({
        width: chart.box.clientWidth || 300,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, sync: { key: "stream" }, points: { size: 5 } },
        scales: { y: { range: (plot, least, most) => [0, most > 0 ? most * 1.15 : 1] } },
        axes: [
          { stroke: colour("--muted"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false }, size: 22, font: "11px system-ui", space: 70,
            values: (plot, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString("en-GB")) },
          { stroke: colour("--muted"), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false }, size: 68, font: "11px system-ui", space: 32,
            values: (plot, splits) => splits.map((value) => chart.unit(value)) },
        ],
        series: [{}, ...chart.lines.map(([label, name]) => ({ label, stroke: colour(name), width: 1.5, points: { show: false }, spanGaps: false }))],
      }, [times, ...chart.values], chart.box);
      resizes.observe(chart.box);
    }
  }

  return {
    element,
    add(stats) {
      const at = number(stats.atMs) / 1000;
      if (times.length && at <= times[times.length - 1]) return;
      if (times.length && at - times[times.length - 1] > 3) {
        // A gap is a gap.
        times.push(at - 1);
        charts.forEach((chart) => chart.values.forEach((values) => values.push(null)));
        before = undefined;
      }
      times.push(at);
      while (times[0] < at - SECONDS) {
        times.shift();
        charts.forEach((chart) => chart.values.forEach((values) => values.shift()));
      }
      for (const chart of charts) {
        chart.lines.forEach(([, , value], i) => chart.values[i].push(value(stats, before)));
        while (chart.values[0].length > times.length) chart.values.forEach((values) => values.shift());
        const words = chart.lines.map(([label], i) => {
          const last = chart.values[i][chart.values[i].length - 1];
          const shown = last == null ? "–" : chart.unit(last);
          return chart.lines.length > 1 ? `${label} ${shown}` : shown;
        });
        text(chart.value, words.join("   "));
        chart.plot?.setData([times, ...chart.values]);
      }
      before = stats;
    },
    close() {
      closed = true;
      resizes.disconnect();
      dark.removeEventListener("change", onScheme);
      ready.catch(() => {}).finally(() => charts.forEach((chart) => chart.plot?.destroy()));
    },
  };
}
