// Small pictures of streams and of their segments. They come through the API, which says why there is none; asking for a file that is not there would be an error in the console.

import * as api from "./api.js";
import { h } from "./dom.js";

const AGAIN_MS = 4000;
const STOP_MS = 60_000;
const TRIES = 3;
const AT_ONCE = 2;

const waiting = [];
let running = 0;

/** Asks for pictures two at a time, those that were wanted last first. */
function ask(job) {
  waiting.push(job);
  while (running < AT_ONCE && waiting.length) {
    running++;
    waiting.pop()().finally(() => {
      running--;
      if (waiting.length) ask(waiting.pop());
    });
  }
}

function frame(className, width, height) {
  const image = h("img", { alt: "", width, height, decoding: "async" });
  const element = h("span", { class: className }, image);
  return {
    element,
    show(jpeg) {
      image.src = `data:image/jpeg;base64,${jpeg}`;
      element.setAttribute("data-there", "");
    },
  };
}

/** The newest picture of a stream; follow() asks for another when there is a new segment. */
export function picture(liveId) {
  const { element, show } = frame("picture", 112, 63);
  let shown = 0;
  let quietUntil = 0;
  return {
    element,
    follow(sequence) {
      if (sequence < 1 || sequence === shown || Date.now() < quietUntil) return;
      quietUntil = Date.now() + AGAIN_MS;
      ask(async () => {
        try {
          const { jpeg } = await api.thumbnail(liveId, 0);
          if (jpeg) {
            show(jpeg);
            shown = sequence;
          }
        } catch {
          quietUntil = Date.now() + STOP_MS;
        }
      });
    },
  };
}

/** The pictures of a stream's segments. Of a stream that has none, such as one that cannot be decoded, few are asked for. */
export function segmentPictures(liveId) {
  let quietUntil = 0;
  let misses = 0;
  return {
    frame() {
      const { element, show } = frame("frame", 96, 54);
      let tries = 0;
      let asked = false;
      async function fetchIt(sequence) {
        if (Date.now() < quietUntil) {
          asked = false;
          return;
        }
        try {
          const { jpeg } = await api.thumbnail(liveId, sequence);
          if (jpeg) {
            misses = 0;
            show(jpeg);
          } else if (++tries < TRIES) {
            // It is made a moment after the segment begins.
            setTimeout(() => ask(() => fetchIt(sequence)), AGAIN_MS);
          } else if (++misses >= TRIES) {
            quietUntil = Date.now() + STOP_MS;
          }
        } catch {
          quietUntil = Date.now() + STOP_MS;
          asked = false;
        }
      }
      return {
        element,
        show(sequence) {
          if (asked || Date.now() < quietUntil) return;
          asked = true;
          ask(() => fetchIt(sequence));
        },
      };
    },
  };
}
