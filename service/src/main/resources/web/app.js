// Which page is shown, whether the service is there, and the dialog that starts a stream.

import * as api from "./api.js";
import { attribute, h, say, text } from "./dom.js";
import { clock } from "./format.js";
import { openStartDialog } from "./start.js";
import { streamPage } from "./stream.js";
import { streamsPage } from "./streams.js";

const HEALTH_MS = 5000;
const main = document.getElementById("main");
let leave = () => {};
let shown;

function route() {
  const [, page, id] = location.hash.slice(1).split("/");
  const key = page === "streams" && id ? id : "";
  if (key === shown) return;
  const first = shown === undefined;
  shown = key;
  leave();
  main.replaceChildren();
  const liveId = decodeURIComponent(key);
  document.title = liveId ? `${liveId} – Medicloud Streaming` : "Medicloud Streaming";
  for (const link of document.querySelectorAll("nav [data-page]")) {
    attribute(link, "aria-current", liveId ? false : "page");
  }
  leave = liveId ? streamPage(main, liveId) : streamsPage(main);
  if (!first) main.focus();
  scrollTo(0, 0);
}

const lost = document.getElementById("lost");
api.onContact((at) => {
  attribute(document.body, "data-lost", at ? "" : false);
  lost.hidden = !at;
  if (at) {
    lost.replaceChildren(
      h("strong", {}, "The service does not answer"),
      ` since ${clock(at)}. What is shown is from before. Trying again …`);
  } else {
    say("The service is back.");
  }
});

const health = document.getElementById("health");
async function lookAtHealth() {
  if (!document.hidden) {
    try {
      const now = await api.health();
      const ready = now.status === "SERVING";
      attribute(health, "data-tone", ready ? "good" : "warn");
      text(health, ready ? "Ready" : `Not ready: ${now.message}`);
    } catch {
      attribute(health, "data-tone", "bad");
      text(health, "No answer");
    }
  }
  setTimeout(lookAtHealth, document.body.hasAttribute("data-lost") ? 1000 : HEALTH_MS);
}

document.getElementById("start").addEventListener("click", () => openStartDialog());
addEventListener("hashchange", route);
route();
lookAtHealth();
