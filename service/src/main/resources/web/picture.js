// A small picture of a stream: the newest thumbnail, or a plain frame where there is none.

import { h } from "./dom.js";

const AGAIN_MS = 15_000;

/** The newest thumbnail of a stream; follow() asks for another when there is a new segment. */
export function picture(liveId) {
  const image = h("img", { alt: "", width: 112, height: 63, decoding: "async" });
  const element = h("span", { class: "picture" }, image);
  let asked = 0;
  let failedAt = 0;
  image.addEventListener("error", () => {
    failedAt = Date.now();
    element.removeAttribute("data-there");
  });
  image.addEventListener("load", () => element.setAttribute("data-there", ""));
  return {
    element,
    follow(sequence) {
      const news = Math.max(0, sequence);
      if (!news || news === asked || Date.now() - failedAt < AGAIN_MS) return;
      asked = news;
      image.src = `/thumb/${encodeURIComponent(liveId)}/latest.jpg?${news}`;
    },
  };
}

/** The thumbnail of one segment, by its key. */
const segmentPicture = (liveId, key) => {
  const name = key.slice(key.lastIndexOf("/") + 1).replace(/\.ts$/, ".jpg");
  return `/thumb/${encodeURIComponent(liveId)}/${encodeURIComponent(name)}`;
};

/** The thumbnails of a stream's segments. Of a stream that has none, such as one that cannot be decoded, few are asked for. */
export function segmentPictures(liveId) {
  const most = 2;
  let failures = 0;
  let failedAt = 0;
  return {
    frame() {
      const image = h("img", { alt: "", loading: "lazy", decoding: "async", width: 96, height: 54 });
      const element = h("span", { class: "frame" }, image);
      let asked = false;
      image.addEventListener("error", () => {
        failures++;
        failedAt = Date.now();
        image.removeAttribute("src");
        element.removeAttribute("data-there");
      });
      image.addEventListener("load", () => {
        failures = 0;
        element.setAttribute("data-there", "");
      });
      return {
        element,
        show(key) {
          if (asked || (failures >= most && Date.now() - failedAt < 4 * AGAIN_MS)) return;
          asked = true;
          image.src = segmentPicture(liveId, key);
        },
      };
    },
  };
}
