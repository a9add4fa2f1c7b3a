// The figures of the moment: what comes, and what the network does to it.

import { attribute, h, keyed, text } from "./dom.js";
import { bitrate, bytes, count, number } from "./format.js";

const pair = (label, hint) => {
  const value = h("dd", { class: "figure" });
  return { element: h("div", {}, h("dt", { title: hint }, label), value), value };
};

export function figures() {
  const rate = pair("Bitrate", "over the last second");
  const rtt = pair("Round trip", "smoothed, of SRT");
  const buffer = pair("Buffer", "what waits for its time, of the latency agreed on");
  const lost = pair("Lost", "packets that were missed at first");
  const again = pair("Sent again", "retransmissions that came");
  const dropped = pair("Never came", "packets that did not come in time, or could not be decrypted");
  const link = pair("Link", "an estimate of what it can carry");
  const received = pair("Received", "since the stream was started");
  const jitter = pair("PCR jitter", "the farthest that a program clock reference came off its time");
  const interval = pair("PCR interval", "between two program clock references: mean, and most");
  const gop = pair("GOP", "the last group of pictures");
  const kept = pair("Segments", "in the bucket, and on their way there");
  const all = [rate, rtt, buffer, lost, again, dropped, link, received, jitter, interval, gop, kept];
  const element = h("dl", { class: "figures" }, ...all.map((one) => one.element));

  function set(one, value, tone) {
    text(one.value, value);
    attribute(one.value, "data-tone", tone ?? false);
  }

  return {
    element,
    show(stats) {
      const srt = stats.srt;
      set(rate, bitrate(stats.bitsPerSecond));
      set(received, bytes(stats.receivedBytes));
      set(rtt, srt ? `${number(srt.rttMs).toFixed(1)} ms` : "–");
      set(buffer, srt ? `${number(srt.bufferMs)} / ${number(srt.latencyMs)} ms` : "–");
      set(lost, srt ? count(srt.lostPackets) : "–");
      set(again, srt ? count(srt.retransmittedPackets) : "–");
      set(dropped, srt ? count(srt.droppedPackets) : "–", srt && number(srt.droppedPackets) ? "warn" : undefined);
      set(link, srt && number(srt.bandwidthBitsPerSecond) ? bitrate(srt.bandwidthBitsPerSecond) : "–");
      const reference = stats.ts?.clocks?.[0];
      set(jitter, reference?.jitterUs == null ? "–" : `${(reference.jitterUs / 1000).toFixed(1)} ms`);
      set(interval, reference?.meanIntervalMs == null
        ? "–"
        : `${reference.meanIntervalMs.toFixed(0)} / ${reference.mostIntervalMs.toFixed(0)} ms`);
      const pictures = stats.ts?.pictures?.[0];
      set(gop, pictures?.gopPictures == null
        ? "–"
        : `${count(pictures.gopPictures)} pictures, ${(number(pictures.gopMs) / 1000).toFixed(2)} s`);
      const waiting = number(stats.segments?.waiting);
      set(kept, `${count(stats.segments?.stored)} stored, ${waiting} waiting`, waiting > 2 ? "warn" : undefined);
    },
  };
}

/** What is in the stream. */
export function tracks() {
  const body = h("ul", { class: "tracks", "aria-label": "What is in the stream" });
  return {
    element: body,
    show(list) {
      keyed(body, list, (track) => track.pid, () => h("li"), (element, track) => {
        const kind = track.width
          ? `${track.width}×${track.height}${track.interlaced ? " interlaced" : ""}${number(track.frameRate) ? `, ${+number(track.frameRate).toFixed(3)} fps` : ""}`
          : track.sampleRate ? `${track.sampleRate / 1000} kHz, ${track.channels} ch` : "";
        text(element, [`PID ${track.pid}`, [track.codec || "data", track.profile, track.level].filter(Boolean).join(" "), kind, track.language]
          .filter(Boolean).join(" · "));
      });
    },
  };
}
