// The live picture, and a piece of the past. HLS from the service, played by hls.js (window.Hls, from /lib/hls.js), or by the browser itself where it can.

import * as api from "./api.js";
import { attribute, h, say, text } from "./dom.js";
import { clock, number } from "./format.js";
import { script } from "./script.js";

const AGAIN_MS = 2000;
/** Behind what comes: a part more than the playlist asks for, so that one that is late is no stall. */
const BEHIND_S = 2;
/** What is further behind leaps to there; what is nearer catches up by playing faster, which nobody notices. */
const FAR_BEHIND_S = 8;
const FASTER = 1.3;

export function player(liveId) {
  const video = h("video", { controls: true, muted: true, playsinline: true, "aria-label": `Picture of ${liveId}` });
  video.muted = true;
  const cover = h("div", { class: "cover" }, h("p", {}, "Waiting for the picture …"));
  const mode = h("span", { class: "chip" }, "Live");
  const latency = h("output", { class: "figure", "aria-label": "Latency" }, "–");
  const size = h("span", { class: "sub" });
  const live = h("button", { type: "button", hidden: true, onclick: () => goLive() }, "Back to live");
  const element = h("div", { class: "player" },
    h("div", { class: "screen" }, video, cover),
    h("div", { class: "under" }, mode, h("span", { class: "sub" }, "Latency"), latency, size, h("span", { class: "grow" }), live));

  let hls;
  /** What of the past is played, as a query; empty for what comes. */
  let range = "";
  let isLive = true;
  /** Which opening is the last one. */
  let turn = 0;
  let again;
  let closed = false;
  /** Nothing is asked for before there is something. */
  let flows = false;
  /** The service's clock less ours. */
  let offsetMs = 0;

  function cloak(words) {
    cover.hidden = !words;
    if (words) text(cover.firstChild, words);
  }

  function stop() {
    turn++;
    clearTimeout(again);
    hls?.destroy();
    hls = undefined;
  }

  function retry(words) {
    stop();
    cloak(words);
    if (!closed) again = setTimeout(open, AGAIN_MS);
  }

  async function open() {
    clearTimeout(again);
    const mine = ++turn;
    // What is not there yet is not asked for.
    if (closed || document.hidden || (isLive && !flows)) return;
    let source;
    try {
      const { playlist } = await api.playback(liveId);
      source = range ? `${playlist}${playlist.includes("?") ? "&" : "?"}${range}` : playlist;
      await script("/lib/hls.js");
    } catch {
      if (mine === turn) retry("No picture: the service does not answer.");
      return;
    }
    if (closed || mine !== turn) return;
    stop();
    if (!window.Hls?.isSupported()) {
      video.src = source;
      play();
      return;
    }
    hls = new window.Hls(isLive
      ? { lowLatencyMode: true, liveSyncDuration: BEHIND_S, liveMaxLatencyDuration: FAR_BEHIND_S, maxLiveSyncPlaybackRate: FASTER, backBufferLength: 30, startPosition: -1 }
      : { lowLatencyMode: false, maxLiveSyncPlaybackRate: 1, backBufferLength: 30, startPosition: 0 });
    hls.on(window.Hls.Events.ERROR, (event, data) => {
      if (!data.fatal) return;
      if (data.type === window.Hls.ErrorTypes.MEDIA_ERROR && hls.recovered !== hls.url + data.details) {
        hls.recovered = hls.url + data.details;
        hls.recoverMediaError();
        return;
      }
      retry(data.type === window.Hls.ErrorTypes.MEDIA_ERROR
        ? `This browser can not play what comes (${data.details}).`
        : isLive ? "No picture: it is tried again …" : "This piece can not be played.");
    });
    hls.loadSource(source);
    hls.attachMedia(video);
    play();
  }

  function play() {
    video.play().catch(() => {
      // It may not play by itself; the controls are there.
    });
  }

  const onPlaying = () => cloak("");
  video.addEventListener("playing", onPlaying);
  video.addEventListener("loadeddata", onPlaying);
  video.addEventListener("resize", () => text(size, video.videoWidth ? `${video.videoWidth}×${video.videoHeight}` : ""));

  const clockwork = setInterval(() => {
    if (!isLive || !hls) return;
    const playing = hls.playingDate;
    const behind = playing ? (Date.now() + offsetMs - playing.getTime()) / 1000 : hls.latency;
    const known = Number.isFinite(behind) && video.readyState > 1;
    text(latency, known ? `${behind.toFixed(1)} s` : "–");
    attribute(latency, "data-tone", known && behind > 5 ? "warn" : false);
  }, 500);

  const onVisible = () => {
    if (document.hidden) {
      if (isLive) stop();
    } else if (!hls) {
      open();
    }
  };
  document.addEventListener("visibilitychange", onVisible);

  function show(piece) {
    stop();
    const nowLive = !piece;
    range = piece;
    isLive = nowLive;
    live.hidden = nowLive;
    text(mode, nowLive ? "Live" : "Replay");
    attribute(mode, "data-tone", nowLive ? false : "info");
    text(latency, "–");
    cloak(nowLive ? "Waiting for the picture …" : "Loading the piece …");
    open();
  }

  function goLive() {
    show("");
    if (!flows) cloak("This stream is not on air.");
    say("Live");
    video.focus();
  }

  return {
    element,
    /** Plays what was there between two times (milliseconds since 1970). */
    replay(fromMs, toMs) {
      show(`from=${Math.round(fromMs)}&to=${Math.round(toMs)}`);
      const words = `${clock(fromMs)} to ${clock(toMs)}`;
      text(size, words);
      say(`Replay, ${words}`);
    },
    onStats(stats) {
      offsetMs = number(stats.atMs) - Date.now();
      if (!flows && number(stats.segments?.sealed) && number(stats.bitsPerSecond) && stats.state === "STREAMING") {
        flows = true;
        open();
      }
    },
    /** Nothing comes any more; what is shown may still be played. */
    onEnded() {
      flows = false;
      if (isLive && !hls) {
        stop();
        cloak("This stream is not on air.");
      }
    },
    close() {
      closed = true;
      stop();
      clearInterval(clockwork);
      document.removeEventListener("visibilitychange", onVisible);
    },
  };
}
