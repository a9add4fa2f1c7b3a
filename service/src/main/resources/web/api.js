// The API, as everybody has it: JSON over HTTP, and server-sent events where answers are a stream.

const BASE = "/api/v1";
const TIMEOUT_MS = 5000;
const STOP_TIMEOUT_MS = 90_000;
/** The service sends something every 5 s at least. */
const SILENCE_MS = 12_000;
const AGAIN_MS = 1000;

/** What the service says is wrong: gRPC's code and message. */
export class ApiError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

const watchers = new Set();
let lostAt = 0;

/** Has a function called when the service is lost (with the time) and when it is back (with 0). */
export function onContact(watcher) {
  watchers.add(watcher);
}

export function heard() {
  if (lostAt) {
    lostAt = 0;
    watchers.forEach((watcher) => watcher(0));
  }
}

function lost() {
  if (!lostAt) {
    lostAt = Date.now();
    watchers.forEach((watcher) => watcher(lostAt));
  }
}

async function call(method, path, body, timeoutMs = TIMEOUT_MS) {
  let response;
  try {
    response = await fetch(BASE + path, {
      method,
      body: body && JSON.stringify(body),
      headers: body ? { "content-type": "application/json" } : {},
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    lost();
    throw new ApiError("The service does not answer.", "UNAVAILABLE");
  }
  heard();
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.message || `HTTP ${response.status}`, answer["grpc-code"]);
  return answer;
}

const of = (liveId) => `/streams/${encodeURIComponent(liveId)}`;

export const streams = () => call("GET", "/streams?include_ended=true");
export const info = (liveId) => call("GET", of(liveId));
export const start = (request) => call("POST", "/streams", request, 20_000);
export const stop = (liveId) => call("DELETE", of(liveId), undefined, STOP_TIMEOUT_MS);
export const health = () => call("GET", "/health");
export const segments = (liveId, most) => call("GET", `${of(liveId)}/segments?newest=true&limit=${most}`);
export const segmentUrl = (liveId, sequence) => call("GET", `${of(liveId)}/segments/${sequence}/url`);
/** Where a stream is played from: {playlist}, good for a while where addresses are signed. */
export const playback = (liveId) => call("GET", `${of(liveId)}/playback`);

/** A picture of a segment, or with 0 the newest: {jpeg} in Base64, or {reason}. */
export const thumbnail = (liveId, sequence) => call("GET", `${of(liveId)}/thumbnail?sequence=${sequence}`);

export const watchStats = (liveId, on) => watch(`${of(liveId)}/stats/watch`, {}, on);

/** Events of a stream: the newest that are kept, then as they happen; none twice, none missed. */
export const watchEvents = (liveId, on) =>
  watch("/events/watch", { live_ids: liveId, from_now: true, last: 400 }, on);

/**
 * Follows a stream of answers, for as long as the page is looked at; a page in the background holds no connection. Comes back by itself, with the cursor of the last
 * answer that had one.
 *
 * @param on {answer, end, failure}
 * @returns ends it
 */
function watch(path, query, on) {
  let source;
  let silence;
  let again;
  let cursor;
  let over = false;

  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(silence);
    clearTimeout(again);
  };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(retry, SILENCE_MS);
  };
  function retry() {
    close();
    if (over) return;
    lost();
    again = setTimeout(open, AGAIN_MS);
  }
  function open() {
    close();
    if (over || document.hidden) return;
    const from = cursor ? { ...query, from_now: false, last: 0, from_cursor: cursor } : query;
    source = new EventSource(`${BASE}${path}?${new URLSearchParams(from)}`);
    listen();
    source.onopen = () => { heard(); listen(); };
    source.onmessage = (message) => {
      heard();
      listen();
      if (message.lastEventId) cursor = message.lastEventId;
      on.answer(JSON.parse(message.data));
    };
    source.addEventListener("end", () => { finish(); on.end?.(); });
    source.addEventListener("failure", retry);
    source.onerror = async () => {
      // The browser does not tell why: a refusal is an answer, and no loss.
      close();
      try {
        const response = await fetch(`${BASE}${path}?${new URLSearchParams(from)}`, {
          headers: { accept: "application/json" },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        if (response.ok) {
          response.body?.cancel();
          again = setTimeout(open, AGAIN_MS);
          return;
        }
        heard();
        const why = await response.json().catch(() => ({}));
        if (why["grpc-code"] === "NOT_FOUND") {
          finish();
          on.failure?.(new ApiError(why.message, why["grpc-code"]));
          return;
        }
        again = setTimeout(open, 3 * AGAIN_MS);
      } catch {
        retry();
      }
    };
  }
  const onVisible = () => (document.hidden ? close() : source || open());
  function finish() {
    over = true;
    close();
    document.removeEventListener("visibilitychange", onVisible);
  }

  document.addEventListener("visibilitychange", onVisible);
  open();
  return finish;
}
